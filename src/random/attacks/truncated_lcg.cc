// Top bits: one hidden number in a lattice (lattice.h). Remainders: the low bits of even remainders come from the low bits of the state alone,
// which are tried out; the rest is again a hidden number.
#include "random/attacks/truncated_lcg.h"

#include <bit>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/known_lcg.h"
#include "random/attacks/lattice.h"

namespace lintel::random {
namespace {

constexpr unsigned kMostTried = 18;         // bits of the state that are tried out
constexpr std::size_t kParities = 96;       // low bits that must agree before it is worth going on
constexpr double kSpareBits = 20;               // bits of evidence beyond the state's, so that the lattice has one answer

// Lattices by generator, reduced when first needed.
class Lattices {
 public:
  // nullptr when the outputs tell too little.
  const HiddenNumber* of(const Congruence& step, double bits_told) {
    const double needed = (std::log2(static_cast<double>(step.m)) + kSpareBits) / bits_told + 1;
    if (needed > 26) return nullptr;
    const std::size_t outputs = needed <= 5 ? 5 : needed <= 9 ? 9 : needed <= 16 ? 16 : 26;
    return &made_.try_emplace({step.a, step.m, outputs}, step, outputs).first->second;
  }

 private:
  std::map<std::tuple<Wide, Wide, std::size_t>, HiddenNumber> made_;
};

// value = floor(state * range / m), give or take slack.
struct Scaled {
  Congruence step;  // from one value to the next
  Wide range = 0, slack = 0;
  Wide value(Wide state) const { return state * range / step.m; }
  Wide first_state(Wide value) const { return (value * step.m + range - 1) / range; }
  Wide lowest(Wide value) const { return value > slack ? first_state(value - slack) : 0; }
  Wide bound() const { return step.m / range * (2 * slack + 1) + (step.m % range) * (2 * slack + 1) / range + 1; }
};

Evidence checked(const Stream& stream, const Scaled& scaled, Wide state, std::size_t next) {
  Evidence evidence(stream);
  for (; next < stream.values.size() && evidence.checked() < kMostChecked && !evidence.hopeless(); ++next) {
    const auto value = static_cast<std::uint64_t>(scaled.value(state)), slack = static_cast<std::uint64_t>(scaled.slack);
    const Interval one{value > slack ? value - slack : 0, value < static_cast<std::uint64_t>(scaled.range - 1) - slack ? value + slack : static_cast<std::uint64_t>(scaled.range - 1)};
    evidence.foretold(next, {&one, 1});
    state = scaled.step.after(state);
  }
  return evidence;
}

std::optional<Prediction> top_bits(const Stream& stream, const Scaled& scaled, const KnownLcg& lcg, Lattices& lattices) {
  const double told = std::log2(static_cast<double>(scaled.step.m)) - std::log2(static_cast<double>(scaled.bound()));
  if (told < 2.9) return std::nullopt;
  const HiddenNumber* lattice = lattices.of(scaled.step, told);
  if (lattice == nullptr || stream.values.size() < 2 * lattice->outputs()) return std::nullopt;
  const std::size_t n = lattice->outputs();
  for (const std::size_t start : {std::size_t{0}, stream.values.size() / 2 - n / 2}) {
    // q[i] = state[i] - lowest[i] = a^i q[0] + a^i lowest[0] + c[i] - lowest[i]
    std::vector<Wide> offsets(n), lowest(n);
    Wide state = scaled.lowest(stream.values[start]);
    for (std::size_t i = 0; i < n; ++i) {
      lowest[i] = scaled.lowest(stream.values[start + i]);
      offsets[i] = minus(reduced(state, scaled.step.m), reduced(lowest[i], scaled.step.m), scaled.step.m);
      state = scaled.step.after(state);
    }
    const auto q = lattice->solve(offsets, scaled.bound());
    if (!q) continue;
    state = plus(lowest[0], *q, scaled.step.m);
    for (std::size_t i = 0; i < n; ++i) state = scaled.step.after(state);
    const double bits = std::log2(static_cast<double>(scaled.range) / static_cast<double>(2 * scaled.slack + 1));
    if (auto hit = checked(stream, scaled, state, start + n).prediction(std::string(lcg.attack), std::string(lcg.name), bits)) return hit;
  }
  return std::nullopt;
}

// The state's low bits, `count` of them, that give these lowest bits of the draws; tried out.
std::optional<Wide> low_bits(const Stream& stream, const KnownLcg& lcg, unsigned count) {
  const std::size_t parities = std::min(kParities, stream.values.size());
  const auto a = static_cast<std::uint32_t>(lcg.step.a), c = static_cast<std::uint32_t>(lcg.step.c);
  for (std::uint32_t start = 0; start < std::uint32_t{1} << count; ++start) {
    std::uint32_t state = start;
    std::size_t i = 0;
    while (i < parities && ((state >> lcg.shift ^ stream.values[i]) & 1U) == 0) state = a * state + c, ++i;
    if (i == parities) return start;
  }
  return std::nullopt;
}

// One more bit of the state at a time, each settled by the same bit of the draws.
Wide lifted(const Stream& stream, const KnownLcg& lcg, Wide low, unsigned from, unsigned to) {
  for (unsigned bits = from; bits < to; ++bits) {
    const Congruence step{lcg.step.a, lcg.step.c, Wide{1} << (bits + 1)};
    Wide state = low;
    const std::size_t tries = std::min<std::size_t>(64, stream.values.size());
    std::size_t same = 0;
    for (std::size_t i = 0; i < tries; ++i, state = step.after(state)) same += ((static_cast<std::uint64_t>(state >> lcg.shift) ^ stream.values[i]) >> (bits - lcg.shift) & 1U) == 0;
    if (same * 2 < tries) low |= Wide{1} << bits;  // the other value flips each draw's bit: the factor is odd
  }
  return low;
}

std::optional<Prediction> remainders(const Stream& stream, const KnownLcg& lcg, Lattices& lattices) {
  if (!lcg.remainders || lcg.shift + 1 > kMostTried || stream.range == 0 || stream.range > (std::uint64_t{1} << lcg.width) / 2) return std::nullopt;
  const auto even = static_cast<unsigned>(std::countr_zero(stream.range));
  if (even == 0 || stream.values.size() < kParities + 128) return std::nullopt;
  auto found = low_bits(stream, lcg, lcg.shift + 1);
  if (!found) return std::nullopt;
  const unsigned known = lcg.shift + even;
  const Wide low = lifted(stream, lcg, *found, lcg.shift + 1, known);
  const Wide odd = stream.range >> even, modulus = lcg.step.m >> known;
  // What each remainder tells beyond the low bits: (state >> known) % odd.
  Wide state = low;
  bool whole = odd == 1;
  const HiddenNumber* lattice = whole ? nullptr : lattices.of({lcg.step.a, 0, modulus}, std::log2(static_cast<double>(odd)));
  if (lattice != nullptr) {
    const std::size_t n = lattice->outputs();
    const Wide inverted = *inverse(odd, modulus);
    const auto rest = [&](std::size_t i) { return Wide{stream.values[i] >> even}; };
    std::vector<Wide> offsets(n);
    Wide from_low = low | rest(0) << known;
    for (std::size_t i = 0; i < n; ++i, from_low = lcg.step.after(from_low))
      offsets[i] = times(inverted, minus(from_low >> known, reduced(rest(i), modulus), modulus), modulus);
    if (const auto q = lattice->solve(offsets, modulus / odd + 1)) {
      state = reduced(*q * odd + rest(0), modulus) << known | low;
      whole = true;
    }
  }
  Evidence evidence(stream);
  for (std::size_t i = 0; i < stream.values.size() && evidence.checked() < kMostChecked; ++i, state = lcg.step.after(state)) {
    if (i < kParities) continue;
    const auto draw = static_cast<std::uint64_t>(state >> lcg.shift);
    if (whole) evidence.foretold(i, (draw & ((std::uint64_t{1} << lcg.width) - 1)) % stream.range);
    else evidence.foretold_if(i, [&](std::uint64_t value) { return ((value ^ draw) & ((std::uint64_t{1} << even) - 1)) == 0; });
  }
  return evidence.prediction(std::string(lcg.attack), std::string(lcg.name), whole ? bits_of(stream.range) : even);
}

// Java's nextLong: two draws, the second one added with its sign.
Stream halves(const Stream& stream) {
  Stream words{stream.view, std::uint64_t{1} << 32, 0, 2 * stream.per_id, {}, {}};
  for (const std::uint64_t value : stream.values) {
    const auto low = static_cast<std::uint32_t>(value);
    words.values.push_back(static_cast<std::uint32_t>((value >> 32) + (low >> 31)));
    words.values.push_back(low);
  }
  return words;
}

Stream shifted(const Stream& stream, unsigned by) {
  Stream top = stream;
  top.range >>= by;
  top.slack = stream.slack == 0 ? 0 : (stream.slack >> by) + 1;
  for (auto& value : top.values) value >>= by;
  return top;
}

std::optional<Prediction> try_stream(const Stream& stream, const KnownLcg& lcg, Lattices& lattices) {
  if (stream.values.size() < 16) return std::nullopt;
  const bool fraction = stream.range == std::uint64_t{1} << 53;
  if (lcg.draws == 2) {  // 26 bits of the first draw, 27 of the second
    const Stream top = fraction ? shifted(stream, 27) : stream;
    if (top.range == 0 || top.range > std::uint64_t{1} << 26) return std::nullopt;
    return top_bits(top, {lcg.step.steps(2), top.range, top.slack}, lcg, lattices);
  }
  // Draws that don't fill the words they were printed into show as words with zero bits above.
  const unsigned bits = static_cast<unsigned>(std::bit_width(largest(stream)));
  const Wide modulus = is_power_of_two(lcg.step.m) ? Wide{1} << (lcg.shift + lcg.width) : lcg.step.m;
  Scaled scaled{{reduced(lcg.step.a, modulus), reduced(lcg.step.c, modulus), modulus}, stream.range == 0 ? Wide{1} << 64 : Wide{stream.range}, stream.slack};
  if (lcg.attack == "combined LCG") scaled.slack += scaled.range / 10'000'000;  // the moduli of the two parts are not quite equal
  if (scaled.range <= modulus || fraction)
    if (auto hit = top_bits(stream, scaled, lcg, lattices)) return hit;
  if (bits == lcg.width && (Wide{1} << bits) != scaled.range && stream.slack == 0) {
    Stream words = stream;
    words.range = std::uint64_t{1} << bits;
    scaled.range = words.range;
    if (auto hit = top_bits(words, scaled, lcg, lattices)) return hit;
  }
  if (auto hit = remainders(stream, lcg, lattices)) return hit;
  if (stream.range == 0 || stream.range < 4096) return std::nullopt;
  // Java draws again where the last, incomplete stretch of remainders begins: with wide ranges that happens, so once more from elsewhere.
  Stream rest = stream;
  rest.values.erase(rest.values.begin(), rest.values.begin() + static_cast<std::ptrdiff_t>(rest.values.size() / 2 / rest.per_id * rest.per_id));
  return remainders(rest, lcg, lattices);
}

}  // namespace

std::optional<Prediction> attack_truncated_lcg(std::span<const Stream> streams, const Budget& budget) {
  Lattices lattices;
  std::optional<Prediction> part;  // foretells the low bits only: another reading of the characters may tell all
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const Stream& stream = streams[i];
    if (!stream.known.empty()) continue;
    const Stream words = stream.range == 0 ? halves(stream) : Stream{};
    for (const KnownLcg& lcg : known_lcgs()) {
      if (budget.spent()) return part;
      if (auto hit = with_stream(try_stream(stream, lcg, lattices), i)) {
        if (hit->bits_per_value > bits_of(stream.range) / 2) return hit;
        if (!part) part = std::move(hit);
      }
      if (stream.range == 0 && lcg.width == 32)
        if (auto hit = try_stream(words, lcg, lattices)) {
          hit->bits_per_value = 64;
          return with_stream(std::move(hit), i);
        }
    }
  }
  return part;
}

}  // namespace lintel::random
