// The heaviest tests written as their publications describe them, one symbol an element, to be timed beside ours. Each gives a number that ours must
// repeat.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lintel::bench {

using PlainBits = std::vector<std::uint8_t>;

std::size_t plain_linear_complexity(const PlainBits& bits, std::size_t block);           // sum over the blocks: Massey, bit by bit
double plain_templates(const PlainBits& bits, const std::vector<std::size_t>& templates);  // sum of chi-squares: each template searched for in each block
double plain_serial(const PlainBits& bits, std::size_t length);                          // psi-squared: each window read out
std::size_t plain_multi_mmc(const std::vector<std::uint8_t>& symbols);                   // right predictions: maps of contexts
std::size_t plain_lz78y(const std::vector<std::uint8_t>& symbols);                       // the same

}  // namespace lintel::bench
