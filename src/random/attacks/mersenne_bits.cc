#include "random/attacks/mersenne_bits.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "random/attacks/evidence.h"
#include "random/attacks/gf2.h"
#include "random/attacks/mersenne_parity.h"
#include "random/attacks/mersenne_recurrence.h"
#include "random/attacks/mersenne_relations.h"

namespace lintel::random {
namespace {

constexpr std::size_t kMostOutputsForetold = 400, kSpareOutputs = 96;
constexpr unsigned kMostBitsSeen = 16;  // of an output; more tell no more

// How values come from outputs: the upper bits (getrandbits, a fraction times the range) or the lower ones (a remainder); every output, or the first of two
// (a fraction of 53 bits takes two).
struct Way {
  bool upper;
  std::size_t stride;
};
constexpr Way kWays[] = {{true, 1}, {false, 1}, {true, 2}};

// What the values show of outputs of 32 bits.
struct Outputs {
  std::uint32_t mask = 0;
  unsigned shift = 0;             // from a value to its place in the output
  std::uint64_t divisor = 1;      // before that
  std::uint32_t of(std::uint64_t value) const { return static_cast<std::uint32_t>(value / divisor << shift) & mask; }
};

// A range of 2^e times an odd number shows e bits exactly.
Outputs outputs_of(const Stream& stream, bool upper) {
  const bool binary = std::has_single_bit(stream.range);
  const auto exact = static_cast<unsigned>(std::countr_zero(stream.range));
  if (exact == 0 || exact > 32 || stream.slack != 0) return {};
  std::uint64_t known = (std::uint64_t{1} << exact) - 1;
  for (std::size_t i = 0; i < stream.known.size(); ++i) known &= binary ? known_bits(stream, i) : 0;
  Outputs outputs;
  outputs.shift = upper ? 32 - exact : 0;
  outputs.divisor = upper ? stream.range >> exact : 1;
  outputs.mask = static_cast<std::uint32_t>(known << outputs.shift);
  return outputs;
}

std::uint32_t cut(std::uint32_t mask, unsigned bits, bool upper) {
  while (static_cast<unsigned>(std::popcount(mask)) > bits) mask &= upper ? mask - 1 : ~std::bit_floor(mask);
  return mask;
}

// The fewest bits whose relations the sample is long enough for: many streams then share them. 0: none are.
std::uint32_t enough_of(std::uint32_t mask, bool upper, std::size_t count) {
  const auto all = std::min(static_cast<unsigned>(std::popcount(mask)), kMostBitsSeen);
  for (const unsigned bits : {2U, 4U, 8U})
    if (bits < all && count >= kMersenneTaps[0] / bits + kSpareOutputs) return cut(mask, bits, upper);
  // Lower bits obey shorter relations too.
  return all >= 2 && count >= kMersenneTaps[0] / all / (upper ? 1 : 2) + kSpareOutputs ? cut(mask, all, upper) : 0;
}

// Worked out once for each choice of bits.
class Relations {
 public:
  // All of them, or those that reach no further than they would if they were of one length: enough to look for a hit.
  const std::vector<TwisterRelation>& of(std::uint32_t mask, std::size_t stride, std::size_t count, bool all) {
    const std::size_t even = kMersenneTaps[0] / static_cast<std::size_t>(std::popcount(mask));
    const std::size_t most = std::min(count - kSpareOutputs / 2, all ? 2 * even : even + kSpareOutputs / 2);
    auto [at, is_new] = made_.try_emplace({mask, stride, most});
    if (is_new) at->second = twister_relations(mask, stride, most);
    return at->second;
  }

