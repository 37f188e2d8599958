// Hypothesis: there are far fewer identifiers than their length promises, so that some come twice. Data: as many as the birthday bound asks. What
// chance alone repeats (Poisson) is no hit.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> search_duplicates(std::span<const Token> tokens, const Budget& budget);

}  // namespace lintel::random
