// For tests: the binary digits of e and pi, computed here, so that published answers on them need no file. The first bits are the integer part.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "random/bits/bits.h"

namespace lintel::random::statistics {

namespace test_constants {

using Number = std::vector<std::uint64_t>;  // fixed point: words[0] before the point
__extension__ using Wide = unsigned __int128;

inline void divide(Number& number, std::uint64_t by, std::size_t from = 0) {
  Wide rest = 0;
  for (std::size_t i = from; i < number.size(); ++i) {
    rest = rest << 64 | number[i];
    number[i] = static_cast<std::uint64_t>(rest / by);
    rest %= by;
  }
}

inline void add(Number& number, const Number& other, bool subtract) {
  std::uint64_t carry = 0;
  for (std::size_t i = number.size(); i-- > 0;) {
    const Wide sum = subtract ? Wide{number[i]} - other[i] - carry : Wide{number[i]} + other[i] + carry;
    number[i] = static_cast<std::uint64_t>(sum);
    carry = static_cast<std::uint64_t>(sum >> 64) & 1;
  }
}

// times * arctan(1 / x)
inline Number arctangent(std::uint64_t times, std::uint64_t x, std::size_t words) {
  Number power(words, 0), sum(words, 0);
  power[0] = times;
  divide(power, x);
  std::size_t from = 0;
  for (std::uint64_t k = 1; from < words; k += 2) {
    Number term = power;
    divide(term, k, from);
    add(sum, term, k % 4 == 3);
    divide(power, x * x, from);
    while (from < words && power[from] == 0) ++from;
  }
  return sum;
}

inline bits::Bits leading(const Number& number, std::size_t size) {  // 2 or 3: two bits before the point
  bits::Bits out;
  bits::append_bits(out, number[0], 2);
  for (std::size_t i = 1; out.size < size; ++i) bits::append_bits(out, number[i], 64);
  return bits::slice(out, 0, size);
}

}  // namespace test_constants

inline bits::Bits bits_of_pi(std::size_t size) {
  const std::size_t words = size / 64 + 4;
  test_constants::Number pi = test_constants::arctangent(16, 5, words);
  test_constants::add(pi, test_constants::arctangent(4, 239, words), true);
  return test_constants::leading(pi, size);
}

inline bits::Bits bits_of_e(std::size_t size) {
  test_constants::Number sum(size / 64 + 4, 0), term(size / 64 + 4, 0);
  sum[0] = term[0] = 1;
  std::size_t from = 0;
  for (std::uint64_t k = 1; from < term.size(); ++k) {
    test_constants::divide(term, k, from);
    test_constants::add(sum, term, false);
    while (from < term.size() && term[from] == 0) ++from;
  }
  return test_constants::leading(sum, size);
}

// "1011" and the like.
inline bits::Bits bits_of_text(const char* text) {
  bits::Bits out;
  for (; *text != 0; ++text) bits::append_bits(out, *text == '1' ? 1 : 0, 1);
  return out;
}

// Bits of a small generator that is good enough for comparing two ways of counting.
inline bits::Bits scrambled_bits(std::size_t size, std::uint64_t seed) {
  bits::Bits out;
  while (out.size < size) {
    std::uint64_t z = seed += 0x9e3779b97f4a7c15;  // splitmix64
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    bits::append_bits(out, z ^ z >> 31, 64);
  }
  return bits::slice(out, 0, size);
}

}  // namespace lintel::random::statistics
