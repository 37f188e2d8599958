#include "random/attacks/duplicates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>

namespace lintel::random {
namespace {

// Bits that the characters seen at each position allow, from the right end; of few identifiers that is less than what they promise, which errs to the safe side.
double promised_bits(const std::vector<std::string_view>& different) {
  std::vector<std::bitset<257>> seen;
  for (const std::string_view value : different) {
    if (value.size() > seen.size()) seen.resize(std::min<std::size_t>(value.size(), 512));
    for (std::size_t i = 0; i < seen.size(); ++i) seen[i].set(i < value.size() ? static_cast<std::uint8_t>(value[value.size() - 1 - i]) : 256);
  }
  double bits = 0;
  for (const auto& position : seen) bits += std::log2(static_cast<double>(std::max<std::size_t>(position.count(), 1)));
  return bits;
}

}  // namespace

std::optional<Prediction> search_duplicates(std::span<const Token> tokens, const Budget&) {
  std::vector<std::string_view> values;
  for (const Token& token : tokens) values.push_back(token.value);
  std::sort(values.begin(), values.end());
  double pairs = 0;
  std::vector<std::string_view> different;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t end = i;
    while (end < values.size() && values[end] == values[i]) ++end;
    const auto same = static_cast<double>(end - i);
    pairs += same * (same - 1) / 2;
    different.push_back(values[i]);
    i = end;
  }
  const std::size_t repeated = values.size() - different.size();
  if (repeated == 0) return std::nullopt;
  const double all = static_cast<double>(values.size()), promised = promised_bits(different);
  const double expected = all * (all - 1) / 2 * std::exp2(-promised), found = static_cast<double>(repeated);
  if (found <= expected) return std::nullopt;
  // Chernoff's bound for a Poisson number of at least `found`.
  const double bits = (found * std::log(found / expected) - found + expected) / std::log(2.0);
  if (bits < 64) return std::nullopt;
  Prediction hit;
  hit.attack = "duplicates";
  hit.generator = fmt::format("{} of {} identifiers came before", repeated, values.size());
  hit.view = "whole identifier";
  hit.predicted_bits = static_cast<std::uint64_t>(std::min(bits, 1e18));
  hit.checked = values.size();
  hit.right = repeated;
  hit.bits_per_value = std::max(0.0, promised - std::log2(all * (all - 1) / 2 / pairs));
  return hit;
}

}  // namespace lintel::random
