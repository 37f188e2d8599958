// Hypothesis: an additive or subtractive generator with two lags: random() of glibc, math/rand of Go before 1.20, System.Random of .NET with a seed, and
// the lags of Knuth. Words, remainders and scaled digits. Data: the longer lag and some 40 values.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_lagged(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
