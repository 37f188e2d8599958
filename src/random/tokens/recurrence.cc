#include "random/tokens/recurrence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "random/tokens/steps.h"

namespace lintel::random::tokens {
namespace {

constexpr std::size_t kLeastMatches = 60;
constexpr std::size_t kMostBetween = 31, kMostStarts = 256, kMostFactors = 16;
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

// Most moduli are powers of two, where the division of 128 bits would take most of a scan's time.
Wide remainder(Wide value, Wide modulus) { return (modulus & (modulus - 1)) == 0 ? value & (modulus - 1) : value % modulus; }

// The share of values that follow from the one before, directly or with others drawing in between; nullopt when less than nine in ten do.
std::optional<double> linear_share(const std::vector<std::uint64_t>& places, Wide factor, Wide offset, Wide modulus) {
  std::array<std::size_t, kMostBetween + 1> drawn{};  // how many others drew between two of ours
  std::size_t moved = 0, matches = 0;
  for (std::size_t k = 0; k + 1 < places.size(); ++k) {
    if (places[k] == places[k + 1]) continue;
    ++moved;
    Wide next = places[k];
    for (std::size_t between = 0; between <= kMostBetween; ++between) {
      next = remainder(factor * next + offset, modulus);
      if (next != places[k + 1]) continue;
      ++drawn[between];
      ++matches;
      break;
    }
    if ((moved - matches) * 10 > places.size()) return std::nullopt;
  }
  if (matches < kLeastMatches || matches * 10 < moved * 9) return std::nullopt;
  return static_cast<double>(*std::max_element(drawn.begin(), drawn.end())) / static_cast<double>(moved);
}

std::optional<double> linear_modulo(const std::vector<std::uint64_t>& values, Wide size) {
  // Every fourth value of a generator steps by multiples of four: such a common factor would leave nothing to divide by.
  Wide common = size;
  for (std::size_t t = 0; t + 1 < values.size() && common > 1; ++t) common = common_factor(common, minus(values[t + 1], values[t], size));
  const Wide modulus = size / common;
  if (modulus < kLeastModulus) return std::nullopt;
  std::vector<std::uint64_t> places(values.size());
  for (std::size_t t = 0; t < values.size(); ++t) places[t] = minus(values[t], values[0], size) / static_cast<std::uint64_t>(common);
  const auto step = [&](std::size_t t) { return Wide{minus(places[t + 1], places[t], modulus)}; };
  // A factor is worth trying when it takes one step to the next and that to the third: three draws of ours with nobody's in between.
  for (std::size_t t = 0, tried = 0; t + 3 < places.size() && t < kMostStarts && tried < kMostFactors; ++t) {
    const Wide one = step(t), two = step(t + 1), three = step(t + 2);
    if (one == two || remainder(two * two, modulus) != remainder(one * three, modulus)) continue;  // one and the same step is a counter's: small_steps tells
    const auto inverted = inverse(one, modulus);
    if (!inverted) continue;
    ++tried;
    const Wide factor = remainder(two * *inverted, modulus);
    const Wide offset = remainder(places[t + 1] + modulus - remainder(factor * places[t], modulus), modulus);
    if (const auto share = linear_share(places, factor, offset, modulus)) return share;
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
  std::vector<std::size_t> steps;
  for (std::size_t lag = 2; lag <= kMostLag && lag * 2 < rows; ++lag) {
    steps.assign(2 * radix, 0);
    for (std::size_t t = 0; t + lag < rows; ++t) ++steps[radix + digit.values[t + lag] - digit.values[t]];
    for (std::size_t step = 0; step < radix; ++step) steps[step] += std::exchange(steps[step + radix], 0);
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

}  // namespace lintel::random::tokens
