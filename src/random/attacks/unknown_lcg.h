// Hypothesis: a linear congruential generator that shows its whole state; factor, increment and modulus unknown (the determinants of successive
// differences are multiples of the modulus: Marsaglia 1968, Plumstead 1982). Data: 12 values in a row.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_unknown_lcg(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
