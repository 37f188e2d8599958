// MD5, SHA-1 and SHA-256 of four short messages at once: searches try millions, and the library's calls would take ten times as long. Only what
// such a search needs, the first 64 bits; a match is proved with crypto::digest. Not for anything that has to be secure.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "crypto/digest.h"

namespace lintel::random {

inline constexpr std::size_t kLanes = 4;
inline constexpr std::size_t kMostMessage = 55;  // bytes: one block

// The digests' first 8 bytes as numbers, first byte highest. Requires: md5, sha1 or sha256; messages of at most kMostMessage bytes.
std::array<std::uint64_t, kLanes> digest_starts(crypto::DigestAlgorithm algorithm, const std::array<std::string_view, kLanes>& messages);

}  // namespace lintel::random
