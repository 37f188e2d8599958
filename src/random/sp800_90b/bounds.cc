// Confidence bounds, and the entropy behind a predictor's hits.
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "random/sp800_90b/sp800_90b.h"

namespace lintel::random::sp800_90b {
namespace {

// Logarithm of the probability that predictions right with probability p never run to r in a row (6.3.8, step 5).
double log_no_run(long double p, std::size_t r, std::size_t count) {
  const long double q = 1 - p, length = static_cast<long double>(r);
  long double x = 1, before = 0;
  for (int i = 0; i <= 65 && x - before > LDBL_EPSILON * x; ++i) {
    before = x;
    x = 1 + q * std::pow(p, length) * std::pow(x, length + 1);
  }
  return static_cast<double>(std::log(1 - p * x) - std::log((length + 1 - length * x) * q) - (static_cast<long double>(count) + 1) * std::log(x));
}

}  // namespace

double upper_bound(double p, std::size_t count) { return std::min(1.0, p + kDeviations * std::sqrt(p * (1 - p) / (static_cast<double>(count) - 1))); }

Estimate predicted(std::string estimator, std::size_t right, std::size_t predictions, std::size_t longest, unsigned kinds) {
  const auto n = static_cast<double>(predictions);
  const double global = right > 0 ? upper_bound(static_cast<double>(right) / n, predictions) : 1 - std::pow(0.01, 1 / n);
  double p = std::max(1.0 / kinds, global);
  const double target = std::log(0.99);
  // The probability at which a run as long as the longest is what one sequence in a hundred has. It falls as p grows.
  if (p < 1 && log_no_run(p, longest + 1, predictions) > target) {
    double low = p, high = 1;
    for (int i = 0; i < 1100 && high - low > DBL_EPSILON * high; ++i) {
      const double middle = (low + high) / 2;
      if (middle <= low || middle >= high) break;
      (log_no_run(middle, longest + 1, predictions) > target ? low : high) = middle;
    }
    p = high;
  }
  Estimate estimate;
  estimate.estimator = std::move(estimator);
  estimate.entropy = std::max(0.0, -std::log2(p));
  estimate.figures = {{"right", static_cast<double>(right)}, {"predictions", n}, {"longest_run", static_cast<double>(longest)}, {"p", p}};
  return estimate;
}

}  // namespace lintel::random::sp800_90b
