#include "random/attacks/counter.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/modular.h"

namespace lintel::random {
namespace {

// next = previous + step, modulo.
std::optional<Prediction> by_step(const Stream& stream, const std::vector<std::uint64_t>& values, Wide modulus, const char* name) {
  if (values.size() < 8) return std::nullopt;
  // The likeliest of the first steps.
  std::vector<Wide> steps;
  for (std::size_t i = 0; i + 1 < std::min<std::size_t>(values.size(), 16); ++i) steps.push_back(minus(values[i + 1], values[i], modulus));
  std::sort(steps.begin(), steps.end());
  const Wide step = steps[steps.size() / 2];
  if (step == 0 || std::count(steps.begin(), steps.end(), step) * 2 < static_cast<std::ptrdiff_t>(steps.size())) return std::nullopt;
  Evidence evidence(stream);
  for (std::size_t i = 2; i < values.size() && !evidence.hopeless(); ++i) {
    const Wide next = plus(values[i - 1], step, modulus);
    // The view's values may have their bits reversed or masked: what counts is whether this one is the one foretold.
    const bool right = next == values[i];
    evidence.foretold(i, right ? stream.values[i] : stream.values[i - 1]);
  }
  return evidence.prediction(step == 1 || step + 1 == modulus ? "sequential" : "linear", name, bits_of(stream.range));
}

std::uint64_t reversed(std::uint64_t value, unsigned width) {
  std::uint64_t turned = 0;
  for (unsigned bit = 0; bit < width; ++bit) turned |= (value >> bit & 1U) << (width - 1 - bit);
  return turned;
}

// (counter ^ mask): two neighbours differ in all bits up to the one that the carry reaches.
std::optional<Prediction> masked(const Stream& stream) {
  const auto& values = stream.values;
  const unsigned width = width_of(stream.range);
  const auto carry = [&](std::size_t i) { return std::popcount(values[i] ^ values[i + 1]); };
  std::size_t farthest = 0;
  const std::size_t fed = values.size() / 4;
  for (std::size_t i = 0; i + 1 < values.size() && i < fed; ++i) {
    const std::uint64_t changed = values[i] ^ values[i + 1];
    if (changed == 0 || (changed & (changed + 1)) != 0) return std::nullopt;
    if (carry(i) > carry(farthest)) farthest = i;
  }
  if (fed < 8 || carry(farthest) >= static_cast<int>(width)) return std::nullopt;
  // After the longest carry all its bits are 0; so the mask's bits show, and the bits above only change with a longer one.
  const std::uint64_t low = (std::uint64_t{1} << carry(farthest)) - 1, mask = values[farthest + 1] & low;
  Evidence evidence(stream);
  for (std::size_t i = fed; i < values.size() && !evidence.hopeless(); ++i) {
    const std::uint64_t counted = (i - (farthest + 1)) & low;
    evidence.foretold(i, (values[i - 1] & ~low) | (counted ^ mask));
  }
  return evidence.prediction("sequential", "counter under a constant mask", bits_of(stream.range));
}

// Multiplied modulo an unknown number: the steps are d and d - m.
std::optional<Wide> modulus_of_steps(const std::vector<std::uint64_t>& values) {
  std::optional<Wide> up, down;
  const std::uint64_t most = *std::max_element(values.begin(), values.end());
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    const bool rises = values[i + 1] > values[i];
    const Wide step = rises ? values[i + 1] - values[i] : values[i] - values[i + 1];
    auto& known = rises ? up : down;
    if (known && *known != step) return std::nullopt;
    known = step;
  }
  if (!up || !down || *up + *down <= most) return std::nullopt;
  return *up + *down;
}

std::optional<Prediction> try_counter(const Stream& stream) {
  if (stream.values.size() < 8) return std::nullopt;
  const Wide range = stream.range == 0 ? Wide{1} << 64 : Wide{stream.range};
  std::optional<Prediction> best;  // a mask leaves most steps as they are
  const auto consider = [&](std::optional<Prediction> hit) {
    if (hit && (!best || hit->predicted_bits > best->predicted_bits)) best = std::move(hit);
  };
  consider(by_step(stream, stream.values, range, "counter"));
  if (const auto modulus = modulus_of_steps(stream.values)) consider(by_step(stream, stream.values, *modulus, "counter, multiplied"));
  consider(masked(stream));
  if (is_power_of_two(range)) {
    std::vector<std::uint64_t> turned = stream.values;
    for (auto& value : turned) value = reversed(value, width_of(stream.range));
    consider(by_step(stream, turned, range, "counter with its bits reversed"));
  }
  return best;
}

}  // namespace

std::optional<Prediction> attack_counter(std::span<const Stream> streams, const Budget& budget) {
  std::optional<Prediction> best;  // of the views; read in the wrong order of bytes a counter is multiplied by 256
  for (std::size_t i = 0; i < streams.size() && !budget.spent(); ++i) {
    if (streams[i].range != 0 && streams[i].range < 1U << 16) continue;
    auto hit = with_stream(try_counter(streams[i]), i);
    if (hit && (!best || hit->predicted_bits > best->predicted_bits || (hit->predicted_bits == best->predicted_bits && hit->attack > best->attack))) best = std::move(hit);
  }
  return best;
}

}  // namespace lintel::random
