// What each test needs (the "input size recommendation" of its section) and the suite as a whole.
#include <algorithm>
#include <optional>
#include <utility>

#include "random/sp800_22/sp800_22.h"

namespace lintel::random::sp800_22 {

using namespace bits;
using namespace statistics;
namespace {

void add(Outcomes& all, Outcome one) { all.push_back(std::move(one)); }
void add(Outcomes& all, Outcomes some) { std::ranges::move(some, std::back_inserter(all)); }

}  // namespace

Parameters parameters_for(std::size_t size) {
  Parameters parameters;
  const auto log = static_cast<std::size_t>(std::bit_width(std::max<std::size_t>(size, 1)) - 1);  // floor of log2
  parameters.serial = std::min(parameters.serial, std::max<std::size_t>(log, 3) - 3);                            // m < floor(log2 n) - 2
  parameters.approximate_entropy = std::min(parameters.approximate_entropy, std::max<std::size_t>(log, 6) - 6);  // m < floor(log2 n) - 5
  return parameters;
}

Outcomes run_suite(const Bits& bits, const FourierPlan* plan) {
  const std::size_t n = bits.size;
  const Parameters parameters = parameters_for(n);
  Outcomes all;
  const auto gated = [&](const char* name, std::size_t needed, const auto& test) {
    if (n >= needed)
      add(all, test());
    else
      add(all, skipped(name, NotRun::too_short, needed, n));
  };
  gated("frequency", 100, [&] { return frequency(bits); });
  gated("block_frequency", 128, [&] { return block_frequency(bits, parameters.block_frequency); });
  gated("runs", 100, [&] { return runs(bits); });
  gated("longest_run", 128, [&] { return longest_run_of_ones(bits); });
  gated("rank", 38 * 1024, [&] { return rank(bits); });
  if (n > kLongestFourier)
    add(all, skipped("spectral", NotRun::too_long, kLongestFourier, n));
  else
    gated("spectral", 1000, [&] { return spectral(bits, plan != nullptr ? *plan : plan_fourier(n)); });
  gated("non_overlapping_template", 1000000, [&] { return non_overlapping_templates(bits, parameters.template_length); });
  gated("overlapping_template", 1000000, [&] { return overlapping_templates(bits, parameters.template_length); });
  gated("universal", 387840, [&] { return universal(bits); });
  gated("linear_complexity", 1000000, [&] { return linear_complexity(bits, parameters.linear_complexity); });
  // Both begin where the bound leaves m = 2; the entropy test's pattern count is a part of the serial one's.
  gated("serial", 32, [&] { return serial_and_entropy(bits, parameters.serial, n >= 256 ? parameters.approximate_entropy : 0); });
  if (n < 256) add(all, skipped("approximate_entropy", NotRun::too_short, 256, n));
  gated("cumulative_sums", 100, [&] { return cumulative_sums(bits); });
  if (n >= 1000000)
    add(all, excursions(bits));
  else
    for (const char* name : {"random_excursions", "random_excursions_variant"}) add(all, skipped(name, NotRun::too_short, 1000000, n));
  return all;
}

}  // namespace lintel::random::sp800_22
