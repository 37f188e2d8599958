// A file as a string of bits, in the form that whoever made it chose. Called by `lintel random test`. Hostile input is bounded by the caps below.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "random/bits/bits.h"

namespace lintel::random::bits {

enum class Format {
  binary,  // every byte eight bits, the most significant first
  octets,  // one bit a byte, 0 or 1 (samples of noise sources often come so)
  digits,  // text of '0' and '1'
  hex,
  base64,  // standard or URL alphabet, padding or none
};
std::string_view name_of(Format format);
std::optional<Format> parse_format(std::string_view name);

inline constexpr std::size_t kMostFileBytes = std::size_t{1} << 30;
inline constexpr std::size_t kMostLines = 100'000;  // kept for the picture; further ones give bits all the same

struct Sample {
  Bits bits;
  Format format = Format::binary;
  bool forced = false;             // the caller named the format
  bool stamped = false;            // lines began with a time of receipt and a tab, which are left out
  std::vector<std::string> lines;  // of text with several lines: each line's characters, as they stand; else empty
};

// White space stands between digits of text and means nothing, but base64 is decoded line by line: the bits that a line's last digit has too many are
// dropped. With no format named, text is taken for the smallest alphabet that holds all of it, unless the digits it lacks would be there by
// chance: decimal digits are no hex.
// Errors: invalid_input (nothing in it; no bits can be read out of this text, or not in this format; a compressed file).
Result<Sample> read_sample(std::string_view content, std::optional<Format> format);
// Also: not_found, permission, io, limit (kMostFileBytes).
Result<Sample> load_sample(const std::filesystem::path& path, std::optional<Format> format);

// What SP 800-90B calls samples: one byte each, of at most eight bits. Octets and digits give one bit each, everything else whole bytes.
std::vector<std::uint8_t> symbols_of(const Bits& bits, Format format);

}  // namespace lintel::random::bits
