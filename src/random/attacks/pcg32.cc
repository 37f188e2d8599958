#include "random/attacks/pcg32.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/modular.h"

namespace lintel::random {
namespace {

// O'Neill 2014: state = state * a + c; the output is the old state's bits 27 ... 58, folded, rotated by its bits 59 ... 63.
constexpr std::uint64_t kFactor = 6364136223846793005U;
constexpr unsigned kHidden = 27;  // low bits of the state that the output doesn't show
constexpr std::uint64_t kHiddenMask = (std::uint64_t{1} << kHidden) - 1;

std::uint32_t output(std::uint64_t state) { return std::rotr(static_cast<std::uint32_t>((state >> 18 ^ state) >> kHidden), static_cast<int>(state >> 59)); }

// The state's upper 37 bits, given the rotation, its top 5: the fold has added each bit to the one 18 places lower.
std::uint64_t upper(std::uint32_t value, unsigned rotation) {
  const std::uint64_t folded = std::rotl(value, static_cast<int>(rotation));
  std::uint64_t state = std::uint64_t{rotation} << 32;
  for (unsigned bit = 32; bit-- > 0;) state |= ((folded >> bit ^ state >> (bit + 18)) & 1U) << bit;
  return state;
}

// Small (x, y) with a x - y = k modulo 2^64.
class SmallPair {
 public:
  SmallPair() {
    std::array<SignedWide, 2> u{1, static_cast<SignedWide>(kFactor)}, v{0, SignedWide{1} << 64};
    // Gauss.
    for (;;) {
      if (norm(u) > norm(v)) std::swap(u, v);
      const long double q = std::round((real(u[0]) * real(v[0]) + real(u[1]) * real(v[1])) / norm(u));
      if (q == 0) break;
      for (std::size_t i = 0; i < 2; ++i) v[i] -= static_cast<SignedWide>(q) * u[i];
    }
    first_ = u;
    second_ = v;
    determinant_ = real(u[0]) * real(v[1]) - real(u[1]) * real(v[0]);
  }
  std::pair<SignedWide, SignedWide> solve(std::uint64_t k) const {
    // (0, -k) is a solution; take away the lattice point nearest to it.
    const long double y = -static_cast<long double>(k);
    const auto one = static_cast<SignedWide>(std::round(-y * real(second_[0]) / determinant_)), two = static_cast<SignedWide>(std::round(y * real(first_[0]) / determinant_));
    return {-(one * first_[0] + two * second_[0]), -static_cast<SignedWide>(k) - (one * first_[1] + two * second_[1])};
  }

 private:
  static long double real(SignedWide value) { return static_cast<long double>(value); }
  static long double norm(const std::array<SignedWide, 2>& v) { return real(v[0]) * real(v[0]) + real(v[1]) * real(v[1]); }
  std::array<SignedWide, 2> first_{}, second_{};
  long double determinant_ = 1;
};

bool small(SignedWide value) { return -static_cast<SignedWide>(kHiddenMask) <= value && value <= static_cast<SignedWide>(kHiddenMask); }

// With the steps between states known, what is left are the first state's hidden bits, lowest ... highest: whether a sum carries out of them shows.
std::optional<Prediction> foretell(const Stream& stream, std::uint64_t top, std::uint64_t step) {
  std::uint64_t lowest = 0, highest = kHiddenMask, offset = 0;
  Evidence evidence(stream);
  for (std::size_t i = 0; i < stream.values.size() && evidence.checked() < kMostChecked && !evidence.hopeless(); ++i) {
    const std::uint64_t base = (top << kHidden) + offset, limit = kHiddenMask + 1 - (base & kHiddenMask);  // hidden bits from here on carry
    const std::uint32_t without = output(base), with = output(base + limit), seen = static_cast<std::uint32_t>(stream.values[i]);
    const bool carries = lowest + (highest - lowest) / 2 >= limit;
    if (i >= 8) evidence.foretold(i, carries ? with : without);
    if (seen == without && seen != with && limit > lowest) highest = std::min(highest, limit - 1);
    if (seen == with && seen != without && limit <= highest) lowest = std::max(lowest, limit);
    offset += step;
    step *= kFactor;
  }
  return evidence.prediction("pcg32", "PCG32, state and increment unknown", 32);
}

std::optional<Prediction> try_pcg(const Stream& stream, const SmallPair& pairs) {
  std::array<std::array<std::uint64_t, 32>, 3> tops{};
  for (std::size_t i = 0; i < 3; ++i)
    for (unsigned rotation = 0; rotation < 32; ++rotation) tops[i][rotation] = upper(static_cast<std::uint32_t>(stream.values[i]), rotation);
  for (const std::uint64_t a : tops[0])
    for (const std::uint64_t b : tops[1])
      for (const std::uint64_t c : tops[2]) {
        // Steps are (b - a) 2^27 + x and (c - b) 2^27 + y, the second the first times the factor.
        const std::uint64_t first = (b - a) << kHidden, second = (c - b) << kHidden;
        const auto [x, y] = pairs.solve(second - kFactor * first);
        if (!small(x) || !small(y)) continue;
        const std::uint64_t step = first + static_cast<std::uint64_t>(x);
        // The fourth output, with and without a carry out of the hidden bits.
        const std::uint64_t fourth = (a << kHidden) + step * (1 + kFactor + kFactor * kFactor), carry = kHiddenMask + 1 - (fourth & kHiddenMask);
        const auto seen = static_cast<std::uint32_t>(stream.values[3]);
        if (output(fourth) != seen && output(fourth + carry) != seen) continue;
        if (auto hit = foretell(stream, a, step)) return hit;
      }
  return std::nullopt;
}

}  // namespace

std::optional<Prediction> attack_pcg32(std::span<const Stream> streams, const Budget& budget) {
  const SmallPair pairs;
  for (std::size_t i = 0; i < streams.size() && !budget.spent(); ++i)
    if (streams[i].range == std::uint64_t{1} << 32 && streams[i].slack == 0 && streams[i].known.empty() && streams[i].values.size() >= 16)
      if (auto hit = try_pcg(streams[i], pairs)) return with_stream(std::move(hit), i);
  return std::nullopt;
}

}  // namespace lintel::random
