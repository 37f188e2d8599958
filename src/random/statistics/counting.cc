#include "random/statistics/counting.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "random/statistics/linear.h"

namespace lintel::random::statistics {

using namespace bits;
namespace {

// y[i] & y[i + shift], as bits; false when nothing is left. Requires: shift > 0.
bool keep_runs(std::vector<std::uint64_t>& out, const std::vector<std::uint64_t>& runs, std::size_t shift) {
  const std::size_t whole = shift / 64, part = shift % 64;
  std::uint64_t any = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::uint64_t moved = i + whole < runs.size() ? runs[i + whole] << part : 0;
    if (part != 0 && i + whole + 1 < runs.size()) moved |= runs[i + whole + 1] >> (64 - part);
    any |= out[i] = runs[i] & moved;
  }
  return any != 0;
}

}  // namespace

std::size_t count_changes(const Bits& bits) { return bits.size < 2 ? 0 : count_differing(bits, 1); }

std::size_t longest_run(const Bits& bits, std::size_t first, std::size_t length) {
  std::vector<std::uint64_t> runs = slice(bits, first, length).words, next(runs.size());
  if (std::all_of(runs.begin(), runs.end(), [](std::uint64_t word) { return word == 0; })) return 0;
  std::size_t longest = 1;  // there are runs of this length, and `runs` marks where they begin
  for (std::size_t step = 1; keep_runs(next, runs, step); step *= 2) {
    longest += step;
    runs.swap(next);
  }
  for (std::size_t step = longest / 2; step > 0; step /= 2)
    if (keep_runs(next, runs, step)) {
      longest += step;
      runs.swap(next);
    }
  return longest;
}

std::vector<std::uint64_t> longest_run_classes(const Bits& bits, std::size_t block, std::size_t shortest, std::size_t classes) {
  std::vector<std::uint64_t> counts(classes, 0);
  for (std::size_t at = 0; at + block <= bits.size; at += block)
    ++counts[std::clamp(longest_run(bits, at, block), shortest, shortest + classes - 1) - shortest];
  return counts;
}

Bits inverted(const Bits& bits) {
  Bits other = bits;
  for (std::size_t i = 0; i < bits.size / 64; ++i) other.words[i] = ~other.words[i];
  if (bits.size % 64 != 0) other.words[bits.size / 64] ^= ~std::uint64_t{0} << (64 - bits.size % 64);
  return other;
}

std::size_t count_differing(const Bits& bits, std::size_t distance) {
  const std::size_t pairs = bits.size - distance;
  std::size_t ones = 0;
  for (std::size_t i = 0; i < pairs; i += 64) {
    const std::uint64_t differs = bits.words[i / 64] ^ window(bits.words, i + distance);
    ones += static_cast<std::size_t>(std::popcount(pairs - i >= 64 ? differs : differs & ~(~std::uint64_t{0} >> (pairs - i))));
  }
  return ones;
}

Bits derivative(const Bits& bits) {
  Bits next = bits;
  for (std::size_t i = 0; 64 * i < bits.size; ++i) next.words[i] ^= window(bits.words, 64 * i + 1);
  next.size = bits.size - 1;
  const std::size_t rest = next.size % 64;
  next.words[next.size / 64] &= rest == 0 ? 0 : ~std::uint64_t{0} << (64 - rest);
  return next;
}

double chi_square(std::span<const std::uint64_t> observed, std::span<const double> probabilities, std::uint64_t total) {
  double sum = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    const double expected = static_cast<double>(total) * probabilities[i], off = static_cast<double>(observed[i]) - expected;
    sum += off * off / expected;
  }
  return sum;
}

double block_frequency_statistic(const Bits& bits, std::size_t block) {
  double sum = 0;
  for (std::size_t at = 0; at + block <= bits.size; at += block) {
    const double off = static_cast<double>(count_ones(bits.words, at, at + block)) / static_cast<double>(block) - 0.5;
    sum += off * off;
  }
  return 4 * static_cast<double>(block) * sum;
}

Universal universal(const Bits& bits, std::size_t length, std::size_t start) {
  static const std::vector<double> kLogs = [] {
    std::vector<double> logs(4096, 0);
    for (std::size_t i = 1; i < logs.size(); ++i) logs[i] = std::log2(static_cast<double>(i));
    return logs;
  }();
  Universal seen;
  const std::size_t blocks = bits.size / length;
  if (blocks <= start) return seen;
  seen.blocks = blocks - start;
  std::vector<std::size_t> last(std::size_t{1} << length, 0);
  for (std::size_t i = 1; i <= blocks; ++i) {
    std::size_t& before = last[window(bits.words, (i - 1) * length) >> (64 - length)];
    const std::size_t distance = i - before;
    if (i > start) seen.sum += distance < kLogs.size() ? kLogs[distance] : std::log2(static_cast<double>(distance));
    before = i;
  }
  return seen;
}

double universal_mean(std::size_t length) {
  static constexpr std::array kMeans = {5.2177052, 6.1962507, 7.1836656, 8.1764248, 9.1723243, 10.170032, 11.168765, 12.168070, 13.167693, 14.167488, 15.167379};
  return kMeans.at(length - 6);
}

double universal_variance(std::size_t length) {
  static constexpr std::array kVariances = {2.954, 3.125, 3.238, 3.311, 3.356, 3.384, 3.401, 3.410, 3.416, 3.419, 3.421};
  return kVariances.at(length - 6);
}

std::vector<std::uint64_t> linear_complexity_classes(const Bits& bits, std::size_t block) {
  const double m = static_cast<double>(block), sign = block % 2 == 0 ? 1 : -1;
  const double mean = m / 2 + (9 - sign) / 36 - (m / 3 + 2.0 / 9) * std::exp2(-m);
  std::vector<std::uint64_t> counts(7, 0);
  for (std::size_t at = 0; at + block <= bits.size; at += block) {
    const double t = sign * (static_cast<double>(linear_complexity(bits, at, block)) - mean) + 2.0 / 9;
    ++counts[static_cast<std::size_t>(std::clamp(std::ceil(t - 0.5) + 3, 0.0, 6.0))];
  }
  return counts;
}

}  // namespace lintel::random::statistics
