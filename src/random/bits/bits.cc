#include "random/bits/bits.h"

#include <algorithm>

namespace lintel::random::bits {

Bits bits_of(ByteView bytes, std::size_t size) {
  Bits bits;
  bits.size = size;
  bits.words.assign((size + 63) / 64 + 2, 0);
  for (std::size_t i = 0; i < (size + 7) / 8; ++i) bits.words[i / 8] |= std::uint64_t{bytes[i]} << (56 - 8 * (i % 8));
  if (size % 64 != 0) bits.words[size / 64] &= ~std::uint64_t{0} << (64 - size % 64);
  return bits;
}

void append_bits(Bits& bits, std::uint64_t value, std::size_t count) {
  if (count == 0) return;
  const std::size_t word = bits.size / 64, used = bits.size % 64;
  bits.size += count;
  bits.words.resize((bits.size + 63) / 64 + 2, 0);
  const std::uint64_t top = value << (64 - count);
  bits.words[word] |= top >> used;
  if (used + count > 64) bits.words[word + 1] |= top << (64 - used);
}

void shorten(Bits& bits, std::size_t size) {
  bits.size = size;
  bits.words.resize((size + 63) / 64);
  if (size % 64 != 0) bits.words.back() &= ~std::uint64_t{0} << (64 - size % 64);
  bits.words.resize(bits.words.size() + 2, 0);
}

Bits slice(const Bits& bits, std::size_t first, std::size_t count) {
  Bits part;
  part.size = count;
  part.words.assign((count + 63) / 64 + 2, 0);
  for (std::size_t i = 0; i * 64 < count; ++i) part.words[i] = window(bits.words, first + 64 * i);
  if (count % 64 != 0) part.words[count / 64] &= ~std::uint64_t{0} << (64 - count % 64);
  return part;
}

std::size_t count_ones(std::span<const std::uint64_t> words, std::size_t first, std::size_t end) {
  if (first >= end) return 0;
  const std::uint64_t head = ~std::uint64_t{0} >> (first % 64);
  const std::uint64_t tail = end % 64 == 0 ? ~std::uint64_t{0} : ~(~std::uint64_t{0} >> (end % 64));
  const std::size_t begin_word = first / 64, last_word = (end - 1) / 64;
  if (begin_word == last_word) return static_cast<std::size_t>(std::popcount(words[begin_word] & head & tail));
  std::size_t ones = static_cast<std::size_t>(std::popcount(words[begin_word] & head) + std::popcount(words[last_word] & tail));
  for (std::size_t i = begin_word + 1; i < last_word; ++i) ones += static_cast<std::size_t>(std::popcount(words[i]));
  return ones;
}

}  // namespace lintel::random::bits
