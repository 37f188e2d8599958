// Hypothesis: MT19937, of whose outputs the upper bits are taken and thrown away when they are too large for the range (Python's randint and randrange,
// C++'s uniform_int_distribution): so values that belong together do not stand 397 and 624 places apart but somewhat nearer. Data: 26 or more bits a
// value, 700 values.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> attack_mersenne_rejection(std::span<const Stream> streams, const Budget& budget);

}  // namespace lintel::random
