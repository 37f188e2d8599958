#include "random/attacks/lattice.h"

#include <cmath>
#include <utility>

namespace lintel::random {
namespace {

using Row = std::vector<SignedWide>;

long double dot(const std::vector<long double>& a, const std::vector<long double>& b) {
  long double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::vector<long double> real(const Row& row) { return {row.begin(), row.end()}; }

void subtract(Row& from, SignedWide times, const Row& row) {
  for (std::size_t i = 0; i < row.size(); ++i) from[i] -= times * row[i];
}

// Gram-Schmidt: orthogonal rows, their squared lengths, and how much of each is in later rows of the basis.
struct Orthogonal {
  std::vector<std::vector<long double>> rows, mu;
  std::vector<long double> norms;
  explicit Orthogonal(const std::vector<Row>& basis) : mu(basis.size(), std::vector<long double>(basis.size())) {
    for (std::size_t k = 0; k < basis.size(); ++k) {
      const std::vector<long double> row = real(basis[k]);
      rows.push_back(row);
      for (std::size_t j = 0; j < k; ++j) {
        mu[k][j] = dot(row, rows[j]) / norms[j];
        for (std::size_t i = 0; i < row.size(); ++i) rows[k][i] -= mu[k][j] * rows[j][i];
      }
      norms.push_back(dot(rows[k], rows[k]));
    }
  }
  // Rows k - 1 and k of the basis change places.
  void exchange(std::size_t k) {
    const long double share = mu[k][k - 1], norm = norms[k] + share * share * norms[k - 1];
    mu[k][k - 1] = share * norms[k - 1] / norm;
    norms[k] *= norms[k - 1] / norm;
    norms[k - 1] = norm;
    for (std::size_t j = 0; j + 1 < k; ++j) std::swap(mu[k][j], mu[k - 1][j]);
    for (std::size_t i = k + 1; i < mu.size(); ++i) {
      const long double old = mu[i][k];
      mu[i][k] = mu[i][k - 1] - share * old;
      mu[i][k - 1] = old + mu[k][k - 1] * mu[i][k];
    }
  }
};

// True when rows were exchanged.
bool reduce(std::vector<Row>& basis) {
  const std::size_t n = basis.size();
  Orthogonal orthogonal(basis);
  auto& mu = orthogonal.mu;
  const auto shorten = [&](std::size_t k, std::size_t j) {
    const long double q = std::round(mu[k][j]);
    if (q == 0) return;
    subtract(basis[k], static_cast<SignedWide>(q), basis[j]);
    for (std::size_t i = 0; i < j; ++i) mu[k][i] -= q * mu[j][i];
    mu[k][j] -= q;
  };
  bool changed = false;
  // Rounding could make it go on for ever; a basis that is not quite reduced only makes the attack fail.
  std::size_t rounds = 100 * n * n;
  for (std::size_t k = 1; k < n && rounds-- > 0;) {
    shorten(k, k - 1);
    const long double share = mu[k][k - 1];
    if (orthogonal.norms[k] >= (0.99L - share * share) * orthogonal.norms[k - 1]) {
      for (std::size_t j = k - 1; j-- > 0;) shorten(k, j);
      ++k;
      continue;
    }
    std::swap(basis[k], basis[k - 1]);
    orthogonal.exchange(k);
    changed = true;
    if (k > 1) --k;
  }
  return changed;
}

}  // namespace

HiddenNumber::HiddenNumber(const Congruence& generator, std::size_t outputs) : modulus_(generator.m), basis_(outputs, Row(outputs)) {
  Wide power = 1;
  for (std::size_t i = 0; i < outputs; ++i) {
    powers_.push_back(power);
    basis_[0][i] = static_cast<SignedWide>(power);
    if (i > 0) basis_[i][i] = static_cast<SignedWide>(modulus_);
    power = times(power, generator.a, modulus_);
  }
  for (int pass = 0; pass < 4 && reduce(basis_); ++pass) {}  // again with exact numbers: rounding adds up
  Orthogonal orthogonal(basis_);
  orthogonal_ = std::move(orthogonal.rows);
  norms_ = std::move(orthogonal.norms);
}

std::optional<Wide> HiddenNumber::solve(const std::vector<Wide>& offsets, Wide bound) const {
  const std::size_t n = outputs();
  // The lattice point nearest to the middles of the intervals; `rest` is what is left of the way to it.
  std::vector<long double> rest(n);
  for (std::size_t i = 0; i < n; ++i) rest[i] = static_cast<long double>(bound) / 2 - static_cast<long double>(offsets[i]);
  SignedWide first = 0;
  for (std::size_t k = n; k-- > 0;) {
    const long double times_row = std::round(dot(rest, orthogonal_[k]) / norms_[k]);
    for (std::size_t i = 0; i < n; ++i) rest[i] -= times_row * static_cast<long double>(basis_[k][i]);
    first += static_cast<SignedWide>(times_row) * basis_[k][0];
  }
  const auto modulus = static_cast<SignedWide>(modulus_);
  const Wide x = static_cast<Wide>(((first % modulus) + modulus) % modulus);
  for (std::size_t i = 0; i < n; ++i)
    if (plus(times(powers_[i], x, modulus_), offsets[i], modulus_) >= bound) return std::nullopt;
  return plus(x, offsets[0], modulus_);
}

}  // namespace lintel::random
