// Hypothesis: a shift register: each bit is a sum of earlier bits of its place (LFSR, xorshift, WELL; xorshift64* and xoshiro256** when their last
// multiplication is undone). By Berlekamp and Massey, up to 900 bits of state. Data: twice the state's bits in values and 64 more.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_linear(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
