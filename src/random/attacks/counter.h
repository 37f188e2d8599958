// Hypothesis: a counter, as it is, with another stride, multiplied modulo something, masked with a constant or written with its bits reversed.
// Data: about 30 values of 2,000 that go by the rule. Steps that others cause in between are for random/tokens, which looks for growth.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_counter(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
