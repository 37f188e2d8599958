// Many p-values at once: the two-level rules of the suites, and what is said over all of them together.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lintel::random::statistics {

// How the values spread over ten equal classes from 0 to 1 (1 belongs to the last), and the p-value of chi-square against an even spread.
std::array<std::size_t, 10> tenths(std::span<const double> values);
double uniformity(std::span<const double> values);

// How many of `samples` may pass a test at level 0.01 when all is well: three standard deviations around 0.99.
struct Passing {
  double least = 0, most = 0;
};
Passing passing_range(std::size_t samples);

// Holm 1979: each p-value as small as it may be called when all of them are looked at together; in the order given, at most 1. Whether the tests
// depend on one another does not matter.
std::vector<double> holm(std::span<const double> p);

}  // namespace lintel::random::statistics
