#include "random/statistics/patterns.h"

#include <algorithm>
#include <cmath>

namespace lintel::random::statistics {

using namespace bits;
namespace {

// Adds the windows that begin at bits [first, end) of words. Neighbouring windows seldom meet the same counter twice in a row, so one table will do.
void add_windows(std::span<const std::uint64_t> words, std::size_t first, std::size_t end, std::size_t length, std::vector<std::uint32_t>& counts) {
  const std::size_t shift = 64 - length;
  while (first < end) {
    std::uint64_t view = window(words, first);
    const std::size_t here = std::min<std::size_t>(end - first, shift + 1);
    for (std::size_t i = 0; i < here; ++i, view <<= 1) ++counts[view >> shift];
    first += here;
  }
}

}  // namespace

std::vector<std::uint32_t> ring_patterns(const Bits& bits, std::size_t length) {
  std::vector<std::uint32_t> counts(std::size_t{1} << length, 0);
  add_windows(bits.words, 0, bits.size - length + 1, length, counts);
  Bits seam = slice(bits, bits.size - (length - 1), length - 1);
  for (std::size_t i = 0; i + 1 < length; ++i) append_bits(seam, bit_at(bits, i), 1);
  add_windows(seam.words, 0, length - 1, length, counts);
  return counts;
}

std::vector<std::uint32_t> shorter(const std::vector<std::uint32_t>& counts) {
  std::vector<std::uint32_t> sums(counts.size() / 2);
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = counts[2 * i] + counts[2 * i + 1];
  return sums;
}

std::vector<std::uint32_t> line_patterns(const Bits& bits, std::size_t first, std::size_t end, std::size_t length) {
  std::vector<std::uint32_t> counts(std::size_t{1} << length, 0);
  if (end >= first + length) add_windows(bits.words, first, end - length + 1, length, counts);
  return counts;
}

std::vector<std::uint32_t> block_patterns(const Bits& bits, std::size_t length) {
  std::vector<std::uint32_t> counts(std::size_t{1} << length, 0);
  for (std::size_t at = 0; at + length <= bits.size; at += length) ++counts[window(bits.words, at) >> (64 - length)];
  return counts;
}

double psi_squared(const std::vector<std::uint32_t>& counts, std::size_t size) {
  std::uint64_t squares = 0;  // below 2^64: counts add up to at most 2^32
  for (const std::uint32_t count : counts) squares += std::uint64_t{count} * count;
  return static_cast<double>(squares) * static_cast<double>(counts.size()) / static_cast<double>(size) - static_cast<double>(size);
}

double phi(const std::vector<std::uint32_t>& counts, std::size_t size) {
  double sum = 0;
  for (const std::uint32_t count : counts)
    if (count > 0) sum += count * std::log(count / static_cast<double>(size));
  return sum / static_cast<double>(size);
}

}  // namespace lintel::random::statistics
