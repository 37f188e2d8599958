// Tests on rank, walk, entropy, complexity and spectrum.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "random/gmt_0005/gmt_0005.h"
#include "random/gmt_0005/values.h"
#include "random/statistics/counting.h"
#include "random/statistics/gamma.h"
#include "random/statistics/linear.h"
#include "random/statistics/patterns.h"
#include "random/statistics/walk.h"

namespace lintel::random::gmt_0005 {

using namespace bits;
using namespace statistics;

Outcome rank(const Bits& bits) {
  static constexpr std::array kProbabilities = {0.2888, 0.5776, 0.1336};
  const std::array<std::uint64_t, 3> counts = count_ranks(bits);
  return one_sided("rank", "", std::exp(-chi_square(counts, kProbabilities, bits.size / 1024) / 2));
}

Outcomes cumulative_sums(const Bits& bits) {
  const Walk seen = walk(bits);
  return {one_sided("cumulative_sums", "forward", stray_probability(bits.size, std::max(seen.high, -seen.low))),
          one_sided("cumulative_sums", "backward", stray_probability(bits.size, std::max(seen.high - seen.end, seen.end - seen.low)))};
}

Outcome approximate_entropy(const Bits& bits, std::size_t length) {
  const auto longer = ring_patterns(bits, length + 1);
  const double entropy = phi(shorter(longer), bits.size) - phi(longer, bits.size);
  return one_sided("approximate_entropy", fmt::format("m={}", length), upper_gamma(std::exp2(static_cast<double>(length) - 1), static_cast<double>(bits.size) * (M_LN2 - entropy)));
}

Outcome linear_complexity(const Bits& bits, std::size_t block) {
  static constexpr std::array kProbabilities = {0.010417, 0.03125, 0.125, 0.5, 0.25, 0.0625, 0.020833};
  return one_sided("linear_complexity", fmt::format("m={}", block), chi_square_tail(chi_square(linear_complexity_classes(bits, block), kProbabilities, bits.size / block), 6));
}

Outcome universal(const Bits& bits) {
  constexpr std::size_t kLength = 7, kStart = 1280;
  const Universal seen = statistics::universal(bits, kLength, kStart);
  const auto blocks = static_cast<double>(seen.blocks), l = static_cast<double>(kLength);
  const double c = 0.7 - 0.8 / l + (4 + 32 / l) * std::pow(blocks, -3 / l) / 15;
  return two_sided("universal", "", (seen.sum / blocks - universal_mean(kLength)) / (c * std::sqrt(universal_variance(kLength) / blocks)));
}

Outcome spectral(const Bits& bits, const FourierPlan& plan) {
  const auto n = static_cast<double>(bits.size);
  const std::vector<double> power = power_spectrum(plan, bits);
  const auto below = static_cast<double>(std::ranges::count_if(power, [&](double each) { return each < 2.995732274 * n; }));
  return two_sided("spectral", "", (below - 0.95 * n / 2) / std::sqrt(n * 0.95 * 0.05 / 3.8));
}

}  // namespace lintel::random::gmt_0005
