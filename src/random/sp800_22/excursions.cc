// Tests 14 and 15: how often the random walk visits a place between two returns to 0, and in all.
#include <array>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "random/sp800_22/sp800_22.h"
#include "random/statistics/counting.h"
#include "random/statistics/gamma.h"
#include "random/statistics/walk.h"

namespace lintel::random::sp800_22 {

using namespace bits;
using namespace statistics;
namespace {

// Of 0, 1, 2, 3, 4, more visits to x = 1, 2, 3, 4 in one cycle: 1 - 1/2x, (1/2x)^2 (1 - 1/2x)^(k-1), rounded as NIST's program has them.
constexpr std::array<std::array<double, 6>, 4> kVisits = {{{0.5, 0.25, 0.125, 0.0625, 0.03125, 0.03125},
                                                           {0.75, 0.0625, 0.046875, 0.03515625, 0.0263671875, 0.0791015625},
                                                           {0.8333333333, 0.02777777778, 0.02314814815, 0.01929012346, 0.01607510288, 0.0803755143},
                                                           {0.875, 0.015625, 0.013671875, 0.01196289063, 0.0104675293, 0.0732727051}}};

std::string place_name(int x) { return fmt::format("x={}", x); }

}  // namespace

Outcomes excursions(const Bits& bits) {
  const Excursions seen = statistics::excursions(bits);
  const auto cycles = static_cast<double>(seen.cycles), needed = std::fmax(500, std::ceil(0.005 * std::sqrt(static_cast<double>(bits.size))));
  if (cycles < needed) {
    const auto least = static_cast<std::uint64_t>(needed);
    return {skipped("random_excursions", NotRun::too_few_cycles, least, seen.cycles), skipped("random_excursions_variant", NotRun::too_few_cycles, least, seen.cycles)};
  }
  Outcomes outcomes;
  for (int x = -4; x <= 4; ++x) {
    if (x == 0) continue;
    const double statistic = chi_square(seen.classes[static_cast<std::size_t>(x + 4)], kVisits[static_cast<std::size_t>(std::abs(x) - 1)], seen.cycles);
    outcomes.push_back(ran("random_excursions", place_name(x), chi_square_tail(statistic, 5), {{"cycles", cycles}, {"chi_square", statistic}}));
  }
  for (int x = -9; x <= 9; ++x) {
    if (x == 0) continue;
    const auto visits = static_cast<double>(seen.visits[static_cast<std::size_t>(x + 9)]);
    const double p = std::erfc(std::fabs(visits - cycles) / std::sqrt(2 * cycles * (4 * std::abs(x) - 2)));
    outcomes.push_back(ran("random_excursions_variant", place_name(x), p, {{"cycles", cycles}, {"visits", visits}}));
  }
  return outcomes;
}

}  // namespace lintel::random::sp800_22
