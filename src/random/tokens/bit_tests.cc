#include "random/tokens/bit_tests.h"

#include <cmath>
#include <numeric>

#include "random/tokens/special.h"

namespace lintel::random::tokens {
namespace {

constexpr std::size_t kLeastBits = 100;

double size_of(const Bits& bits) { return static_cast<double>(bits.size()); }
double ones_of(const Bits& bits) { return static_cast<double>(std::accumulate(bits.begin(), bits.end(), std::size_t{0})); }

// 2^block / n times the sum of squared counts of all cyclic blocks, minus n. 0 for an empty block.
double psi_squared(const Bits& bits, int block) {
  if (block <= 0) return 0;
  std::vector<double> counts(std::size_t{1} << block);
  const std::size_t mask = counts.size() - 1;
  std::size_t window = 0;
  for (int i = 0; i + 1 < block; ++i) window = window << 1 | bits[static_cast<std::size_t>(i) % bits.size()];
  for (std::size_t i = 0; i < bits.size(); ++i) {
    window = (window << 1 | bits[(i + static_cast<std::size_t>(block) - 1) % bits.size()]) & mask;
    counts[window] += 1;
  }
  double squares = 0;
  for (const double count : counts) squares += count * count;
  return static_cast<double>(counts.size()) / size_of(bits) * squares - size_of(bits);
}

}  // namespace

std::optional<double> monobit(const Bits& bits) {
  if (bits.size() < kLeastBits) return std::nullopt;
  const double sum = 2 * ones_of(bits) - size_of(bits);
  return std::erfc(std::fabs(sum) / std::sqrt(2 * size_of(bits)));
}

std::optional<double> runs(const Bits& bits) {
  if (bits.size() < kLeastBits) return std::nullopt;
  const double n = size_of(bits), ones = ones_of(bits) / n;
  // SP 800-22 calls this p = 0. But a fair generator is there in 6 of 100,000 samples, and the monobit test has said by then how far off it is.
  if (std::fabs(ones - 0.5) > 2 / std::sqrt(n)) return std::nullopt;
  double count = 1;
  for (std::size_t i = 1; i < bits.size(); ++i) count += bits[i] != bits[i - 1];
  const double spread = ones * (1 - ones);
  return std::erfc(std::fabs(count - 2 * n * spread) / (2 * std::sqrt(2 * n) * spread));
}

std::optional<std::pair<double, double>> serial(const Bits& bits, int block) {
  if (bits.size() < std::size_t{1} << (block + 3)) return std::nullopt;
  const double whole = psi_squared(bits, block), less = psi_squared(bits, block - 1), least = psi_squared(bits, block - 2);
  return std::pair(upper_gamma(std::pow(2, block - 2), (whole - less) / 2), upper_gamma(std::pow(2, block - 3), (whole - 2 * less + least) / 2));
}

}  // namespace lintel::random::tokens
