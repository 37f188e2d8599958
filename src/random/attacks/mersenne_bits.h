// MT19937 by few known bits of each output: digits, characters, bytes, short words.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_mersenne_bits(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
