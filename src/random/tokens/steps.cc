#include "random/tokens/steps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>

namespace lintel::random::tokens {
namespace {

using Values = std::vector<std::uint64_t>;

// Cheap look first: a quarter of the circle has to hold nearly half of the steps, or there is no arc worth finding.
bool crowded(const Values& steps, Wide modulus) {
  constexpr std::size_t kBins = 64, kQuarter = kBins / 4;
  std::array<std::size_t, kBins> bins{};
  const double scale = kBins / static_cast<double>(modulus);
  for (const std::uint64_t step : steps) ++bins[std::min(kBins - 1, static_cast<std::size_t>(static_cast<double>(step) * scale))];
  std::size_t inside = 0, most = 0;
  for (std::size_t i = 0; i < 2 * kBins; ++i) {
    inside += bins[i % kBins];
    if (i >= kQuarter) inside -= bins[(i - kQuarter) % kBins];
    most = std::max(most, inside);
  }
  return most * 20 >= steps.size() * 9;
}

// How many of the sorted values lie in [least, least + width) modulo the size.
std::size_t count_in(const Values& sorted, std::uint64_t least, Wide width, Wide modulus) {
  if (width >= modulus) return sorted.size();
  const auto below = [&](Wide end) { return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), end, [](std::uint64_t a, Wide b) { return a < b; }) - sorted.begin()); };
  const Wide end = least + width;
  if (end <= modulus) return below(end) - below(least);
  return sorted.size() - below(least) + below(end - modulus);
}

// The share of all pairs of different rows, in any order, whose difference lies in the arc.
double share_of_pairs(const Values& sorted, std::uint64_t least, Wide width, Wide modulus) {
  double pairs = 0;
  for (const std::uint64_t value : sorted) pairs += static_cast<double>(count_in(sorted, minus(value, minus(0, least, modulus), modulus), width, modulus));
  const double rows = static_cast<double>(sorted.size());
  const bool self = least == 0 || least + width > modulus;  // a row with itself
  return (pairs - (self ? rows : 0)) / (rows * (rows - 1));
}

}  // namespace

double log_tail(double share, double p, double n) {
  if (share <= p) return 0;
  if (p <= 0) return -HUGE_VAL;
  const double rest = share < 1 ? (1 - share) * std::log((1 - share) / (1 - p)) : 0;
  return -n * (share * std::log(share / p) + rest);
}

std::optional<Steps> small_steps(const Field& field, double log_chance) {
  if (field.values.size() < 8) return std::nullopt;
  Values steps(field.values.size() - 1);
  for (std::size_t t = 0; t < steps.size(); ++t) steps[t] = minus(field.values[t + 1], field.values[t], field.modulus);
  if (!crowded(steps, field.modulus)) return std::nullopt;
  std::sort(steps.begin(), steps.end());
  Values sorted = field.values;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t count = steps.size();
  const double all = static_cast<double>(count);
  // One step for all is surer than the order of the values alone: the first two say all others, whatever values the field can take.
  if (steps.front() == steps.back()) {
    const auto different = static_cast<double>(std::unordered_set<std::uint64_t>(sorted.begin(), sorted.end()).size());
    if (-(all - 1) * std::log(different) < log_chance) return Steps{steps.front(), 1, 1, 0};
  }
  std::optional<Steps> best;
  for (const double wanted : {0.5, 0.75, 0.9, 0.98, 1.0}) {
    const auto inside = static_cast<std::size_t>(std::ceil(wanted * all));
    Steps arc{0, HUGE_VAL, 0, HUGE_VAL};
    Wide width = field.modulus;
    for (std::size_t i = 0; i < count; ++i) {
      const Wide span = Wide{minus(steps[(i + inside - 1) % count], steps[i], field.modulus)} + 1;
      if (span < width) {
        width = span;
        arc.least = steps[i];
      }
    }
    if (width == field.modulus) continue;
    arc.width = static_cast<double>(width);
    arc.share = static_cast<double>(count_in(steps, arc.least, width, field.modulus)) / all;
    arc.bits_left = std::log2(arc.width / arc.share);
    if (best && best->bits_left <= arc.bits_left) continue;
    // Neighbouring pairs share a row; every other pair is free of that. Two such halves, and any two steps may have been the arc's ends.
    const double by_luck = log_tail(arc.share, share_of_pairs(sorted, arc.least, width, field.modulus), std::floor(all / 2)) + std::log(2 * all * all);
    if (by_luck < log_chance) best = arc;
  }
  return best;
}

}  // namespace lintel::random::tokens
