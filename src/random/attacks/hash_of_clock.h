// Hypothesis: an identifier is the digest (MD5, SHA-1, SHA-256, whole or cut; UUID version 3 or 5) of the time at which it was made, as programs write
// times, alone or beside a common word. Data: one identifier with the time at which it came; three are tried.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> search_hash_of_clock(std::span<const Token> tokens, const Budget& budget);

}  // namespace lintel::random
