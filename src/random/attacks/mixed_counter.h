// Hypothesis: a counter behind a mixing function that can be undone: splitmix64 (Java's SplittableRandom), murmur3's finalizers. Data: 3 values, and
// some to be sure.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_mixed_counter(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
