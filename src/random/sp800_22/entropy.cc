// Tests 9 to 12: Maurer's universal statistic, linear complexity, serial, approximate entropy.
#include <algorithm>
#include <array>
#include <cmath>

#include "random/sp800_22/sp800_22.h"
#include "random/statistics/counting.h"
#include "random/statistics/gamma.h"
#include "random/statistics/patterns.h"

namespace lintel::random::sp800_22 {

using namespace bits;
using namespace statistics;

Outcome universal(const Bits& bits) {
  static constexpr std::size_t kFrom[] = {904960, 2068480, 4654080, 10342400, 22753280, 49643520, 107560960, 231669760, 496435200, 1059061760};  // lengths 7, 8 ...
  const std::size_t length = 6 + static_cast<std::size_t>(std::ranges::upper_bound(kFrom, bits.size) - std::begin(kFrom));
  const Universal seen = statistics::universal(bits, length, 10 * (std::size_t{1} << length));
  const auto blocks = static_cast<double>(seen.blocks), l = static_cast<double>(length);
  const double c = 0.7 - 0.8 / l + (4 + 32 / l) * std::pow(blocks, -3 / l) / 15;
  const double sigma = c * std::sqrt(universal_variance(length) / blocks), mean = seen.sum / blocks;
  return ran("universal", "", std::erfc(std::fabs(mean - universal_mean(length)) / (M_SQRT2 * sigma)), {{"length", l}, {"blocks", blocks}, {"sum", seen.sum}, {"phi", mean}, {"sigma", sigma}});
}

Outcome linear_complexity(const Bits& bits, std::size_t block) {
  static constexpr std::array kProbabilities = {0.01047, 0.03125, 0.125, 0.5, 0.25, 0.0625, 0.020833};  // the exact first one is 0.010417
  const std::vector<std::uint64_t> classes = linear_complexity_classes(bits, block);
  const double statistic = chi_square(classes, kProbabilities, bits.size / block);
  return ran("linear_complexity", "", chi_square_tail(statistic, 6), {{"block", static_cast<double>(block)}, {"chi_square", statistic}});
}

Outcomes serial_and_entropy(const Bits& bits, std::size_t serial, std::size_t entropy) {
  std::vector<std::vector<std::uint32_t>> counts(std::max(serial, entropy + 1) + 1);  // by length
  counts.back() = ring_patterns(bits, counts.size() - 1);
  for (std::size_t length = counts.size() - 1; length > 0; --length) counts[length - 1] = shorter(counts[length]);
  const std::size_t n = bits.size;
  Outcomes outcomes;
  if (serial > 0) {
    const auto m = static_cast<double>(serial);
    const double whole = psi_squared(counts[serial], n), less = psi_squared(counts[serial - 1], n), least = psi_squared(counts[serial - 2], n);
    const double first = whole - less, second = whole - 2 * less + least;
    outcomes.push_back(ran("serial", "P1", upper_gamma(std::exp2(m - 2), first / 2), {{"m", m}, {"del", first}}));
    outcomes.push_back(ran("serial", "P2", upper_gamma(std::exp2(m - 3), second / 2), {{"m", m}, {"del2", second}}));
  }
  if (entropy > 0) {
    const auto m = static_cast<double>(entropy);
    const double value = phi(counts[entropy], n) - phi(counts[entropy + 1], n), statistic = 2 * static_cast<double>(n) * (M_LN2 - value);
    outcomes.push_back(ran("approximate_entropy", "", upper_gamma(std::exp2(m - 1), statistic / 2), {{"m", m}, {"entropy", value}, {"chi_square", statistic}}));
  }
  return outcomes;
}

}  // namespace lintel::random::sp800_22
