// Linear algebra over bits: the length of the shortest shift register that gives a block, the rank of a matrix.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "random/bits/bits.h"

namespace lintel::random::statistics {

using bits::Bits;

// Linear complexity of bits [first, first + length), by Berlekamp and Massey. Requires: they lie within bits; length at most 5,120.
std::size_t linear_complexity(const Bits& bits, std::size_t first, std::size_t length);

// Rank of 32 rows of 32 bits.
unsigned rank32(std::array<std::uint32_t, 32> rows);
// How many whole 32 x 32 matrices, rows one after the other, have full rank, one less, and less than that.
std::array<std::uint64_t, 3> count_ranks(const Bits& bits);

}  // namespace lintel::random::statistics
