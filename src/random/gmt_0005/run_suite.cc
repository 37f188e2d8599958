// Which parameters a length has, and the suite as a whole.
#include <algorithm>
#include <iterator>
#include <utility>

#include "random/gmt_0005/gmt_0005.h"

namespace lintel::random::gmt_0005 {
namespace {

constexpr std::size_t kMiddle = 1000000, kLongest = 100000000;

void add(Outcomes& all, Outcome one) { all.push_back(std::move(one)); }
void add(Outcomes& all, Outcomes some) { std::ranges::move(some, std::back_inserter(all)); }

}  // namespace

Parameters parameters_for(std::size_t size) {
  if (size < kMiddle) return {1000, 128, {4, 8}, {3, 5}, {3, 7}, {2, 8, 16}, {2, 5}, {}};
  if (size < kLongest) return {10000, 10000, {4, 8}, {3, 5}, {3, 7}, {1, 2, 8, 16}, {2, 5}, {500, 1000}};
  return {1000000, 10000, {4, 8}, {3, 5, 7}, {3, 7, 15}, {1, 2, 8, 16, 32}, {2, 5}, {5000}};
}

Outcomes run_suite(const Bits& bits, const FourierPlan* plan) {
  Outcomes all;
  const std::size_t n = bits.size;
  if (n < kShortest) {
    for (const char* name : {"frequency", "block_frequency", "poker", "serial", "runs", "run_distribution", "longest_run", "binary_derivative", "autocorrelation", "rank", "cumulative_sums",
                             "approximate_entropy", "linear_complexity", "universal", "spectral"})
      add(all, statistics::skipped(name, statistics::NotRun::too_short, kShortest, n));
    return all;
  }
  const Parameters parameters = parameters_for(n);
  const bool whole = !parameters.linear_complexity.empty();
  const auto too_short = [&](const char* name) { add(all, statistics::skipped(name, statistics::NotRun::too_short, kMiddle, n)); };
  add(all, frequency(bits));
  add(all, block_frequency(bits, parameters.block_frequency));
  for (const std::size_t m : parameters.poker) add(all, poker(bits, m));
  for (const std::size_t m : parameters.serial) add(all, serial(bits, m));
  add(all, runs(bits));
  add(all, run_distribution(bits));
  add(all, longest_runs(bits, parameters.longest_run));
  for (const std::size_t k : parameters.derivative) add(all, binary_derivative(bits, k));
  for (const std::size_t d : parameters.autocorrelation) add(all, autocorrelation(bits, d));
  if (whole)
    add(all, rank(bits));
  else
    too_short("rank");
  add(all, cumulative_sums(bits));
  for (const std::size_t m : parameters.entropy) add(all, approximate_entropy(bits, m));
  for (const std::size_t m : parameters.linear_complexity) add(all, linear_complexity(bits, m));
  if (!whole) too_short("linear_complexity");
  if (whole)
    add(all, universal(bits));
  else
    too_short("universal");
  if (n > statistics::kLongestFourier)
    add(all, statistics::skipped("spectral", statistics::NotRun::too_long, statistics::kLongestFourier, n));
  else
    add(all, spectral(bits, plan != nullptr ? *plan : statistics::plan_fourier(n)));
  return all;
}

}  // namespace lintel::random::gmt_0005
