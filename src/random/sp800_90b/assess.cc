// Both tracks: the symbols, and their bits one after the other.
#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "random/sp800_90b/sp800_90b.h"

namespace lintel::random::sp800_90b {
namespace {

Track run_track(Symbols symbols, unsigned kinds, double most) {
  Track track;
  track.symbols = symbols.size();
  track.kinds = kinds;
  track.estimates.push_back(most_common_value(symbols, kinds));
  if (kinds == 2) {
    track.estimates.push_back(collision(symbols));
    track.estimates.push_back(markov(symbols));
    track.estimates.push_back(compression(symbols));
  }
  auto [tuple, longest] = tuples(symbols, kinds);
  track.estimates.push_back(std::move(tuple));
  track.estimates.push_back(std::move(longest));
  track.estimates.push_back(multi_mcw(symbols, kinds));
  track.estimates.push_back(lag(symbols, kinds));
  track.estimates.push_back(multi_mmc(symbols, kinds));
  track.estimates.push_back(lz78y(symbols, kinds));
  track.entropy = most;
  for (const Estimate& estimate : track.estimates) track.entropy = std::min(track.entropy, estimate.entropy.value_or(most));
  return track;
}

}  // namespace

Entropy assess(Symbols symbols) {
  Entropy entropy;
  std::uint8_t all = 0;
  for (const std::uint8_t symbol : symbols) all = static_cast<std::uint8_t>(all | symbol);
  entropy.width = std::max(1U, static_cast<unsigned>(std::bit_width(all)));
  if (symbols.size() > kMostBits / entropy.width) {
    symbols = symbols.first(kMostBits / entropy.width);
    entropy.cut = true;
  }
  std::array<bool, 256> seen{};
  for (const std::uint8_t symbol : symbols) seen[symbol] = true;
  const auto kinds = static_cast<unsigned>(std::ranges::count(seen, true));
  entropy.original.symbols = symbols.size();
  entropy.original.kinds = kinds;
  if (kinds < 2 || symbols.size() < 2) return entropy;
  // Values that do not occur are no symbols (3.1.3): those that do are numbered.
  std::array<std::uint8_t, 256> number{};
  unsigned next = 0;
  for (std::size_t value = 0; value < seen.size(); ++value)
    if (seen[value]) number[value] = static_cast<std::uint8_t>(next++);
  std::vector<std::uint8_t> numbered(symbols.begin(), symbols.end());
  for (std::uint8_t& symbol : numbered) symbol = number[symbol];
  entropy.original = run_track(numbered, kinds, entropy.width);
  entropy.assessed = entropy.original.entropy;
  if (kinds == 2) return entropy;
  std::vector<std::uint8_t> bits(symbols.size() * entropy.width);
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = static_cast<std::uint8_t>(symbols[i / entropy.width] >> (entropy.width - 1 - i % entropy.width) & 1);
  entropy.bitstring = run_track(bits, 2, 1);
  entropy.assessed = std::min(entropy.assessed, entropy.width * entropy.bitstring->entropy);
  return entropy;
}

}  // namespace lintel::random::sp800_90b
