// Regularised upper incomplete gamma function Q(a, x), which turns a chi-square value into a probability: Q(degrees/2, chi2/2).
#pragma once

namespace lintel::random::tokens {

// Requires: a > 0. x <= 0 gives 1. Accurate to about 1e-13 relative for the a and x of our tests.
double upper_gamma(double a, double x);

}  // namespace lintel::random::tokens
