// Where p-values come from: tails of the chi-square and the normal distribution.
#pragma once

namespace lintel::random::statistics {

// Upper regularised incomplete gamma function Q(a, x), good to 1e-12 absolute for a up to a million. Requires: a > 0, x >= 0 (below: 1).
double upper_gamma(double a, double x);
// Probability that chi-square with this many degrees of freedom is at least `statistic`.
inline double chi_square_tail(double statistic, double degrees) { return upper_gamma(degrees / 2, statistic / 2); }
// Cumulative standard normal distribution.
double normal_below(double z);

}  // namespace lintel::random::statistics
