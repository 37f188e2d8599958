#include "random/attacks/overlap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace lintel::random {
namespace {

constexpr std::size_t kMostLength = 256, kLeastOverlap = 4;

using Shares = std::array<double, 256>;  // of each character at a position

std::vector<Shares> shares_of(std::span<const Token> tokens, std::size_t length) {
  std::vector<Shares> shares(length);
  for (Shares& share : shares) share.fill(0);
  for (const Token& token : tokens)
    for (std::size_t i = 0; i < length; ++i) shares[i][static_cast<std::uint8_t>(token.value[i])] += 1.0 / static_cast<double>(tokens.size());
  return shares;
}

// ln2-bits that position `to` is told by position `from` of the one before.
double worth_of(const Shares& from, const Shares& to) {
  double luck = 0;
  for (std::size_t c = 0; c < 256; ++c) luck += from[c] * to[c];
  return luck <= 0 ? 0 : -std::log2(luck);
}

}  // namespace

std::optional<Prediction> search_overlap(std::span<const Token> tokens, const Budget& budget) {
  if (tokens.size() < 3) return std::nullopt;
  const std::size_t length = tokens.front().value.size();
  if (length < 2 * kLeastOverlap || length > kMostLength) return std::nullopt;
  for (const Token& token : tokens)
    if (token.value.size() != length) return std::nullopt;
  const auto shares = shares_of(tokens, length);
  std::optional<Prediction> best;
  for (std::size_t shift = 1; shift + kLeastOverlap <= length && !budget.spent(); ++shift)
    for (const bool left : {true, false}) {
      // left: the end of one is the beginning of the next.
      const std::size_t kept = length - shift, from = left ? shift : 0, to = left ? 0 : shift;
      Prediction hit;
      double worth = 0;
      for (std::size_t i = 0; i < kept; ++i) worth += worth_of(shares[from + i], shares[to + i]);
      worth = std::min(worth, 64.0);
      if (worth < 8) continue;
      for (std::size_t t = 0; t + 1 < tokens.size(); ++t) {
        ++hit.checked;
        hit.right += tokens[t].value != tokens[t + 1].value && tokens[t].value.compare(from, kept, tokens[t + 1].value, to, kept) == 0;
      }
      // Each meeting by chance has 2^-worth; that so many of all meet, no more than the product over the choices of which.
      const double right = static_cast<double>(hit.right), all = static_cast<double>(hit.checked);
      const double bits = hit.right == 0 ? 0 : right * (worth - std::log2(std::exp(1.0) * all / right)) - std::log2(2.0 * static_cast<double>(length));
      if (bits < 64 || (best && static_cast<double>(best->predicted_bits) >= bits)) continue;
      hit.attack = "overlap";
      hit.generator = fmt::format("a window that moves by {} of {} characters", shift, length);
      hit.view = "whole identifier";
      hit.predicted_bits = static_cast<std::uint64_t>(bits);
      hit.bits_per_value = worth;
      best = std::move(hit);
    }
  return best;
}

}  // namespace lintel::random
