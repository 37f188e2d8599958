#include "random/attacks/mersenne_rejection.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/mersenne_parity.h"

namespace lintel::random {
namespace {

constexpr std::size_t kPlaces = 48;      // at which the relation is looked for
constexpr double kDeviations = 4.5;      // of the number of values thrown away

struct Reach { std::size_t first = 0, last = 0; };

// Where the output `ahead` places on may stand among those that were kept.
Reach reach(std::size_t ahead, double kept) {
  const double middle = static_cast<double>(ahead) * kept, spread = kDeviations * std::sqrt(static_cast<double>(ahead) * kept * (1 - kept)) + 1;
  return {static_cast<std::size_t>(std::max(2.0, middle - spread)), static_cast<std::size_t>(middle + spread)};
}

std::optional<Prediction> try_rejection(const Stream& stream, std::uint64_t range) {
  const auto width = static_cast<unsigned>(std::bit_width(range - 1));
  const double kept = static_cast<double>(range) / static_cast<double>(std::uint64_t{1} << width);
  const Reach middle = reach(kTwisterMiddle, kept), end = reach(kTwisterSize, kept);
  const std::uint32_t known = ~std::uint32_t{0} << (32 - width);
  const auto rows = parities({known, known, known, known});
  const double pairs = static_cast<double>((middle.last - middle.first + 1) * (end.last - end.first + 1));
  const double bits = static_cast<double>(rows.size()) - std::log2(pairs);
  if (bits < 4 || stream.values.size() < end.last + kPlaces) return std::nullopt;
  const auto word = [&](std::size_t i) { return static_cast<std::uint32_t>(stream.values[i]) << (32 - width); };
  const auto holds = [&](std::size_t k) {
    for (std::size_t i = middle.first; i <= middle.last; ++i)
      for (std::size_t j = end.first; j <= end.last; ++j) {
        const auto zero = [&](const Parity& row) { return !odd_parity((row[0] & word(k)) ^ (row[1] & word(k + 1)) ^ (row[2] & word(k + i)) ^ (row[3] & word(k + j))); };
        if (std::all_of(rows.begin(), rows.end(), zero)) return true;
      }
    return false;
  };
  const std::size_t stride = (stream.values.size() - end.last) / kPlaces;
  std::size_t right = 0;
  for (std::size_t k = 0; k < kPlaces; ++k) {
    // The same value four times fits as well: nothing is foretold by what stands still.
    const bool differs = word(k * stride) != word(k * stride + 1);
    right += differs && holds(k * stride);
    if (k == 11 && right == 0) return std::nullopt;
  }
  // Each place holds by luck with 2^-bits; right ones among all by the choice of which.
  const double all = static_cast<double>(kPlaces), hits = static_cast<double>(right);
  const double worth = right == 0 ? 0 : hits * (bits - std::log2(std::exp(1.0) * all / hits));
  if (worth < kLeastBits) return std::nullopt;
  Prediction hit;
  hit.attack = "mt19937";
  hit.generator = fmt::format("Mersenne Twister (MT19937), upper {} bits of each output, too large ones thrown away", width);
  hit.view = stream.view;
  hit.predicted_bits = static_cast<std::uint64_t>(worth);
  hit.checked = kPlaces;
  hit.right = right;
  hit.bits_per_value = bits;
  return hit;
}

}  // namespace

std::optional<Prediction> attack_mersenne_rejection(std::span<const Stream> streams, const Budget& budget) {
  for (std::size_t i = 0; i < streams.size() && !budget.spent(); ++i) {
    const Stream& stream = streams[i];
    const std::uint64_t most = largest(stream);
    if (stream.slack != 0 || !stream.known.empty() || most < 1U << 25 || most >> 32 != 0) continue;
    // The range as declared, or, for numbers without leading zeros, the power of ten above all values.
    std::uint64_t ten = 1;
    while (ten <= most) ten *= 10;
    for (const std::uint64_t range : {stream.range, ten})
      if (range > most && !std::has_single_bit(range) && range >> 32 == 0)
        if (auto hit = try_rejection(stream, range)) return with_stream(std::move(hit), i);
  }
  return std::nullopt;
}

}  // namespace lintel::random
