// Bits that are sums (exclusive or) of other bits of the same identifier or the one before: copies, checksums, shift registers.
#pragma once
#include <cstddef>
#include <optional>

#include "random/tokens/columns.h"

namespace lintel::random::tokens {

// How many of the identifiers' bits are independent of one another and of the identifier before: no more than that can be unpredictable. nullopt when the sample is too
// small to say: it takes 64 identifiers in a row that bring nothing new.
std::optional<std::size_t> independent_bits(const Table& table, const Alphabet& alphabet);

}  // namespace lintel::random::tokens
