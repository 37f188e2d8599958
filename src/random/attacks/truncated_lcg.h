// Hypothesis: the values are the top bits (words, fractions, digits scaled by multiplication) or the remainders (% n, n even) of what a known
// congruential generator draws. Data: about twice the bits of its state, in a row.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_truncated_lcg(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
