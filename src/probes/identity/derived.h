// Digests of running numbers cut to the random field: md5(serial)[:8] and the like.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/cancel.h"

namespace lintel::probes::identity {

struct Derived {
  std::string how;         // "SHA-256 of a decimal number, first 4 bytes"
  std::size_t values = 0;  // of those given, hit
};

// Tries numbers from 0 and from round ones, in decimal, hexadecimal and binary, alone and behind each prefix (a product's upper fields), with
// MD5, SHA-1, SHA-256, SM3 and CRC-32. Requires: values are different. About half a second; nullopt also when the time is over.
std::optional<Derived> find_derivation(std::span<const std::uint32_t> values, std::span<const std::string> prefixes, Deadline deadline, const Cancel& cancel);

}  // namespace lintel::probes::identity
