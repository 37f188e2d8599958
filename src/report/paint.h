// Colours of a terminal by the tones that the catalogue of words uses.
#pragma once
#include <string>
#include <string_view>

namespace lintel::report {

inline std::string_view tone_code(std::string_view tone) {
  if (tone == "pass") return "\x1b[32m";
  if (tone == "fail") return "\x1b[1;31m";
  if (tone == "inconclusive") return "\x1b[33m";
  if (tone == "strong") return "\x1b[1m";
  return "\x1b[2m";
}

inline std::string paint(std::string_view tone, std::string_view text) { return std::string(tone_code(tone)) + std::string(text) + "\x1b[0m"; }

}  // namespace lintel::report
