#include "random/attacks/linear.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/gf2.h"
#include "random/attacks/modular.h"

namespace lintel::random {
namespace {

constexpr std::size_t kShortFed = 320, kShortMost = 128;   // all bits
constexpr std::size_t kLongFed = 1920, kLongMost = 900;    // lowest and highest bit
constexpr std::size_t kMostBitsForetold = 200;

// What is undone before the bits are looked at.
struct Scrambler {
  const char* name;
  const char* attack;
  std::uint64_t (*undone)(std::uint64_t);
};

std::uint64_t same(std::uint64_t value) { return value; }
std::uint64_t from_xorshift_star(std::uint64_t value) {  // Vigna 2016
  static const auto factor = static_cast<std::uint64_t>(*inverse(0x2545F4914F6CDD1DU, Wide{1} << 64));
  return value * factor;
}
std::uint64_t from_star_star(std::uint64_t value) {  // xoshiro256**, xoroshiro128**: rotl(s * 5, 7) * 9 (Blackman, Vigna 2018)
  static const auto nine = static_cast<std::uint64_t>(*inverse(9, Wide{1} << 64)), five = static_cast<std::uint64_t>(*inverse(5, Wide{1} << 64));
  return std::rotr(value * nine, 7) * five;
}

constexpr Scrambler kScramblers[] = {
    {"shift register (LFSR, xorshift)", "GF2 linear", same},
    {"xorshift64*", "xorshift64*", from_xorshift_star},
    {"xoshiro256** or xoroshiro128**", "xoshiro256**", from_star_star},
};

std::vector<std::uint8_t> bits_at(const std::vector<std::uint64_t>& values, unsigned bit) {
  std::vector<std::uint8_t> bits(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) bits[i] = static_cast<std::uint8_t>(values[i] >> bit & 1U);
  return bits;
}

// Low bits of counters are, whatever stands between them; and they are the counter's business.
bool periodic(std::span<const std::uint8_t> bits) {
  for (std::size_t period = 1; period + 32 <= bits.size(); ++period)
    if (std::equal(bits.begin() + static_cast<std::ptrdiff_t>(period), bits.end(), bits.begin())) return true;
  return false;
}

// Register of the first `fed` bits, when it is no longer than `most`.
std::optional<Register> register_of(const std::vector<std::uint8_t>& bits, std::size_t fed, std::size_t most) {
  if (bits.size() < fed + 64) return std::nullopt;
  Register found = shortest_register(std::span(bits).first(fed));
  if (found.length > most || periodic(std::span(bits).first(fed))) return std::nullopt;
  // Before the evidence is weighed: does it go on?
  for (std::size_t i = fed; i < fed + 32; ++i)
    if (found.next(bits, i) != bits[i]) return std::nullopt;
  return found;
}

std::optional<Prediction> try_scrambler(const Stream& stream, const Scrambler& scrambler) {
  std::vector<std::uint64_t> values(stream.values.size());
  std::transform(stream.values.begin(), stream.values.end(), values.begin(), scrambler.undone);
  const unsigned width = width_of(stream.range);
  Evidence evidence(stream);
  unsigned told = 0;
  for (unsigned bit = 0; bit < width; ++bit) {
    if ((known_bits(stream, 0) >> bit & 1U) == 0) continue;
    const auto bits = bits_at(values, bit);
    std::size_t fed = kShortFed;
    auto found = register_of(bits, fed, kShortMost);
    if (!found && (bit == 0 || bit + 1 == width || told > 0)) found = register_of(bits, fed = kLongFed, kLongMost);
    if (!found) {
      if (bit + 1 < width && told == 0) bit = std::max(bit, width - 2);  // one end or the other is linear, or none
      continue;
    }
    ++told;
    const std::size_t end = std::min(bits.size(), fed + kMostBitsForetold / (told > 4 ? 8 : 1));
    for (std::size_t i = fed; i < end && !evidence.hopeless(); ++i) {
      const std::uint8_t next = found->next(bits, i);
      evidence.foretold_if(i, [&](std::uint64_t value) { return (scrambler.undone(value) >> bit & 1U) == next; });
    }
  }
  // Clocks and counters leave linear bits in wide words, even behind a multiplication: a register's are all linear, or nearly.
  const auto from_generator = static_cast<unsigned>(std::popcount(known_bits(stream, 0)));
  if (2 * told < from_generator || (scrambler.undone != same && told + 4 < from_generator)) return std::nullopt;
  return evidence.prediction(scrambler.attack, scrambler.name, told);
}

}  // namespace

std::optional<Prediction> attack_linear(std::span<const Stream> streams, const Budget& budget) {
  for (const std::size_t i : widest_first(streams)) {
    std::optional<Prediction> best;
    for (const Scrambler& scrambler : kScramblers) {
      if (budget.spent()) return std::nullopt;
      if (&scrambler != kScramblers && streams[i].range != 0) break;
      auto hit = try_scrambler(streams[i], scrambler);
      if (hit && (!best || hit->bits_per_value > best->bits_per_value)) best = std::move(hit);
    }
    if (best) return with_stream(std::move(best), i);
  }
  return std::nullopt;
}

}  // namespace lintel::random
