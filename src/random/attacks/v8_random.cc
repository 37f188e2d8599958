#include "random/attacks/v8_random.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/gf2.h"

namespace lintel::random {
namespace {

// xorshift128+ as V8 has it (math-random.cc, base/utils/random-number-generator.h; Vigna 2014): 64 results are made at a time and given out last first.
constexpr std::size_t kStore = 64, kStores = 10;
constexpr std::size_t kLeastFed = 2 * kStore + 2;  // values: less could come out of one store, and its end would not be known
constexpr int kMostBits = 12;       // of one value
constexpr std::size_t kSpareEquations = 72;  // equations that must follow from the others

struct State { std::uint64_t first = 0, second = 0; };

void step(State& state) {
  std::uint64_t x = state.first;
  const std::uint64_t y = state.second;
  state.first = y;
  x ^= x << 23;
  x ^= x >> 17;
  state.second = x ^ y ^ y >> 26;
}

// The first word of each of the results to come, bit by bit as sums of the 128 bits of the state before.
using Word = std::array<Wide, 64>;
std::vector<Word> forms() {
  Word first, second;
  for (unsigned i = 0; i < 64; ++i) {
    first[i] = Wide{1} << i;
    second[i] = Wide{1} << (64 + i);
  }
  std::vector<Word> made;
  for (std::size_t n = 0; n < kStore * kStores; ++n) {
    Word x = first;
    first = second;
    for (unsigned i = 64; i-- > 23;) x[i] ^= x[i - 23];
    for (unsigned i = 0; i + 17 < 64; ++i) x[i] ^= x[i + 17];
    for (unsigned i = 0; i < 64; ++i) second[i] = x[i] ^ first[i] ^ (i + 26 < 64 ? first[i + 26] : 0);
    made.push_back(first);
  }
  return made;
}

// Bits of the 64-bit result that a value tells.
struct Told { std::uint64_t mask = 0, bits = 0; };

Told told_by(const Stream& stream, std::size_t i) {
  const std::uint64_t value = stream.values[i], known = known_bits(stream, i);
  if (value >= stream.range || known == 0) return {};
  if (known != std::bit_ceil(stream.range) - 1) {  // some bits of a digit: only where the digit is bits of the result
    const unsigned shift = 64 - width_of(stream.range);
    return std::has_single_bit(stream.range) ? Told{known << shift, (value & known) << shift} : Told{};
  }
  const Wide unit = Wide{1} << 64;
  const Wide low = value > stream.slack ? Wide{value} - stream.slack : 0, high = std::min(Wide{value} + stream.slack + 1, Wide{stream.range});
  const auto first = static_cast<std::uint64_t>((low * unit + stream.range - 1) / stream.range), last = static_cast<std::uint64_t>((high * unit + stream.range - 1) / stream.range - 1);
  const int same = std::countl_zero(first ^ last);
  // The result has 52 or 53 bits, and arithmetic rounds.
  const int most = std::min(same, 50);
  return {most == 0 ? 0 : ~std::uint64_t{0} << (64 - most), first};
}

std::size_t place(std::size_t i, std::size_t phase) { return (i + phase) / kStore * kStore + kStore - 1 - (i + phase) % kStore; }

std::optional<State> solve(const std::vector<Told>& told, const std::vector<Word>& words, std::size_t phase) {
  Equations128 equations;
  for (std::size_t i = 0; i < told.size(); ++i) {
    const Word& word = words[place(i, phase)];
    int used = 0;
    for (std::uint64_t left = told[i].mask; left != 0 && used < kMostBits; ++used) {
      const auto bit = static_cast<unsigned>(63 - std::countl_zero(left));
      if (!equations.add(word[bit], (told[i].bits >> bit & 1U) != 0)) return std::nullopt;
      left &= ~(std::uint64_t{1} << bit);
    }
  }
  if (equations.redundant() < kSpareEquations) return std::nullopt;
  const Wide state = equations.solution();
  return State{static_cast<std::uint64_t>(state), static_cast<std::uint64_t>(state >> 64)};
}

std::optional<Prediction> foretell(const Stream& stream, State state, std::size_t start, std::size_t fed, std::size_t phase) {
  Evidence evidence(stream);
  std::array<std::uint64_t, kStore> store{};
  std::size_t told = 0;
  std::size_t n = 0;
  for (std::size_t i = start; i < stream.values.size() && evidence.checked() < kMostChecked && !evidence.hopeless(); ++i) {
    const std::size_t at = i - start + phase;
    if (i == start || at % kStore == 0)
      for (auto& word : store) {
        step(state);
        word = state.first;
      }
    if (i < start + fed) continue;
    const Told known = told_by(stream, i);
    if (known.mask == 0) continue;
    told += static_cast<std::size_t>(std::popcount(known.mask));
    ++n;
    const std::uint64_t result = store[kStore - 1 - at % kStore];
    const auto value = static_cast<std::uint64_t>(Wide{result} * stream.range >> 64) & known_bits(stream, i);
    if (known_bits(stream, i) != std::bit_ceil(stream.range) - 1) evidence.foretold(i, value);
    else {
      const std::uint64_t slack = stream.slack + (stream.range >> 50);
      const Interval one{value > slack ? value - slack : 0, std::min(value + slack, stream.range - 1)};
      evidence.foretold(i, {&one, 1});
    }
  }
  return evidence.prediction("xorshift128+", "Math.random() of V8 (Node.js, Chrome)", n == 0 ? 0 : static_cast<double>(told) / static_cast<double>(n));
}

std::optional<Prediction> try_random(const Stream& stream, const std::vector<Word>& words) {
  const std::size_t most = kStore * (kStores - 1);
  for (const std::size_t start : {std::size_t{0}, std::size_t{7}, std::size_t{29}}) {
    std::vector<Told> told;
    std::size_t bits = 0;
    for (std::size_t i = start; i < stream.values.size() && told.size() < most && (told.size() < kLeastFed || bits < 128 + 3 * kSpareEquations); ++i) {
      told.push_back(told_by(stream, i));
      bits += static_cast<std::size_t>(std::min(std::popcount(told.back().mask), kMostBits));
    }
    if (bits < 128 + kSpareEquations) return std::nullopt;
    std::optional<Prediction> best;  // a place beside the true one is wrong only for the first of each store
    for (std::size_t phase = 0; phase < kStore; ++phase)
      if (const auto state = solve(told, words, phase)) {
        auto hit = foretell(stream, *state, start, told.size(), phase);
        if (hit && (!best || hit->predicted_bits > best->predicted_bits)) best = std::move(hit);
      }
    if (best) return best;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Prediction> attack_v8_random(std::span<const Stream> streams, const Budget& budget) {
  const std::vector<Word> words = forms();
  for (std::size_t i = 0; i < streams.size() && !budget.spent(); ++i)
    if (streams[i].range != 0 && streams[i].range <= std::uint64_t{1} << 53)
      if (auto hit = try_random(streams[i], words)) return with_stream(std::move(hit), i);
  return std::nullopt;
}

}  // namespace lintel::random
