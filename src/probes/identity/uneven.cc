#include "probes/identity/uneven.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lintel::probes::identity {

double chi_square_15(double x) {
  // Q(15/2, h) = erfc(sqrt(h)) + exp(-h) (sum over k = 1/2 ... 13/2 of h^k / gamma(k + 1))
  const double h = x / 2;
  double term = std::exp(-h) * std::sqrt(h) / std::tgamma(1.5), sum = std::erfc(std::sqrt(h));
  for (double k = 0.5; k < 7; ++k) {
    sum += term;
    term *= h / (k + 1);
  }
  return sum;
}

std::vector<Uneven> uneven_characters(const Table& table) {
  std::vector<Uneven> tests;
  for (const Group& group : table.groups) {
    if (group.different < kLeastForUneven) continue;
    std::array<std::array<std::size_t, 16>, 8> counts{};
    const auto entries = sorted(table, group);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::uint32_t value = entries[i].random();
      if (i > 0 && value == entries[i - 1].random()) continue;
      for (std::size_t position = 0; position < 8; ++position) ++counts[position][value >> (28 - 4 * position) & 0xF];
    }
    const double expected = static_cast<double>(group.different) / 16;
    for (std::size_t position = 0; position < 8; ++position) {
      double x = 0;
      for (const std::size_t count : counts[position]) x += (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) / expected;
      tests.push_back({table.entries[group.first].upper(), position + 1, chi_square_15(x)});
    }
  }
  std::stable_sort(tests.begin(), tests.end(), [](const Uneven& a, const Uneven& b) { return a.p < b.p; });
  std::vector<Uneven> found;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const double p = tests[i].p * static_cast<double>(tests.size() - i);
    if (p >= 1e-6) break;
    found.push_back({tests[i].upper, tests[i].position, p});
  }
  return found;
}

}  // namespace lintel::probes::identity
