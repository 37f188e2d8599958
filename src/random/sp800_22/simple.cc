// Tests 1 to 5, 13: frequency, block frequency, runs, longest run, rank, cumulative sums.
#include <algorithm>
#include <array>
#include <cmath>

#include "random/sp800_22/sp800_22.h"
#include "random/statistics/counting.h"
#include "random/statistics/gamma.h"
#include "random/statistics/linear.h"
#include "random/statistics/walk.h"

namespace lintel::random::sp800_22 {

using namespace bits;
using namespace statistics;

Outcome frequency(const Bits& bits) {
  const auto n = static_cast<double>(bits.size);
  const double sum = 2 * static_cast<double>(count_ones(bits.words, 0, bits.size)) - n;
  return ran("frequency", "", std::erfc(std::fabs(sum) / std::sqrt(2 * n)), {{"sum", sum}});
}

Outcome block_frequency(const Bits& bits, std::size_t block) {
  const double statistic = block_frequency_statistic(bits, block);
  const auto blocks = static_cast<double>(bits.size / block);
  return ran("block_frequency", "", upper_gamma(blocks / 2, statistic / 2), {{"block", static_cast<double>(block)}, {"blocks", blocks}, {"chi_square", statistic}});
}

Outcomes cumulative_sums(const Bits& bits) {
  const Walk seen = walk(bits);
  const std::int64_t forward = std::max(seen.high, -seen.low), reverse = std::max(seen.high - seen.end, seen.end - seen.low);
  return {ran("cumulative_sums", "forward", stray_probability(bits.size, forward), {{"largest", static_cast<double>(forward)}}),
          ran("cumulative_sums", "reverse", stray_probability(bits.size, reverse), {{"largest", static_cast<double>(reverse)}})};
}

Outcome runs(const Bits& bits) {
  const auto n = static_cast<double>(bits.size);
  const double share = static_cast<double>(count_ones(bits.words, 0, bits.size)) / n, count = 1 + static_cast<double>(count_changes(bits));
  const double expected = 2 * n * share * (1 - share);
  // 2.3.4: a sequence this unbalanced fails without being looked at. One fair sequence in 16,000 is.
  const bool unbalanced = std::fabs(share - 0.5) > 2 / std::sqrt(n);
  const double p = unbalanced ? 0 : std::erfc(std::fabs(count - expected) / (2 * std::sqrt(2 * n) * share * (1 - share)));
  Outcome outcome = ran("runs", "", p, {{"ones", share}, {"runs", count}});
  outcome.by_rule = unbalanced;
  return outcome;
}

Outcome longest_run_of_ones(const Bits& bits) {
  struct Row {
    std::size_t from, block, shortest, classes;
    std::array<double, 7> probabilities;
  };
  static constexpr Row kRows[] = {
      {750000, 10000, 10, 7, {0.0882, 0.2092, 0.2483, 0.1933, 0.1208, 0.0675, 0.0727}},
      {6272, 128, 4, 6, {0.1174035788, 0.242955959, 0.249363483, 0.17517706, 0.102701071, 0.112398847}},
      {0, 8, 1, 4, {0.21484375, 0.3671875, 0.23046875, 0.1875}},
  };
  const Row& row = *std::ranges::find_if(kRows, [&](const Row& each) { return bits.size >= each.from; });
  const std::vector<std::uint64_t> counts = longest_run_classes(bits, row.block, row.shortest, row.classes);
  const double statistic = chi_square(counts, row.probabilities, bits.size / row.block);
  return ran("longest_run", "", chi_square_tail(statistic, static_cast<double>(row.classes - 1)), {{"block", static_cast<double>(row.block)}, {"chi_square", statistic}});
}

Outcome rank(const Bits& bits) {
  // 2^(r(64-r)-1024) * product over i < r of (1-2^(i-32))^2 / (1-2^(i-r)), for r = 32 and 31; the text rounds them to .2888 and .5776.
  static const std::array<double, 3> kProbabilities = [] {
    std::array<double, 3> probabilities{};
    for (int lost = 0; lost < 2; ++lost) {
      const int r = 32 - lost;
      double product = std::exp2(r * (64 - r) - 1024);
      for (int i = 0; i < r; ++i) product *= (1 - std::exp2(i - 32)) * (1 - std::exp2(i - 32)) / (1 - std::exp2(i - r));
      probabilities[static_cast<std::size_t>(lost)] = product;
    }
    probabilities[2] = 1 - probabilities[0] - probabilities[1];
    return probabilities;
  }();
  const std::array<std::uint64_t, 3> counts = count_ranks(bits);
  const double statistic = chi_square(counts, kProbabilities, bits.size / 1024);
  return ran("rank", "", std::exp(-statistic / 2),
             {{"full", static_cast<double>(counts[0])}, {"one_less", static_cast<double>(counts[1])}, {"less", static_cast<double>(counts[2])}, {"chi_square", statistic}});
}

}  // namespace lintel::random::sp800_22
