// Hypothesis: PCG32 (XSH-RR 64/32), state and increment unknown. Guessing the rotation of an output, the top 5 bits of its state, shows 37 bits of the state;
// three outputs then leave two small unknowns in a lattice of two dimensions (Bouillaguet, Martinez, Sauvage 2020 go on from the same place). Data: 8 words.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_pcg32(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
