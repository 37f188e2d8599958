#include "random/statistics/fourier.h"

#include <algorithm>
#include <utility>

namespace lintel::random::statistics {

using namespace bits;
namespace {

using Complex = std::complex<double>;
using Pass = FourierPlan::Pass;
constexpr std::size_t kLargestFactor = 31;

Complex root(std::size_t power, std::size_t size) {
  const double angle = -2 * M_PI * static_cast<double>(power % size) / static_cast<double>(size);
  return {std::cos(angle), std::sin(angle)};
}

// root(0), root(1) ... by two short tables: a million sines would cost more than the transform.
std::vector<Complex> roots_of(std::size_t size, std::size_t count) {
  constexpr std::size_t kStep = 1024;
  std::vector<Complex> fine(kStep), roots(count);
  for (std::size_t i = 0; i < kStep; ++i) fine[i] = root(i, size);
  for (std::size_t i = 0; i < count; i += kStep) {
    const Complex coarse = root(i, size);
    for (std::size_t j = 0; j < kStep && i + j < count; ++j)
      roots[i + j] = {coarse.real() * fine[j].real() - coarse.imag() * fine[j].imag(), coarse.real() * fine[j].imag() + coarse.imag() * fine[j].real()};
  }
  return roots;
}

// Factors 4, 2, 3, 5, then the rest; empty when one is too large for a butterfly.
std::vector<std::size_t> factors_of(std::size_t size) {
  std::vector<std::size_t> factors;
  for (; size % 4 == 0; size /= 4) factors.push_back(4);
  for (std::size_t factor = 2; factor <= kLargestFactor; ++factor)
    for (; size % factor == 0; size /= factor) factors.push_back(factor);
  if (size > 1) return {};
  if (factors.empty()) factors.push_back(1);
  std::reverse(factors.begin(), factors.end());
  return factors;
}

std::vector<Pass> passes_of(std::size_t size) {
  std::vector<Pass> passes;
  std::size_t length = size;
  for (const std::size_t factor : factors_of(size)) {
    Pass pass{factor, length / factor, {}, {}};
    const std::vector<Complex> all = roots_of(length, length);
    pass.roots.reserve(pass.below * (factor - 1));
    for (std::size_t k = 0; k < pass.below; ++k)
      for (std::size_t j = 1; j < factor; ++j) pass.roots.push_back(all[j * k % length]);
    if (factor > 5)
      for (std::size_t j = 0; j < factor; ++j) pass.own.push_back(root(j, factor));
    passes.push_back(std::move(pass));
    length /= factor;
  }
  return passes;
}

inline Complex times(Complex a, Complex b) { return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()}; }
inline Complex turned(Complex a) { return {a.imag(), -a.real()}; }  // times -i

void join2(Complex* out, const Pass& pass) {
  for (std::size_t k = 0; k < pass.below; ++k) {
    const Complex a = out[k], b = times(out[k + pass.below], pass.roots[k]);
    out[k] = a + b;
    out[k + pass.below] = a - b;
  }
}

void join3(Complex* out, const Pass& pass) {
  const std::size_t m = pass.below;
  const double s = std::sqrt(0.75);
  for (std::size_t k = 0; k < m; ++k) {
    const Complex a = out[k], b = times(out[k + m], pass.roots[2 * k]), c = times(out[k + 2 * m], pass.roots[2 * k + 1]);
    const Complex sum = b + c, mid = a - 0.5 * sum, side = turned(s * (b - c));
    out[k] = a + sum;
    out[k + m] = mid + side;
    out[k + 2 * m] = mid - side;
  }
}

void join4(Complex* out, const Pass& pass) {
  const std::size_t m = pass.below;
  for (std::size_t k = 0; k < m; ++k) {
    const Complex a = out[k], b = times(out[k + m], pass.roots[3 * k]), c = times(out[k + 2 * m], pass.roots[3 * k + 1]), d = times(out[k + 3 * m], pass.roots[3 * k + 2]);
    const Complex e = a + c, f = a - c, g = b + d, h = turned(b - d);
    out[k] = e + g;
    out[k + m] = f + h;
    out[k + 2 * m] = e - g;
    out[k + 3 * m] = f - h;
  }
}

void join5(Complex* out, const Pass& pass) {
  const std::size_t m = pass.below;
  const double c1 = std::cos(2 * M_PI / 5), c2 = std::cos(4 * M_PI / 5), s1 = std::sin(2 * M_PI / 5), s2 = std::sin(4 * M_PI / 5);
  for (std::size_t k = 0; k < m; ++k) {
    const Complex* w = &pass.roots[4 * k];
    const Complex a = out[k], b = times(out[k + m], w[0]), c = times(out[k + 2 * m], w[1]), d = times(out[k + 3 * m], w[2]), e = times(out[k + 4 * m], w[3]);
    const Complex be = b + e, cd = c + d, be_ = b - e, cd_ = c - d;
    const Complex x = a + c1 * be + c2 * cd, y = a + c2 * be + c1 * cd;
    const Complex u = turned(s1 * be_ + s2 * cd_), v = turned(s2 * be_ - s1 * cd_);
    out[k] = a + be + cd;
    out[k + m] = x + u;
    out[k + 4 * m] = x - u;
    out[k + 2 * m] = y + v;
    out[k + 3 * m] = y - v;
  }
}

void join_any(Complex* out, const Pass& pass) {
  Complex in[kLargestFactor];
  for (std::size_t k = 0; k < pass.below; ++k) {
    for (std::size_t j = 0; j < pass.factor; ++j) in[j] = j == 0 ? out[k] : times(out[k + j * pass.below], pass.roots[k * (pass.factor - 1) + j - 1]);
    for (std::size_t q = 0; q < pass.factor; ++q) {
      Complex sum = in[0];
      for (std::size_t j = 1; j < pass.factor; ++j) sum += times(in[j], pass.own[j * q % pass.factor]);
      out[k + q * pass.below] = sum;
    }
  }
}

// Decimation in time: small transforms stay in the cache while they are joined. value(i) gives element i of the input.
template <class Value>
void transform(std::span<const Pass> passes, const Value& value, std::size_t first, std::size_t stride, Complex* out) {
  const Pass& pass = passes.front();
  if (pass.below == 1) {
    for (std::size_t j = 0; j < pass.factor; ++j) out[j] = value(first + j * stride);
  } else {
    for (std::size_t j = 0; j < pass.factor; ++j) transform(passes.subspan(1), value, first + j * stride, stride * pass.factor, out + j * pass.below);
  }
  switch (pass.factor) {
    case 1: break;
    case 2: join2(out, pass); break;
    case 3: join3(out, pass); break;
    case 4: join4(out, pass); break;
    case 5: join5(out, pass); break;
    default: join_any(out, pass);
  }
}

// Bluestein: a transform of any length as a convolution with a chirp, done in a power of two.
template <class Value>
std::vector<Complex> transform_any(const FourierPlan& plan, const Value& value) {
  std::vector<Complex> out(plan.half);
  if (!plan.passes.empty()) {
    transform(std::span<const Pass>(plan.passes), value, 0, 1, out.data());
    return out;
  }
  const std::size_t size = plan.chirp_transform.size();
  std::vector<Complex> spectrum(size), product(size);
  transform(std::span<const Pass>(plan.padded), [&](std::size_t i) { return i < plan.half ? times(value(i), plan.chirp[i]) : Complex(); }, 0, 1, spectrum.data());
  transform(std::span<const Pass>(plan.padded), [&](std::size_t i) { return std::conj(times(spectrum[i], plan.chirp_transform[i])); }, 0, 1, product.data());
  for (std::size_t k = 0; k < plan.half; ++k) out[k] = times(std::conj(product[k]), plan.chirp[k]) / static_cast<double>(size);
  return out;
}

}  // namespace