 private:
  std::map<std::tuple<std::uint32_t, std::size_t, std::size_t>, std::vector<TwisterRelation>> made_;
};

// Counters and short registers obey relations by chance: their bits are others' business.
bool is_simple(const std::vector<std::uint32_t>& outputs, std::uint32_t mask) {
  constexpr std::size_t kLooked = 512, kSimple = 192;
  std::vector<std::uint8_t> bits(std::min(outputs.size(), kLooked));
  for (std::uint32_t left = mask; left != 0; left &= left - 1) {
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = static_cast<std::uint8_t>(outputs[i] >> std::countr_zero(left) & 1U);
    if (shortest_register(bits).length < kSimple) return true;
  }
  return false;
}

// Whether the sum of a relation's bits is odd in the words before `index`: so it must be in the word there.
bool sum_before(const std::vector<std::uint32_t>& outputs, const TwisterRelation& relation, std::size_t index) {
  std::uint32_t sum = 0;
  for (std::size_t d = 1; d < relation.size(); ++d) sum ^= relation[d] & outputs[index - d];
  return odd_parity(sum);
}

std::string twister_text(std::size_t bits, std::size_t stride) {
  if (stride > 1) return fmt::format("Mersenne Twister (MT19937), {} bits of every second output", bits);
  return bits == 1 ? "Mersenne Twister (MT19937), one bit of each output" : fmt::format("Mersenne Twister (MT19937), {} bits of each output", bits);
}

std::optional<Prediction> foretell(const Stream& stream, const Outputs& seen, const Way& way, std::uint32_t mask, bool all, Relations& known) {
  const std::size_t count = stream.values.size();
  std::vector<std::uint32_t> outputs(count);
  std::transform(stream.values.begin(), stream.values.end(), outputs.begin(), [&](std::uint64_t value) { return seen.of(value) & mask; });
  // Each relation tells one bit more of a value, and leaves fewer values to be told.
  std::span<const TwisterRelation> relations(known.of(mask, way.stride, count, all));
  while (relations.size() > 1 && relations.back().size() + 64 > count) relations = relations.first(relations.size() - 1);
  if (relations.empty() || relations.back().size() >= count) return std::nullopt;
  const std::size_t told = relations.size(), first = relations.back().size() - 1;
  const auto right_at = [&](std::size_t index) {
    return std::all_of(relations.begin(), relations.end(), [&](const TwisterRelation& relation) { return odd_parity(relation[0] & outputs[index]) == sum_before(outputs, relation, index); });
  };
  // Where outputs were lost, the rest of the sample may still be whole.
  constexpr std::size_t kStarts = 8, kRunTried = 24;
  for (std::size_t place = 0; place < kStarts; ++place) {
    const std::size_t start = first + (count - first) * place / kStarts;
    std::size_t end = start;
    while (end < count && end < start + kRunTried && right_at(end)) ++end;
    if (end < start + kRunTried) continue;
    if (is_simple(outputs, mask)) return std::nullopt;
    Evidence evidence(stream);
    for (std::size_t index = start; index < count && evidence.checked() < kMostOutputsForetold && !evidence.hopeless(); ++index) {
      std::vector<bool> sums;
      for (const TwisterRelation& relation : relations) sums.push_back(sum_before(outputs, relation, index));
      evidence.foretold_if(index, [&](std::uint64_t value) {
        const std::uint32_t output = seen.of(value);
        for (std::size_t r = 0; r < told; ++r)
          if (odd_parity(relations[r][0] & output) != sums[r]) return false;
        return true;
      });
    }
    if (auto hit = evidence.prediction("mt19937", twister_text(told, way.stride), static_cast<double>(told))) return hit;
  }
  return std::nullopt;
}

// Any bit of the outputs, also of every second, fourth, ... one, goes by one recurrence.
std::optional<Prediction> single_bits(const Stream& stream, std::uint64_t divisor) {
  const unsigned width = width_of(stream.range / divisor);
  const std::size_t span = kMersenneTaps[0];
  if (stream.values.size() < span + 128 || width > 32) return std::nullopt;
  std::uint32_t bits = 0;  // that go by it
  const auto foretold = [&](std::size_t i) {
    std::uint64_t sum = 0;
    for (const std::uint16_t tap : kMersenneTaps) sum ^= stream.values[i - tap] / divisor;
    return sum;
  };
  for (unsigned bit = 0; bit < width; ++bit) bits |= 1U << bit;
  for (std::size_t i = span; i < span + 64; ++i) bits &= ~static_cast<std::uint32_t>(foretold(i) ^ stream.values[i] / divisor);
  if (bits == 0) return std::nullopt;
  Evidence evidence(stream);
  for (std::size_t i = span + 64, n = 0; i < stream.values.size() && n < kMostOutputsForetold && !evidence.hopeless(); ++i, ++n) {
    const std::uint64_t next = foretold(i);
    evidence.foretold_if(i, [&](std::uint64_t value) { return ((value / divisor ^ next) & bits) == 0; });
  }
  const int told = std::popcount(bits);
  return evidence.prediction("mt19937", twister_text(static_cast<std::size_t>(told), 1), told);
}

std::optional<Prediction> long_sample(const Stream& stream) {
  if (auto hit = single_bits(stream, 1)) return hit;
  const Outputs upper = outputs_of(stream, true);
  return upper.divisor > 1 ? single_bits(stream, upper.divisor) : std::nullopt;
}

}  // namespace

std::optional<Prediction> attack_mersenne_bits(std::span<const Stream> streams, const Budget& budget) {
  for (std::size_t i = 0; i < streams.size() && !budget.spent(); ++i)
    if (auto hit = long_sample(streams[i])) return with_stream(std::move(hit), i);
  Relations relations;
  for (std::size_t i = 0; i < streams.size(); ++i)
    for (const Way& way : kWays) {
      if (budget.spent()) return std::nullopt;
      const Outputs seen = outputs_of(streams[i], way.upper);
      const std::size_t count = streams[i].values.size();
      const bool words = way.stride == 1 && way.upper && std::popcount(seen.mask) >= 18;
      if (words || count >= kMersenneTaps[0] + 128) continue;  // mersenne_twister's; done above
      const std::uint32_t mask = enough_of(seen.mask, way.upper, count);
      if (mask == 0) continue;
      auto hit = foretell(streams[i], seen, way, mask, false, relations);
      if (!hit) continue;
      // With all bits of each output more can be told.
      if (auto better = foretell(streams[i], seen, way, cut(seen.mask, kMostBitsSeen, way.upper), true, relations)) hit = std::move(better);
      return with_stream(std::move(hit), i);
    }
  return std::nullopt;
}

}  // namespace lintel::random
