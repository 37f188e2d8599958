// Test 6: peaks of the spectrum.
#include <algorithm>
#include <cmath>

#include "random/sp800_22/sp800_22.h"

namespace lintel::random::sp800_22 {

using namespace bits;
using namespace statistics;

Outcome spectral(const Bits& bits, const FourierPlan& plan) {
  const auto n = static_cast<double>(bits.size);
  const double bound = 2.995732274 * n;  // ln 20, squared magnitude that one in twenty exceeds
  const std::vector<double> power = power_spectrum(plan, bits);
  const auto below = static_cast<double>(std::ranges::count_if(power, [&](double each) { return each < bound; }));
  const double expected = 0.95 * n / 2, off = (below - expected) / std::sqrt(n / 4 * 0.95 * 0.05);
  return ran("spectral", "", std::erfc(std::fabs(off) / M_SQRT2), {{"below", below}, {"expected", expected}, {"d", off}});
}

}  // namespace lintel::random::sp800_22
