// Tests on counts of bits, blocks, patterns and runs.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "random/gmt_0005/gmt_0005.h"
#include "random/gmt_0005/values.h"
#include "random/statistics/counting.h"
#include "random/statistics/gamma.h"
#include "random/statistics/patterns.h"

namespace lintel::random::gmt_0005 {

using namespace bits;
using namespace statistics;

Outcome frequency(const Bits& bits) {
  const auto n = static_cast<double>(bits.size);
  return two_sided("frequency", "", (2 * static_cast<double>(count_ones(bits.words, 0, bits.size)) - n) / std::sqrt(n));
}

Outcome block_frequency(const Bits& bits, std::size_t block) {
  return one_sided("block_frequency", fmt::format("m={}", block), chi_square_tail(block_frequency_statistic(bits, block), static_cast<double>(bits.size / block)));
}

Outcome poker(const Bits& bits, std::size_t length) {
  const std::size_t blocks = bits.size / length;
  return one_sided("poker", fmt::format("m={}", length), chi_square_tail(psi_squared(block_patterns(bits, length), blocks), std::exp2(length) - 1));
}

Outcomes serial(const Bits& bits, std::size_t length) {
  const auto whole = ring_patterns(bits, length), less = shorter(whole), least = shorter(less);
  const double a = psi_squared(whole, bits.size), b = psi_squared(less, bits.size), c = psi_squared(least, bits.size);
  const auto m = static_cast<double>(length);
  return {one_sided("serial", fmt::format("m={} P1", length), upper_gamma(std::exp2(m - 2), (a - b) / 2)),
          one_sided("serial", fmt::format("m={} P2", length), upper_gamma(std::exp2(m - 3), (a - 2 * b + c) / 2))};
}

Outcome runs(const Bits& bits) {
  const auto n = static_cast<double>(bits.size);
  const double share = static_cast<double>(count_ones(bits.words, 0, bits.size)) / n, spread = share * (1 - share);
  if (spread == 0) return two_sided("runs", "", -INFINITY);  // one run where half of n are to be expected
  return two_sided("runs", "", (1 + static_cast<double>(count_changes(bits)) - 2 * n * spread) / (2 * std::sqrt(n) * spread));
}

Outcome run_distribution(const Bits& bits) {
  const std::size_t n = bits.size;
  std::size_t longest = 1;  // class for this length and all longer ones: the last that five runs are to be expected of
  while (longest < 60 && static_cast<double>(n - (longest + 1) + 3) / std::exp2(static_cast<double>(longest + 3)) >= 5) ++longest;
  std::vector<double> counts(2 * longest, 0);  // zeros, then ones
  double total = 0;
  for (std::size_t at = 0; at < n;) {
    const unsigned value = bit_at(bits, at);
    std::size_t length = 0;
    while (at < n) {  // 64 at a time
      const std::uint64_t view = window(bits.words, at);
      const auto same = std::min<std::size_t>(static_cast<std::size_t>(value != 0 ? std::countl_one(view) : std::countl_zero(view)), n - at);
      length += same;
      at += same;
      if (same < 64) break;
    }
    ++counts[value * longest + std::min(length, longest) - 1];
    ++total;
  }
  double statistic = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::size_t length = i % longest + 1;
    const double expected = total * std::exp2(-static_cast<double>(length == longest ? longest : length + 1));
    statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  return one_sided("run_distribution", "", upper_gamma(static_cast<double>(longest) - 1, statistic / 2));
}

Outcomes longest_runs(const Bits& bits, std::size_t block) {
  struct Row {
    std::size_t block, shortest, classes;
    std::array<double, 7> probabilities;
  };
  static constexpr Row kRows[] = {{8, 1, 4, {0.2148, 0.3672, 0.2305, 0.1875}},
                                  {128, 4, 6, {0.1174, 0.2430, 0.2494, 0.1752, 0.1027, 0.1124}},
                                  {10000, 10, 7, {0.086632, 0.208201, 0.248419, 0.193913, 0.121458, 0.068011, 0.073366}}};
  const Row& row = *std::ranges::find(kRows, block, &Row::block);
  const auto test = [&](const Bits& of, const char* part) {
    const double statistic = chi_square(longest_run_classes(of, row.block, row.shortest, row.classes), row.probabilities, of.size / row.block);
    return one_sided("longest_run", part, chi_square_tail(statistic, static_cast<double>(row.classes - 1)));
  };
  return {test(bits, "ones"), test(inverted(bits), "zeros")};
}

Outcome binary_derivative(const Bits& bits, std::size_t times) {
  Bits derived = derivative(bits);
  for (std::size_t i = 1; i < times; ++i) derived = derivative(derived);
  const auto n = static_cast<double>(derived.size);
  return two_sided("binary_derivative", fmt::format("k={}", times), (2 * static_cast<double>(count_ones(derived.words, 0, derived.size)) - n) / std::sqrt(n));
}

Outcome autocorrelation(const Bits& bits, std::size_t distance) {
  const auto pairs = static_cast<double>(bits.size - distance);
  return two_sided("autocorrelation", fmt::format("d={}", distance), (2 * static_cast<double>(count_differing(bits, distance)) - pairs) / std::sqrt(pairs));
}

}  // namespace lintel::random::gmt_0005
