// Hypothesis: a generator is seeded anew for each identifier, with the time (quick: looked for around the arrival), or with any number of 32 bits
// (deep: one guess in 2^32 / N meets one of N identifiers; neighbours' seeds are then looked for nearby). Identifiers are words of 32 bits, in any order.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> search_time_seeds(std::span<const Token> tokens, const Budget& budget);
std::optional<Prediction> search_any_seeds(std::span<const Token> tokens, const Budget& budget);

}  // namespace lintel::random
