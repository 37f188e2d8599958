#include "random/statistics/linear.h"

#include <algorithm>
#include <utility>

namespace lintel::random::statistics {

using namespace bits;
namespace {

constexpr std::size_t kWords = 80;

void shift_up(std::uint64_t* words, std::size_t count, std::size_t shift) {
  if (shift >= 64) {
    const std::size_t whole = std::min(shift / 64, count);
    for (std::size_t i = 0; i + whole < count; ++i) words[i] = words[i + whole];
    std::fill(words + (count - whole), words + count, 0);
  }
  const std::size_t part = shift % 64;
  if (part == 0) return;
  for (std::size_t i = 0; i + 1 < count; ++i) words[i] = words[i] << part | words[i + 1] >> (64 - part);
  words[count - 1] <<= part;
}

// Bits before the first one; `limit` when there is none before it.
std::size_t leading_zeros(const std::uint64_t* words, std::size_t limit) {
  for (std::size_t i = 0; 64 * i < limit; ++i)
    if (words[i] != 0) return std::min(limit, 64 * i + static_cast<std::size_t>(std::countl_zero(words[i])));
  return limit;
}

}  // namespace

// Of the two connection polynomials of the algorithm only their products with the sequence are kept, each shifted so that its next bit that
// counts stands first: a wrong prediction is then a leading one, right ones are skipped, and the correction is one exclusive or.
std::size_t linear_complexity(const Bits& bits, std::size_t first, std::size_t length) {
  std::array<std::uint64_t, kWords> now_words, before_words;
  std::uint64_t *now = now_words.data(), *before = before_words.data();
  std::size_t count = (length + 63) / 64;
  for (std::size_t i = 0; i < count; ++i) now[i] = window(bits.words, first + 64 * i);
  if (length % 64 != 0) now[count - 1] &= ~std::uint64_t{0} << (64 - length % 64);
  std::size_t at = leading_zeros(now, length);
  if (at == length) return 0;
  std::size_t complexity = at + 1;
  shift_up(now, count, at);
  std::copy(now, now + count, before);
  now[0] &= ~std::uint64_t{0} >> 1;
  for (;;) {
    count = (length - at + 63) / 64;
    const std::size_t skip = leading_zeros(now, length - at);
    at += skip;
    if (at >= length) return complexity;
    shift_up(now, count, skip);
    const bool grows = 2 * complexity <= at;
    complexity = grows ? at + 1 - complexity : complexity;
    const std::uint64_t keep = grows ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < count; ++i) {
      now[i] ^= before[i];
      before[i] ^= now[i] & keep;  // before ^ (now ^ before): what now was
    }
  }
}

unsigned rank32(std::array<std::uint32_t, 32> rows) {
  unsigned rank = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t pivot = rows[i];
    if (pivot == 0) continue;
    ++rank;
    const std::uint32_t low = pivot & (0 - pivot);
    for (std::size_t j = i + 1; j < rows.size(); ++j) rows[j] ^= pivot & (0 - static_cast<std::uint32_t>((rows[j] & low) != 0));
  }
  return rank;
}

std::array<std::uint64_t, 3> count_ranks(const Bits& bits) {
  std::array<std::uint64_t, 3> counts{};
  std::array<std::uint32_t, 32> rows{};
  for (std::size_t at = 0; at + 1024 <= bits.size; at += 1024) {
    for (std::size_t i = 0; i < 16; ++i) {
      rows[2 * i] = static_cast<std::uint32_t>(bits.words[at / 64 + i] >> 32);
      rows[2 * i + 1] = static_cast<std::uint32_t>(bits.words[at / 64 + i]);
    }
    ++counts[std::min(32 - rank32(rows), 2U)];
  }
  return counts;
}

}  // namespace lintel::random::statistics
