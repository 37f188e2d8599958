// Samples of whole identifiers for the tests of searches.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "random/attacks/attack.h"
#include "random/attacks/test_streams.h"

namespace lintel::random {

inline std::string digest_text(crypto::DigestAlgorithm algorithm, std::string_view message) {
  const auto made = crypto::digest(algorithm, as_bytes(message));
  return made ? std::string(as_text(*made)) : std::string();
}

// make(moment) gives an identifier's bytes; it arrives up to 2 ms after that moment, and a few milliseconds after the one before. Written in hexadecimal.
inline std::vector<Token> tokens_of(std::size_t count, const std::function<std::string(std::int64_t us)>& make) {
  std::vector<Token> tokens;
  std::int64_t us = 1'795'248'543'000'000 + static_cast<std::int64_t>(from_system() % 1'000'000'000);
  while (tokens.size() < count) {
    us += 300 + static_cast<std::int64_t>(from_system() % 4'000);
    const std::string bytes = make(us);
    tokens.push_back({to_hex(as_bytes(bytes)), us + 50 + static_cast<std::int64_t>(from_system() % 2'000), bytes.size() >= 16 ? bytes : std::string()});
  }
  return tokens;
}

inline std::string strong_bytes(std::size_t count) {
  std::string bytes;
  while (bytes.size() < count) bytes += static_cast<char>(from_system() & 0xFFU);
  return bytes;
}

// Nobody can foretell these.
inline std::vector<Token> strong_tokens(std::size_t count, std::size_t bytes) {
  return tokens_of(count, [&](std::int64_t) { return strong_bytes(bytes); });
}

inline std::string big_endian_word(std::uint32_t word) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(word >> shift & 0xFFU);
  return text;
}

}  // namespace lintel::random
