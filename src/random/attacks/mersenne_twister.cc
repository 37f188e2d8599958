#include "random/attacks/mersenne_twister.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/mersenne_parity.h"

namespace lintel::random {
namespace {

constexpr std::size_t kMostWordsForetold = 400;

// The stream's values as outputs of 32 bits, of which the lower ones may be unknown, or the upper ones.
std::optional<Prediction> whole_words(const Stream& stream, bool upper) {
  const unsigned width = width_of(stream.range);
  if (!std::has_single_bit(stream.range) || width < 18 || width > 32 || stream.slack != 0 || stream.values.size() < kTwisterSize + 32) return std::nullopt;
  const std::size_t period = std::max<std::size_t>(stream.known.size(), 1);
  const unsigned shift = upper ? 32 - width : 0;
  const auto word = [&](std::size_t i) { return static_cast<std::uint32_t>(stream.values[i] << shift); };
  const auto known = [&](std::size_t i) { return static_cast<std::uint32_t>(known_bits(stream, i) << shift); };
  std::vector<std::vector<Parity>> by_phase(period);
  for (std::size_t phase = 0; phase < period; ++phase) by_phase[phase] = parities({known(phase), known(phase + 1), known(phase + kTwisterMiddle), known(phase + kTwisterSize)});
  Evidence evidence(stream);
  std::size_t right = 0, asked = 0;
  for (std::size_t k = 0; k + kTwisterSize < stream.values.size() && asked < kMostWordsForetold && !evidence.hopeless(); ++k) {
    const auto& rows = by_phase[k % period];
    if (rows.empty()) continue;
    const auto sum = [&](const Parity& row) { return odd_parity((row[0] & word(k)) ^ (row[1] & word(k + 1)) ^ (row[2] & word(k + kTwisterMiddle))); };
    const auto holds = [&](std::uint64_t value) {
      const auto y = static_cast<std::uint32_t>(value << shift);
      return std::all_of(rows.begin(), rows.end(), [&](const Parity& row) { return odd_parity(row[3] & y) == sum(row); });
    };
    right += holds(stream.values[k + kTwisterSize]);
    if (++asked == 16 && right < 12) return std::nullopt;
    evidence.foretold_if(k + kTwisterSize, holds);
  }
  return evidence.prediction("mt19937", fmt::format("Mersenne Twister (MT19937), {} bits of each output", width), width);
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
    for (const bool upper : {true, false})
      if (auto hit = whole_words(streams[i], upper)) return with_stream(std::move(hit), i);
    for (const Stream& pair : pairs_of(streams[i]))
      if (auto hit = whole_words(pair, true)) {
        hit->bits_per_value = width_of(streams[i].range);
        return with_stream(std::move(hit), i);
      }
  }
  return std::nullopt;
}

}  // namespace lintel::random
