#include "probes/session_ids/recurrence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "probes/session_ids/steps.h"

namespace lintel::probes::session_ids {
namespace {

constexpr std::size_t kLeastMatches = 60;
constexpr std::size_t kMostBetween = 31;
constexpr Wide kLeastModulus = Wide{1} << 20;
constexpr std::size_t kMostLag = 64, kMostEchoColumns = 160;

// By Euclid; nullopt when there is none.
std::optional<Wide> inverse(Wide a, Wide modulus) {
  using Signed = __int128;
  Signed r0 = static_cast<Signed>(modulus), r1 = static_cast<Signed>(a), t0 = 0, t1 = 1;
  while (r1 != 0) {
    const Signed q = r0 / r1;
    std::swap(r0, r1);
    std::swap(t0, t1);
    r1 -= q * r0;
    t1 -= q * t0;
  }
  if (r0 != 1) return std::nullopt;
  return static_cast<Wide>(t0 < 0 ? t0 + static_cast<Signed>(modulus) : t0);
}

Wide common_factor(Wide a, Wide b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a;
}

std::optional<double> linear_modulo(const std::vector<std::uint64_t>& values, Wide size) {
  // Every fourth value of a generator steps by multiples of four: such a common factor would leave nothing to divide by.
  Wide common = size;
  const auto whole_step = [&](std::size_t t) { return Wide{minus(values[t + 1], values[t], size)}; };
  const std::size_t steps = values.size() - 1;
  for (std::size_t t = 0; t < steps && common > 1; ++t) common = common_factor(common, whole_step(t));
  const Wide modulus = size / common;
  if (modulus < kLeastModulus) return std::nullopt;
  const auto step = [&](std::size_t t) { return whole_step(t) / common; };
  const auto place = [&](std::size_t t) { return Wide{minus(values[t], values[0], size)} / common; };
  for (std::size_t t = 0; t + 1 < steps && t < 16; ++t) {
    const auto inverted = inverse(step(t), modulus);
    const Wide factor = inverted ? step(t + 1) * *inverted % modulus : 1;
    if (factor == 1) continue;  // a counter at most: small_steps tells
    const Wide offset = (place(t + 1) + modulus - factor * place(t) % modulus) % modulus;
    std::array<std::size_t, kMostBetween + 1> drawn{};  // how many others drew between two of ours
    std::size_t moved = 0, matches = 0;
    for (std::size_t k = 0; k < steps; ++k) {
      if (step(k) == 0) continue;
      ++moved;
      Wide next = place(k);
      for (std::size_t between = 0; between <= kMostBetween; ++between) {
        next = (factor * next + offset) % modulus;
        if (next != place(k + 1)) continue;
        ++drawn[between];
        ++matches;
        break;
      }
      if (moved == 2 && matches == 0) break;
    }
    if (matches >= kLeastMatches && matches * 10 >= moved * 9) return static_cast<double>(*std::max_element(drawn.begin(), drawn.end())) / static_cast<double>(moved);
  }
  return std::nullopt;
}

std::array<std::size_t, 256> histogram(const std::vector<std::uint8_t>& values) {
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t value : values) ++counts[value];
  return counts;
}

void find_repeating(const DigitColumn& digit, std::size_t index, double log_chance, std::vector<Echo>& found) {
  const std::size_t rows = digit.values.size();
  const auto counts = histogram(digit.values);
  const auto radix = std::max<std::size_t>(digit.radix, 1 + *std::max_element(digit.values.begin(), digit.values.end()));
  for (std::size_t lag = 2; lag <= kMostLag && lag * 2 < rows; ++lag) {
    std::array<std::size_t, 256> steps{};
    for (std::size_t t = 0; t + lag < rows; ++t) ++steps[(radix + digit.values[t + lag] - digit.values[t]) % radix];
    const auto step = static_cast<std::size_t>(std::max_element(steps.begin(), steps.end()) - steps.begin());
    const double of = static_cast<double>(rows - lag), share = static_cast<double>(steps[step]) / of;
    double by_luck = 0;
    for (std::size_t value = 0; value < radix; ++value) by_luck += static_cast<double>(counts[value]) * static_cast<double>(counts[(value + step) % radix]);
    by_luck /= static_cast<double>(rows) * static_cast<double>(rows);
    if (log_tail(share, by_luck, std::floor(of / 2)) + std::log(2.0 * static_cast<double>(radix)) < log_chance) found.push_back({index, index, lag, -std::log2(share)});
  }
}

void find_copied(const Table& table, const std::vector<DigitColumn>& digits, double log_chance, std::vector<Echo>& found) {
  const std::size_t width = std::min(digits.size(), kMostEchoColumns);
  for (std::size_t from = 0; from < width; ++from)
    for (std::size_t to = 0; to < width; ++to) {
      const Column &told = table.columns[digits[to].column], &teller = table.columns[digits[from].column];
      const std::size_t pairs = table.rows - 1;
      const auto same = [&](std::size_t end) {
        return static_cast<std::size_t>(std::inner_product(teller.characters.begin(), teller.characters.begin() + static_cast<std::ptrdiff_t>(end), told.characters.begin() + 1, 0, std::plus<>(), std::equal_to<>()));
      };
      if (to == from || pairs < 64 || same(64) < 32) continue;
      const double rows = static_cast<double>(table.rows), share = static_cast<double>(same(pairs)) / static_cast<double>(pairs);
      double by_luck = static_cast<double>(told.absent) * static_cast<double>(teller.absent) / rows / rows;
      for (std::size_t c = 0; c < 256; ++c) by_luck += static_cast<double>(told.counts[c]) * static_cast<double>(teller.counts[c]) / rows / rows;
      if (log_tail(share, by_luck, std::floor(static_cast<double>(pairs) / 2)) + std::log(2.0) < log_chance) found.push_back({to, from, 1, -std::log2(share)});
    }
}

}  // namespace

std::optional<double> linear_congruence(const Field& field) {
  if (field.values.size() < kLeastMatches || field.modulus < kLeastModulus) return std::nullopt;
  const std::uint64_t most = *std::max_element(field.values.begin(), field.values.end());
  for (const Wide modulus : {field.modulus, (Wide{1} << 31) - 1, Wide{1} << 31, Wide{1} << 32, Wide{1} << 48, Wide{1} << 64})
    if (modulus > most && most > modulus / 2)
      if (const auto share = linear_modulo(field.values, modulus)) return share;
  return std::nullopt;
}

std::vector<Echo> echoes(const Table& table, const std::vector<DigitColumn>& digits, double log_chance) {
  std::vector<Echo> found;
  for (std::size_t i = 0; i < digits.size() && i < kMostEchoColumns; ++i) find_repeating(digits[i], i, log_chance, found);
  find_copied(table, digits, log_chance, found);
  return found;
}

}  // namespace lintel::probes::session_ids
