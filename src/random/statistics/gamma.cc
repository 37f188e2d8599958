#include "random/statistics/gamma.h"

#include <cmath>

namespace lintel::random::statistics {
namespace {

// x^a e^-x / Gamma(a + 1). For large a the powers are taken out by Stirling's series, or their difference would lose the digits wanted.
double gamma_term(double a, double x) {
  if (a < 20) return std::exp(a * std::log(x) - x - std::lgamma(a + 1));
  const double relative = (x - a) / a, square = a * a;
  const double correction = (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680) / square) / square) / square) / a;
  return std::exp(-a * (relative - std::log1p(relative)) - correction) / std::sqrt(2 * M_PI * a);
}

constexpr double kNothing = 1e-17;  // a further term this small, beside 1, changes nothing
constexpr int kTerms = 1 << 20;     // sqrt(a) times a few are needed

}  // namespace

double upper_gamma(double a, double x) {
  if (!(x > 0)) return 1;
  if (std::isinf(x)) return 0;
  if (x < a + 1) {  // the lower one, as a series
    double sum = 1, term = 1;
    for (int n = 1; n < kTerms && term > sum * kNothing; ++n) sum += term *= x / (a + n);
    return std::fmax(0, 1 - gamma_term(a, x) * sum);
  }
  // Continued fraction, by the modified method of Lentz.
  double b = x + 1 - a, c = 1e300, d = 1 / b, fraction = d;
  for (int n = 1; n < kTerms; ++n) {
    const double numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    if (std::fabs(d) < 1e-300) d = 1e-300;
    c = b + numerator / c;
    if (std::fabs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    const double step = d * c;
    fraction *= step;
    if (std::fabs(step - 1) < 1e-16) break;
  }
  return std::fmin(1, gamma_term(a, x) * a * fraction);
}

double normal_below(double z) { return std::erfc(-z / M_SQRT2) / 2; }

}  // namespace lintel::random::statistics
