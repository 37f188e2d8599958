// Lengths of the common beginnings of neighbouring suffixes, suffixes in sorted order: what counts of all repeated substrings are made from.
#pragma once
#include <cstdint>
#include <vector>

#include "random/sp800_90b/sp800_90b.h"

namespace lintel::random::sp800_90b {

// One number for each suffix: what it shares with the one before it; the first has 0. Requires: kinds as in sp800_90b.h, fewer than 2^31 symbols.
std::vector<std::uint32_t> common_prefixes(Symbols symbols, unsigned kinds);

}  // namespace lintel::random::sp800_90b
