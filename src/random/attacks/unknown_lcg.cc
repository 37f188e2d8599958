#include "random/attacks/unknown_lcg.h"

#include <algorithm>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/modular.h"

namespace lintel::random {
namespace {

constexpr std::size_t kFed = 16;

// Common divisor of d[i+2] d[i] - d[i+1]^2; 0 when all are 0. Requires values below 2^63.
Wide modulus_of(std::span<const std::uint64_t> values) {
  Wide common = 0;
  const auto step = [&](std::size_t i) { return static_cast<SignedWide>(values[i + 1]) - static_cast<SignedWide>(values[i]); };
  for (std::size_t i = 0; i + 3 < values.size(); ++i) {
    const SignedWide determinant = step(i + 2) * step(i) - step(i + 1) * step(i + 1);
    common = greatest_common_divisor(common, static_cast<Wide>(determinant < 0 ? -determinant : determinant));
    if (common == 1) return 1;
  }
  return common;
}

std::optional<Congruence> generator_of(std::span<const std::uint64_t> values, Wide modulus) {
  for (std::size_t i = 0; i + 2 < values.size(); ++i) {
    const auto undone = inverse(minus(values[i + 1], values[i], modulus), modulus);
    if (!undone) continue;
    const Wide a = times(minus(values[i + 2], values[i + 1], modulus), *undone, modulus);
    return Congruence{a, minus(values[i + 1], times(a, values[i], modulus), modulus), modulus};
  }
  return std::nullopt;
}

std::optional<Prediction> foretell(const Stream& stream, Wide modulus) {
  const auto generator = generator_of(std::span(stream.values).first(kFed), modulus);
  if (!generator || generator->a <= 1) return std::nullopt;
  Evidence evidence(stream);
  for (std::size_t i = kFed; i < stream.values.size() && evidence.checked() < kMostChecked && !evidence.hopeless(); ++i)
    evidence.foretold(i, static_cast<std::uint64_t>(generator->after(reduced(stream.values[i - 1], modulus))));
  return evidence.prediction("lcg", "linear congruential generator with its whole state in sight", bits_of(stream.range));
}

std::optional<Prediction> try_congruence(const Stream& stream) {
  if (stream.values.size() < kFed + 8) return std::nullopt;
  const auto values = std::span(stream.values).first(kFed);
  const std::uint64_t most = *std::max_element(values.begin(), values.end());
  if (most >> 63 != 0) {  // the products would not fit; then the modulus is 2^64 or nearly
    for (std::size_t i = 0; i + 3 < kFed; ++i) {
      const std::uint64_t a = values[i + 1] - values[i], b = values[i + 2] - values[i + 1], c = values[i + 3] - values[i + 2];
      if (a * c != b * b) return std::nullopt;
    }
    return foretell(stream, Wide{1} << 64);
  }
  Wide modulus = modulus_of(values);
  if (modulus <= most) return std::nullopt;
  // A multiple of the modulus: small factors are luck.
  for (const unsigned prime : {2U, 3U, 5U, 7U, 11U, 13U})
    while (modulus % prime == 0 && modulus / prime > largest(stream) && modulus >> 64 != 0) modulus /= prime;
  return modulus >> 64 == 0 || modulus == Wide{1} << 64 ? foretell(stream, modulus) : std::nullopt;
}

}  // namespace

std::optional<Prediction> attack_unknown_lcg(std::span<const Stream> streams, const Budget& budget) {
  for (std::size_t i = 0; i < streams.size() && !budget.spent(); ++i) {
    const Stream& stream = streams[i];
    if ((stream.range == 0 || stream.range >= 1U << 16) && stream.slack == 0 && stream.known.empty())
      if (auto hit = try_congruence(stream)) return with_stream(std::move(hit), i);
  }
  return std::nullopt;
}

}  // namespace lintel::random
