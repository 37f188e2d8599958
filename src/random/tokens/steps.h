// Whether a number that each identifier carries moves on in small or equal steps: counters and clocks, also those that wrap, jump back now
// and then, are shared with other clients, or are multiplied by a constant.
#pragma once
#include <optional>
#include <vector>

#include "random/tokens/digits.h"

namespace lintel::random::tokens {

struct Steps {
  std::uint64_t least = 0;  // most steps lie in least .. least + width - 1, modulo the field's size
  double width = 1;
  double share = 1;         // of the steps that do
  double bits_left = 0;     // log2(width / share): no next value is likelier than this
};

// ln of the chance (an upper bound) that at least `share` of n draws hit what has probability p.
double log_tail(double share, double p, double n);

// The arc of steps that leaves fewest bits, of those that random order would show with a chance below exp(log_chance): what the same values
// give in any other order is the measure, so a field that is merely unevenly filled does not count. nullopt: none.
std::optional<Steps> small_steps(const Field& field, double log_chance);

}  // namespace lintel::random::tokens
