// How often each short pattern stands in a sequence.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "random/bits/bits.h"

namespace lintel::random::statistics {

using bits::Bits;

// Every window of `length` bits, the sequence read as a ring: counts[p] for the pattern whose first bit is the highest. Requires: length from
// 1 to 24, bits.size >= length.
std::vector<std::uint32_t> ring_patterns(const Bits& bits, std::size_t length);
// The same windows one bit shorter: the two that differ in their last bit taken together. Requires: two counts at least.
std::vector<std::uint32_t> shorter(const std::vector<std::uint32_t>& counts);
// Windows that lie within bits [first, end), a step of one bit apart.
std::vector<std::uint32_t> line_patterns(const Bits& bits, std::size_t first, std::size_t end, std::size_t length);
// Patterns side by side, none overlapping; a rest is left out. Requires: length from 1 to 16.
std::vector<std::uint32_t> block_patterns(const Bits& bits, std::size_t length);

// The statistic psi-squared of serial tests, and phi of the approximate entropy, from ring_patterns().
double psi_squared(const std::vector<std::uint32_t>& counts, std::size_t size);
double phi(const std::vector<std::uint32_t>& counts, std::size_t size);

}  // namespace lintel::random::statistics
