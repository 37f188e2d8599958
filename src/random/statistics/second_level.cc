#include "random/statistics/second_level.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "random/statistics/gamma.h"

namespace lintel::random::statistics {

std::array<std::size_t, 10> tenths(std::span<const double> values) {
  std::array<std::size_t, 10> counts{};
  for (const double value : values) ++counts[static_cast<std::size_t>(std::clamp(value * 10, 0.0, 9.0))];
  return counts;
}

double uniformity(std::span<const double> values) {
  const double expected = static_cast<double>(values.size()) / 10;
  double sum = 0;
  for (const std::size_t count : tenths(values)) sum += (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) / expected;
  return chi_square_tail(sum, 9);
}

Passing passing_range(std::size_t samples) {
  const auto s = static_cast<double>(samples);
  const double wide = 3 * std::sqrt(0.99 * 0.01 / s);
  return {(0.99 - wide) * s, (0.99 + wide) * s};
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i)
    adjusted[order[i]] = largest = std::min(1.0, std::max(largest, p[order[i]] * static_cast<double>(p.size() - i)));
  return adjusted;
}

}  // namespace lintel::random::statistics
