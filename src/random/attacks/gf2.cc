#include "random/attacks/gf2.h"

#include <algorithm>

namespace lintel::random {
namespace {

using Polynomial = std::vector<std::uint64_t>;

// into ^= from * x^shift
void add_shifted(Polynomial& into, const Polynomial& from, std::size_t shift) {
  const std::size_t words = shift / 64, bits = shift % 64;
  for (std::size_t i = 0; i + words < into.size(); ++i) {
    into[i + words] ^= from[i] << bits;
    if (bits != 0 && i + words + 1 < into.size()) into[i + words + 1] ^= from[i] >> (64 - bits);
  }
}

}  // namespace

Register shortest_register(std::span<const std::uint8_t> bits) {
  const std::size_t words = bits.size() / 64 + 2;
  Polynomial now(words), before(words), history(words);  // history: bit k is the bit k places back
  now[0] = before[0] = 1;
  std::size_t length = 0, since = 1;
  for (std::size_t i = 0; i < bits.size(); ++i, ++since) {
    const std::size_t look = std::min(words, length / 64 + 1);
    for (std::size_t k = std::min(words, i / 64 + 2); k-- > 1;) history[k] = history[k] << 1 | history[k - 1] >> 63;
    history[0] = history[0] << 1 | bits[i];
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < look; ++k) sum ^= now[k] & history[k];
    if ((std::popcount(sum) & 1) == 0) continue;
    if (2 * length <= i) {
      Polynomial old = now;
      add_shifted(now, before, since);
      before = std::move(old);
      length = i + 1 - length;
      since = 0;
    } else {
      add_shifted(now, before, since);
    }
  }
  Register found{length, {}};
  for (std::size_t k = 1; k <= length; ++k)
    if ((now[k / 64] >> (k % 64) & 1U) != 0) found.taps.push_back(k);
  return found;
}

bool Equations128::add(Wide unknowns, bool sum) {
  for (int top = highest_bit(unknowns); top >= 0; top = highest_bit(unknowns)) {
    const auto at = static_cast<std::size_t>(top);
    if (rows_[at] == 0) {
      rows_[at] = unknowns;
      sums_[at] = sum;
      ++rank_;
      return true;
    }
    unknowns ^= rows_[at];
    sum ^= sums_[at];
  }
  redundant_ += !sum;
  return !sum;
}

Wide Equations128::solution() const {
  Wide found = 0;
  for (std::size_t i = 0; i < 128; ++i)
    if (rows_[i] != 0 && (odd(rows_[i] & found) != sums_[i])) found |= Wide{1} << i;
  return found;
}

}  // namespace lintel::random
