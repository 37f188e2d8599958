// The varying positions of a table as digits, so that a run of them can be read as one number.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "random/tokens/columns.h"

namespace lintel::random::tokens {

using Wide = unsigned __int128;

struct DigitColumn {
  std::size_t column = 0;            // of the table
  std::vector<std::uint8_t> values;  // by row, in the order of the alphabet; 0 where the identifier is too short
  std::vector<std::uint8_t> plain;   // the same as decimal or hexadecimal digits, when `radix` is 10 or 16
  std::size_t radix = 2;             // of the smallest number system that holds this column: 10, 16 or the whole alphabet's
};

// By one order of the alphabet's symbols.
std::vector<DigitColumn> digits_of(const Table& table, const std::string& order);

// A run of columns as one number a row, below `modulus` (at most 2^64), most significant column first.
struct Field {
  std::size_t first = 0, last = 0;    // indices of digit columns, both in the field
  std::size_t radix = 2;
  Wide modulus = 1;
  std::vector<std::uint64_t> values;  // by row
};

// a - b modulo the size. Requires: both below it.
inline std::uint64_t minus(std::uint64_t a, std::uint64_t b, Wide modulus) { return a >= b ? a - b : a - b + static_cast<std::uint64_t>(modulus); }

// Every run of columns that fits in 64 bits, in each number system that holds its columns and needs to be that large.
void for_each_field(const std::vector<DigitColumn>& digits, const std::function<void(const Field&)>& visit);

}  // namespace lintel::random::tokens
