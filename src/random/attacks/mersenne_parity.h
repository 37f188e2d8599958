// What four outputs of MT19937 tell about one another (Matsumoto, Nishimura 1998): x[k+624] = x[k+397] ^ (upper bit of x[k], lower 31 of x[k+1]) A; what is
// given out is x tempered, which is linear too.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lintel::random {

inline constexpr std::size_t kTwisterSize = 624, kTwisterMiddle = 397;

// Bits of the outputs k, k + 1, k + 397 and k + 624 whose sum is 0.
using Parity = std::array<std::uint32_t, 4>;

// Those that need no bit outside of `known`: 32 for whole words, 28 for the upper 30 bits of each, 4 for 18, none for 16.
std::vector<Parity> parities(const Parity& known);

inline bool odd_parity(std::uint32_t value) { return (std::popcount(value) & 1) != 0; }

}  // namespace lintel::random
