// Hypothesis: an identifier is the one before, moved by some characters, with new ones at its end: a window that slides over a buffer (npm uid 2.0).
// Data: three identifiers.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> search_overlap(std::span<const Token> tokens, const Budget& budget);

}  // namespace lintel::random
