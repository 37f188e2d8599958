#include "random/attacks/mixed_counter.h"

#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/modular.h"

namespace lintel::random {
namespace {

// x ^= x >> shift, multiplied, three times.
struct Mixer {
  const char* name;
  const char* attack;
  unsigned width;
  unsigned shifts[3];
  std::uint64_t factors[2];
};

// splitmix64: Steele, Lea, Flood 2014, with Stafford's mix 13; the other two: the finalizers of MurmurHash3.
constexpr Mixer kMixers[] = {
    {"splitmix64 (SplittableRandom of Java)", "splitmix64", 64, {30, 27, 31}, {0xBF58476D1CE4E5B9U, 0x94D049BB133111EBU}},
    {"counter behind MurmurHash3's fmix64", "splitmix64", 64, {33, 33, 33}, {0xFF51AFD7ED558CCDU, 0xC4CEB9FE1A85EC53U}},
    {"counter behind MurmurHash3's fmix32", "splitmix64", 32, {16, 13, 16}, {0x85EBCA6BU, 0xC2B2AE35U}},
};

std::uint64_t shifted_back(std::uint64_t value, unsigned shift) {
  std::uint64_t result = value;
  for (unsigned done = shift; done < 64; done += shift) result = value ^ result >> shift;
  return result;
}

std::uint64_t mix(std::uint64_t value, const Mixer& mixer) {
  const std::uint64_t mask = mixer.width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << mixer.width) - 1;
  value = (value ^ value >> mixer.shifts[0]) * mixer.factors[0] & mask;
  value = (value ^ value >> mixer.shifts[1]) * mixer.factors[1] & mask;
  return value ^ value >> mixer.shifts[2];
}

std::optional<Prediction> try_mixer(const Stream& stream, const Mixer& mixer) {
  const Wide modulus = Wide{1} << mixer.width;
  const auto first = static_cast<std::uint64_t>(*inverse(mixer.factors[0], modulus)), second = static_cast<std::uint64_t>(*inverse(mixer.factors[1], modulus));
  const auto unmixed = [&](std::uint64_t value) {
    value = static_cast<std::uint64_t>(reduced(Wide{shifted_back(value, mixer.shifts[2])} * second, modulus));
    value = static_cast<std::uint64_t>(reduced(Wide{shifted_back(value, mixer.shifts[1])} * first, modulus));
    return shifted_back(value, mixer.shifts[0]);
  };
  // Others may draw in between: the first of a few starts where two steps are alike.
  for (std::size_t start = 0; start + 3 < stream.values.size() && start < 16; ++start) {
    const std::uint64_t a = unmixed(stream.values[start]), b = unmixed(stream.values[start + 1]), c = unmixed(stream.values[start + 2]);
    if (a == b || reduced(Wide{b} - a, modulus) != reduced(Wide{c} - b, modulus)) continue;
    Evidence evidence(stream);
    std::uint64_t state = c;
    for (std::size_t i = start + 3; i < stream.values.size() && evidence.checked() < kMostChecked && !evidence.hopeless(); ++i) {
      state = static_cast<std::uint64_t>(reduced(Wide{state} + (b - a), modulus));
      evidence.foretold(i, mix(state, mixer));
    }
    return evidence.prediction(mixer.attack, mixer.name, mixer.width);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Prediction> attack_mixed_counter(std::span<const Stream> streams, const Budget& budget) {
  for (std::size_t i = 0; i < streams.size() && !budget.spent(); ++i)
    for (const Mixer& mixer : kMixers)
      if (width_of(streams[i].range) == mixer.width && streams[i].slack == 0 && streams[i].known.empty() && streams[i].values.size() >= 8)
        if (auto hit = try_mixer(streams[i], mixer)) return with_stream(std::move(hit), i);
  return std::nullopt;
}

}  // namespace lintel::random
