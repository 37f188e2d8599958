// Estimators on counts: most common value, collision, Markov, compression.
#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>

#include "random/sp800_90b/sp800_90b.h"

namespace lintel::random::sp800_90b {
namespace {

constexpr std::size_t kBlock = 6, kBlocks = 64, kStart = 1000;  // compression: bits a block, values of a block, blocks that only fill the table

// G of 6.3.4 step 7 for all blocks behind the first kStart: sum over t and u <= t of log2(u) F(z, t, u), over their number. Terms of one u are
// summed over t at once: those with u < t share (1-z)^(u-1).
long double mean_log(long double z, std::size_t blocks, const std::vector<double>& logs) {
  long double power = 1 - z, inner = 0, outer = 0, last = 0;  // power: (1-z)^(u-1), from u = 2 on
  for (std::size_t u = 2; u <= blocks && power > 1e-30L; ++u, power *= 1 - z) {
    const long double term = logs[u] * power;
    if (u <= kStart)
      inner += term;  // u < t for every t
    else {
      outer += static_cast<long double>(blocks - u) * term;
      last += term;
    }
  }
  const auto count = static_cast<long double>(blocks - kStart);
  return z * (z * (outer + count * inner) + last) / count;
}

}  // namespace

Estimate most_common_value(Symbols symbols, unsigned) {
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t symbol : symbols) ++counts[symbol];
  const std::size_t mode = *std::ranges::max_element(counts);
  const double p = static_cast<double>(mode) / static_cast<double>(symbols.size()), bound = upper_bound(p, symbols.size());
  return {"most_common_value", std::max(0.0, -std::log2(bound)), 0, {{"mode", static_cast<double>(mode)}, {"p", bound}}};
}

Estimate collision(Symbols bits) {
  Estimate estimate{"collision", std::nullopt, 4, {}};
  std::size_t at = 0, count = 0, squares = 0;
  while (at + 1 < bits.size()) {
    const std::size_t wait = bits[at] == bits[at + 1] ? 2 : 3;
    if (at + wait > bits.size()) break;
    squares += wait * wait;
    at += wait;
    ++count;
  }
  if (count < 2) return estimate;
  const auto v = static_cast<double>(count), sum = static_cast<double>(at);
  const double mean = sum / v, deviation = std::sqrt(std::max(0.0, (static_cast<double>(squares) - sum * mean) / (v - 1)));
  const double low = std::max(2.0, mean - kDeviations * deviation / std::sqrt(v));
  // The mean waiting time of bits with probability p is 2 + 2p - 2p^2.
  const double p = low < 2.5 ? 0.5 + std::sqrt(1.25 - 0.5 * low) : 0.5;
  estimate.entropy = std::max(0.0, -std::log2(p));
  estimate.figures = {{"collisions", v}, {"mean", mean}, {"deviation", deviation}, {"p", p}};
  return estimate;
}

Estimate markov(Symbols bits) {
  std::array<std::array<double, 2>, 2> next{};  // [from][to]
  for (std::size_t i = 0; i + 1 < bits.size(); ++i) ++next[bits[i]][bits[i + 1]];
  std::array<double, 2> share{};
  for (const std::uint8_t bit : bits) ++share[bit];
  for (double& each : share) each /= static_cast<double>(bits.size());
  for (auto& row : next) {
    const double from = row[0] + row[1];
    for (double& each : row) each = from > 0 ? each / from : 0;
  }
  // The likeliest way through 128 bits is one of six: steady, or turning at every step, or steady after the first.
  double least = 128;
  const auto path = [&](unsigned first, std::array<std::array<double, 2>, 2> steps) {
    double entropy = -std::log2(share[first]);
    for (unsigned from = 0; from < 2; ++from)
      for (unsigned to = 0; to < 2; ++to) {
        if (steps[from][to] == 0) continue;
        if (next[from][to] == 0) return;
        entropy -= steps[from][to] * std::log2(next[from][to]);
      }
    least = std::min(least, entropy);
  };
  path(0, {{{127, 0}, {0, 0}}});
  path(0, {{{0, 64}, {63, 0}}});
  path(0, {{{0, 1}, {0, 126}}});
  path(1, {{{126, 0}, {1, 0}}});
  path(1, {{{0, 63}, {64, 0}}});
  path(1, {{{0, 0}, {0, 127}}});
  return {"markov", std::clamp(least / 128, 0.0, 1.0), 0, {{"p_0", share[0]}, {"p_00", next[0][0]}, {"p_10", next[1][0]}}};
}

Estimate compression(Symbols bits) {
  Estimate estimate{"compression", std::nullopt, (kStart + 2) * kBlock, {}};
  const std::size_t blocks = bits.size() / kBlock;
  if (blocks < kStart + 2) return estimate;
  std::vector<double> logs(blocks + 1, 0);
  for (std::size_t i = 2; i <= blocks; ++i) logs[i] = std::log2(static_cast<double>(i));
  std::array<std::size_t, kBlocks> last{};
  long double sum = 0, squares = 0;
  for (std::size_t i = 1; i <= blocks; ++i) {
    unsigned block = 0;
    for (std::size_t j = 0; j < kBlock; ++j) block = block << 1 | bits[(i - 1) * kBlock + j];
    if (i > kStart) {
      const long double log = i - last[block] <= blocks ? logs[i - last[block]] : 0;
      sum += log;
      squares += log * log;
    }
    last[block] = i;
  }
  const auto v = static_cast<double>(blocks - kStart);
  const double mean = static_cast<double>(sum) / v, deviation = 0.5907 * std::sqrt(std::max(0.0, static_cast<double>(squares) / (v - 1) - mean * mean));
  const double low = mean - kDeviations * deviation / std::sqrt(v);
  const auto expected = [&](double p) { return static_cast<double>(mean_log(p, blocks, logs) + (kBlocks - 1) * mean_log((1 - static_cast<long double>(p)) / (kBlocks - 1), blocks, logs)); };
  double p = 1.0 / kBlocks;
  estimate.entropy = 1;
  if (expected(p) > low) {  // it falls as p grows
    double high = 1;
    for (int i = 0; i < 60 && high - p > DBL_EPSILON * high; ++i) {
      const double middle = (p + high) / 2;
      (expected(middle) > low ? p : high) = middle;
    }
    estimate.entropy = std::max(0.0, -std::log2(p) / kBlock);
  }
  estimate.figures = {{"mean", mean}, {"deviation", deviation}, {"p", p}};
  return estimate;
}

}  // namespace lintel::random::sp800_90b
