// Hypothesis: an identifier is the digest (MD5, SHA-1, SHA-256, whole or cut; UUID version 3 or 5) of a counter, or of a small number drawn by chance.
// Data: with N identifiers one in N guesses meets one, so that a counter is met after a few tries, 24 bits after some thousand, 32 bits (deep) after millions.
#pragma once
#include "random/attacks/attack.h"

namespace lintel::random {

std::optional<Prediction> search_hash_of_number(std::span<const Token> tokens, const Budget& budget);  // quick: counters, and numbers below some 2^25
std::optional<Prediction> search_hash_of_any_number(std::span<const Token> tokens, const Budget& budget);  // deep: numbers of 31 and 32 bits; Budget::trials a form

}  // namespace lintel::random
