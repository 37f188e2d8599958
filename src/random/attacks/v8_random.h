// Hypothesis: Math.random() of V8 (Node.js 12 to 25, Chrome): xorshift128+ that shows its first word, given out backwards from a store of 64. Whole
// fractions, or digits scaled by multiplication. Data: about 200 bits in a row.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_v8_random(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
