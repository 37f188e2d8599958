#include "probes/binding/tokens.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace lintel::probes::binding {
namespace {

struct Alphabet {
  const char* name;
  std::string_view characters;
  double size;
};

constexpr Alphabet kAlphabets[] = {
    {"decimal", "0123456789", 10},
    {"hex", "0123456789abcdef", 16},
    {"HEX", "0123456789ABCDEF", 16},
    {"base36", "0123456789abcdefghijklmnopqrstuvwxyz", 36},
    {"BASE36", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 36},
    {"base62", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 62},
    {"base64url", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_=", 64},
    {"base64", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/=", 64},
};
constexpr Alphabet kOther{"other", "", 95};

const Alphabet& alphabet_of(std::span<const std::string> tokens) {
  for (const Alphabet& alphabet : kAlphabets)
    if (std::ranges::all_of(tokens, [&](const std::string& token) { return token.find_first_not_of(alphabet.characters) == std::string::npos; })) return alphabet;
  return kOther;
}

}  // namespace

Json shape_of(std::span<const std::string> tokens) {
  const auto [shortest, longest] = std::ranges::minmax(tokens, {}, &std::string::size);
  const Alphabet& alphabet = alphabet_of(tokens);
  const double bits = static_cast<double>(shortest.size()) * std::log2(alphabet.size);
  return {{"count", tokens.size()},
          {"unique", std::set<std::string>(tokens.begin(), tokens.end()).size() == tokens.size()},
          {"length", {{"min", shortest.size()}, {"max", longest.size()}}},
          {"alphabet", alphabet.name},
          {"nominal_bits", std::round(bits * 10) / 10}};
}

}  // namespace lintel::probes::binding
