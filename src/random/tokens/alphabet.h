// Which set of characters an identifier is written in.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::random::tokens {

// A chance below this, shared out over all places where it is asked, is no chance: no verdict on a strong generator may rest on luck.
inline constexpr double kFamilyChance = 1e-9;

struct Alphabet {
  std::string name;    // decimal, hex, HEX, base32, base36, base62, base64url, base64, other
  std::string digits;  // by value; when the sample shows that only some are in use, those
  std::size_t seen = 0;
  std::size_t size() const { return digits.size(); }
};

using Counts = std::array<std::size_t, 256>;

// The smallest known class that holds every seen character; "other" when none does. A class of which the sample would surely have shown
// more shrinks to what was seen.
Alphabet alphabet_of(const Counts& characters);
// True when n draws from k equal symbols would show only `seen` of them with a chance below `chance`.
bool surely_fewer(std::size_t k, std::size_t seen, std::size_t n, double chance);
// The seen characters in the orders that number systems use: by ASCII, lower before upper case, base64. Without repeats; hexadecimal digits have one.
std::vector<std::string> digit_orders(const Alphabet& alphabet);

}  // namespace lintel::random::tokens
