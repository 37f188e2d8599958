// Public keys to bring along in a TLS 1.3 hello. No key exchange is ever finished with one, so any valid point will do.
#pragma once
#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace lintel::probes::tls {

bool has_key_share(std::uint16_t group);
// x25519: the 32 bytes given, which are a key whatever they are. P-256, P-384: the base point (SEC 2, uncompressed). Empty for others.
Bytes key_share(std::uint16_t group, const std::array<std::uint8_t, 32>& random);

}  // namespace lintel::probes::tls
