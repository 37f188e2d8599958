#include "random/attacks/mersenne_twister.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/mersenne_recurrence.h"

namespace lintel::random {
namespace {

// Matsumoto, Nishimura 1998: x[k+624] = x[k+397] ^ (upper bit of x[k], lower 31 of x[k+1]) A; what is given out is x tempered.
constexpr std::size_t kSize = 624, kMiddle = 397;
constexpr std::uint32_t kMatrix = 0x9908B0DFU;
constexpr std::size_t kMostWordsForetold = 400;

std::uint32_t untempered(std::uint32_t y) {
  y ^= y >> 18;
  y ^= y << 15 & 0xEFC60000U;
  std::uint32_t x = y;
  for (int i = 0; i < 5; ++i) x = y ^ (x << 7 & 0x9D2C5680U);
  y = x;
  for (int i = 0; i < 3; ++i) x = y ^ x >> 11;
  return x;
}

// Bits of four outputs, k, k+1, k+397 and k+624, whose sum is 0.
using Parity = std::array<std::uint32_t, 4>;

// In terms of outputs: a bit of x is a sum of bits of y.
std::uint32_t on_output(std::uint32_t mask) {
  static const auto columns = [] {
    std::array<std::uint32_t, 32> made{};
    for (unsigned bit = 0; bit < 32; ++bit) made[bit] = untempered(1U << bit);
    return made;
  }();
  std::uint32_t result = 0;
  for (unsigned bit = 0; bit < 32; ++bit) result |= static_cast<std::uint32_t>(std::popcount(mask & columns[bit]) & 1) << bit;
  return result;
}

// Those that need no bit outside of `known`.
std::vector<Parity> parities(const Parity& known) {
  std::vector<Parity> rows;
  for (unsigned bit = 0; bit < 32; ++bit) {
    const std::uint32_t next = bit < 31 ? 1U << (bit + 1) : 0;  // bit i of the shifted word was bit i + 1
    const Parity row{next & 0x80000000U, (next & 0x7FFFFFFFU) | (kMatrix >> bit & 1U), 1U << bit, 1U << bit};
    rows.push_back({on_output(row[0]), on_output(row[1]), on_output(row[2]), on_output(row[3])});
  }
  for (std::size_t word = 0; word < 4; ++word)
    for (std::uint32_t missing = ~known[word]; missing != 0; missing &= missing - 1) {
      const std::uint32_t bit = missing & ~(missing - 1);
      const auto pivot = std::find_if(rows.begin(), rows.end(), [&](const Parity& row) { return (row[word] & bit) != 0; });
      if (pivot == rows.end()) continue;
      const Parity taken = *pivot;
      rows.erase(pivot);
      for (Parity& row : rows)
        if ((row[word] & bit) != 0)
          for (std::size_t i = 0; i < 4; ++i) row[i] ^= taken[i];
    }
  return rows;
}

bool odd_parity(std::uint32_t value) { return (std::popcount(value) & 1) != 0; }

// The stream's values as outputs of 32 bits, of which the lower ones may be unknown.
std::optional<Prediction> whole_words(const Stream& stream) {
  const unsigned width = width_of(stream.range);
  if (!std::has_single_bit(stream.range) || width < 18 || width > 32 || stream.slack != 0 || stream.values.size() < kSize + 32) return std::nullopt;
  const std::size_t period = std::max<std::size_t>(stream.known.size(), 1);
  const auto word = [&](std::size_t i) { return static_cast<std::uint32_t>(stream.values[i] << (32 - width)); };
  const auto known = [&](std::size_t i) { return static_cast<std::uint32_t>(known_bits(stream, i) << (32 - width)); };
  std::vector<std::vector<Parity>> by_phase(period);
  for (std::size_t phase = 0; phase < period; ++phase) by_phase[phase] = parities({known(phase), known(phase + 1), known(phase + kMiddle), known(phase + kSize)});
  Evidence evidence(stream);
  std::size_t right = 0, asked = 0;
  for (std::size_t k = 0; k + kSize < stream.values.size() && asked < kMostWordsForetold && !evidence.hopeless(); ++k) {
    const auto& rows = by_phase[k % period];
    if (rows.empty()) continue;
    const auto sum = [&](const Parity& row) { return odd_parity((row[0] & word(k)) ^ (row[1] & word(k + 1)) ^ (row[2] & word(k + kMiddle))); };
    const auto holds = [&](std::uint64_t value) {
      const auto y = static_cast<std::uint32_t>(value << (32 - width));
      return std::all_of(rows.begin(), rows.end(), [&](const Parity& row) { return odd_parity(row[3] & y) == sum(row); });
    };
    right += holds(stream.values[k + kSize]);
    if (++asked == 16 && right < 12) return std::nullopt;
    evidence.foretold_if(k + kSize, holds);
  }
  return evidence.prediction("mt19937", "Mersenne Twister (MT19937), " + std::to_string(width) + " bits of each output", width);
}

// Any bit of the outputs, also of every second, fourth, ... one, goes by one recurrence.
std::optional<Prediction> single_bits(const Stream& stream) {
  const unsigned width = width_of(stream.range);
  const std::size_t span = kMersenneTaps[0];
  if (stream.values.size() < span + 128 || width > 32) return std::nullopt;
  std::uint32_t bits = 0;  // that go by it
  const auto foretold = [&](std::size_t i) {
    std::uint64_t sum = 0;
    for (const std::uint16_t tap : kMersenneTaps) sum ^= stream.values[i - tap];
    return sum;
  };
  for (unsigned bit = 0; bit < width; ++bit) bits |= 1U << bit;
  for (std::size_t i = span; i < span + 64; ++i) bits &= ~static_cast<std::uint32_t>(foretold(i) ^ stream.values[i]);
  if (bits == 0) return std::nullopt;
  Evidence evidence(stream);
  for (std::size_t i = span + 64, n = 0; i < stream.values.size() && n < kMostWordsForetold && !evidence.hopeless(); ++i, ++n) {
    const std::uint64_t next = foretold(i);
    evidence.foretold_if(i, [&](std::uint64_t value) { return ((value ^ next) & bits) == 0; });
  }
  const int told = std::popcount(bits);
  return evidence.prediction("mt19937", "Mersenne Twister (MT19937), " + std::to_string(told) + (told == 1 ? " bit" : " bits") + " of each output", told);
}

// Python's random(), JavaScript-like fractions: 27 bits of one output, 26 of the next. And 64 bits: two outputs, either first.
std::vector<Stream> pairs_of(const Stream& stream) {
  std::vector<Stream> made;
  const bool fraction = stream.range == std::uint64_t{1} << 53;
  if ((!fraction && stream.range != 0) || stream.slack != 0 || !stream.known.empty()) return made;
  for (const bool high_first : {true, false}) {
    Stream one{stream.view, std::uint64_t{1} << (fraction ? 27 : 32), 0, 2 * stream.per_id, {}, {}};
    for (const std::uint64_t value : stream.values) {
      const std::uint64_t high = fraction ? value >> 26 : value >> 32, low = fraction ? (value & 0x3FFFFFFU) << 1 : value & 0xFFFFFFFFU;
      one.values.push_back(high_first ? high : low);
      one.values.push_back(high_first ? low : high);
    }
    if (fraction) one.known = {0x7FFFFFFU, 0x7FFFFFEU};
    made.push_back(std::move(one));
    if (fraction) break;
  }
  return made;
}

}  // namespace

std::optional<Prediction> attack_mersenne_twister(std::span<const Stream> streams, const Budget& budget) {
  for (std::size_t i = 0; i < streams.size() && !budget.spent(); ++i) {
    if (auto hit = whole_words(streams[i])) return with_stream(std::move(hit), i);
    for (const Stream& pair : pairs_of(streams[i]))
      if (auto hit = whole_words(pair)) {
        hit->bits_per_value = width_of(streams[i].range);
        return with_stream(std::move(hit), i);
      }
  }
  for (std::size_t i = 0; i < streams.size() && !budget.spent(); ++i)
    if (auto hit = single_bits(streams[i])) return with_stream(std::move(hit), i);
  return std::nullopt;
}

}  // namespace lintel::random
