// The random walk of a sequence: a step up for each one, down for each zero, from 0.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "random/bits/bits.h"

namespace lintel::random::statistics {

using bits::Bits;

struct Walk {
  std::int64_t end = 0, high = 0, low = 0;  // high >= 0 >= low
};
Walk walk(const Bits& bits);
// Probability that a fair walk of `size` steps strays from 0 by at least `reach`.
double stray_probability(std::size_t size, std::int64_t reach);

// Returns to 0 cut the walk into cycles; what follows the last return is one more.
struct Excursions {
  std::uint64_t cycles = 0;
  std::array<std::uint64_t, 19> visits{};                     // to -9 ... 9; [9] is 0 and stays 0
  std::array<std::array<std::uint64_t, 6>, 9> classes{};      // for -4 ... 4: cycles with 0, 1, 2, 3, 4, more visits
};
Excursions excursions(const Bits& bits);

}  // namespace lintel::random::statistics
