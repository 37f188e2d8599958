// A string of bits, packed so that the tests read it 64 at a time. Plain data: safe to read from several threads.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace lintel::random::bits {

// Bit 0 is the most significant bit of words[0]. Bits behind the last one are zero, and two whole words of them follow.
struct Bits {
  std::vector<std::uint64_t> words = {0, 0};
  std::size_t size = 0;
};

// The first `size` bits of bytes, each byte's most significant bit first. Requires: size <= 8 * bytes.size().
Bits bits_of(ByteView bytes, std::size_t size);
inline Bits bits_of(ByteView bytes) { return bits_of(bytes, 8 * bytes.size()); }
// Adds the low `count` (at most 64) bits of value, the highest of them first.
void append_bits(Bits& bits, std::uint64_t value, std::size_t count);
// Takes bits off the end. Requires: size <= bits.size.
void shorten(Bits& bits, std::size_t size);
// Requires: first + count <= bits.size.
Bits slice(const Bits& bits, std::size_t first, std::size_t count);
// Ones from bit `first` up to, but without, bit `end`. Requires: first <= end <= bits.size.
std::size_t count_ones(std::span<const std::uint64_t> words, std::size_t first, std::size_t end);

// The 64 bits from `at` on, the first of them in the highest place; zeros behind the end. Requires: at <= bits.size.
inline std::uint64_t window(std::span<const std::uint64_t> words, std::size_t at) {
  const std::size_t word = at / 64, shift = at % 64;
  return shift == 0 ? words[word] : words[word] << shift | words[word + 1] >> (64 - shift);
}

inline unsigned bit_at(const Bits& bits, std::size_t at) { return static_cast<unsigned>(bits.words[at / 64] >> (63 - at % 64) & 1); }

}  // namespace lintel::random::bits
