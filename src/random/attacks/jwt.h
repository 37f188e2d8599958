// Hypothesis: JSON Web Tokens that anybody can make: with the algorithm "none", or signed (HS256, HS384, HS512) with a key out of a list of common ones.
// Data: one token.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> search_jwt(std::span<const Token> tokens, const Budget& budget);

}  // namespace lintel::random