FourierPlan plan_fourier(std::size_t size) {
  FourierPlan plan;
  plan.size = size;
  if (size < 2) return plan;
  plan.half = size % 2 == 0 ? size / 2 : size;
  if (size % 2 == 0) plan.split = roots_of(size, plan.half / 2 + 1);
  if (!factors_of(plan.half).empty()) {
    plan.passes = passes_of(plan.half);
    return plan;
  }
  const std::size_t padded = std::bit_ceil(2 * plan.half - 1);
  plan.padded = passes_of(padded);
  plan.chirp.resize(plan.half);
  for (std::size_t i = 0; i < plan.half; ++i) plan.chirp[i] = root(i * i % (2 * plan.half), 2 * plan.half);
  plan.chirp_transform.resize(padded);
  const auto mirrored = [&](std::size_t i) {
    const std::size_t at = std::min(i, padded - i);
    return at < plan.half ? std::conj(plan.chirp[at]) : Complex();
  };
  transform(std::span<const Pass>(plan.padded), mirrored, 0, 1, plan.chirp_transform.data());
  return plan;
}

std::vector<double> power_spectrum(const FourierPlan& plan, const Bits& bits) {
  std::vector<double> power(plan.size / 2);
  if (plan.size < 2) return power;
  if (plan.size % 2 != 0) {
    const std::vector<Complex> whole = transform_any(plan, [&](std::size_t i) { return Complex(bit_at(bits, i) != 0 ? 1 : -1, 0); });
    for (std::size_t k = 0; k < power.size(); ++k) power[k] = std::norm(whole[k]);
    return power;
  }
  // Two real samples as one complex number, taken apart again by the symmetry of their transforms.
  static constexpr Complex kPairs[] = {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
  const std::vector<Complex> packed = transform_any(plan, [&](std::size_t i) { return kPairs[bits.words[i / 32] >> (62 - 2 * (i % 32)) & 3]; });
  const std::size_t half = plan.half;
  power[0] = (packed[0].real() + packed[0].imag()) * (packed[0].real() + packed[0].imag());
  for (std::size_t k = 1; k <= half / 2; ++k) {
    const Complex a = packed[k], b = std::conj(packed[half - k]);
    const Complex even = 0.5 * (a + b), odd = times(turned(0.5 * (a - b)), plan.split[k]);
    power[k] = std::norm(even + odd);
    power[half - k] = std::norm(even - odd);
  }
  return power;
}

}  // namespace lintel::random::statistics
