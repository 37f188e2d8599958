// Hypothesis: MT19937 (Python's random, PHP's mt_rand, C++'s std::mt19937, Ruby, R). Data: with 18 or more of each word's top bits known, 625 words
// (mersenne_bits.h takes less).
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_mersenne_twister(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
