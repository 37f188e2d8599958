// Bytes that nobody can foretell, from OpenSSL's generator. Thread-safe.
#pragma once
#include <cstdint>
#include <span>

#include "base/error.h"

namespace lintel::crypto {

// Errors: internal (the system gives no randomness); out is worth nothing then.
Result<void> fill_random(std::span<std::uint8_t> out);

}  // namespace lintel::crypto
