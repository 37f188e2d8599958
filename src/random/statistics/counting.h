// Small counts that several suites share, and the chi-square statistic over classes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "random/bits/bits.h"

namespace lintel::random::statistics {

using bits::Bits;

// Places where a bit differs from the one before it.
std::size_t count_changes(const Bits& bits);
// Length of the longest run of ones in bits [first, first + length).
std::size_t longest_run(const Bits& bits, std::size_t first, std::size_t length);
// How many whole blocks have a longest run of at most `shortest`, of shortest + 1, ..., the last class takes all longer ones.
std::vector<std::uint64_t> longest_run_classes(const Bits& bits, std::size_t block, std::size_t shortest, std::size_t classes);
// The sequence turned over: ones for zeros.
Bits inverted(const Bits& bits);
// Ones among the exclusive or of each bit and the one `distance` behind it; there are bits.size - distance of them. Requires: distance < bits.size.
std::size_t count_differing(const Bits& bits, std::size_t distance);
// The sequence of b[i] xor b[i+1], one bit shorter.
Bits derivative(const Bits& bits);

// Sum of (observed - expected)^2 / expected, where expected is total * probability.
double chi_square(std::span<const std::uint64_t> observed, std::span<const double> probabilities, std::uint64_t total);
// Sum over `block`-bit blocks of (share of ones - 1/2)^2, times 4 * block; the number of blocks is bits.size / block.
double block_frequency_statistic(const Bits& bits, std::size_t block);

// Maurer's universal statistic over blocks of `length` bits after `start` blocks that only fill the table: sum of log2 of the distances.
struct Universal {
  std::uint64_t blocks = 0;  // that count
  double sum = 0;
};
Universal universal(const Bits& bits, std::size_t length, std::size_t start);
// Mean and variance of one log2 distance for lengths 6 to 16 (SP 800-22, 2.9.4), and what the sum's p-value is.
double universal_mean(std::size_t length);
double universal_variance(std::size_t length);

// Blocks of `block` bits by their linear complexity: T <= -2.5, <= -1.5, ... > 2.5.
std::vector<std::uint64_t> linear_complexity_classes(const Bits& bits, std::size_t block);

}  // namespace lintel::random::statistics
