// Identifiers that follow from an earlier one by other rules than small steps.
#pragma once
#include <optional>
#include <vector>

#include "random/tokens/digits.h"

namespace lintel::random::tokens {

// The share of identifiers whose value is a * x + c of the one before, modulo the field's size or one of the usual 2^31-1, 2^31, 2^32, 2^48, 2^64:
// linear congruential generators whose whole state shows. Up to 31 clients may draw in between; the share is that of their likeliest number.
// nullopt: less than nine in ten follow, or too few to be sure.
std::optional<double> linear_congruence(const Field& field);

struct Echo {
  std::size_t column = 0;   // index of the digit column that is told
  std::size_t from = 0;     // index of the column that tells it; the same for a repeating one
  std::size_t lag = 1;      // identifiers between them
  double bits_left = 0;
};

// Columns that take the same step over some lag of 2 .. 64 identifiers (low digits of counters under any mask, and of weak generators), or copy
// another column of the identifier before. log_chance as in small_steps.
std::vector<Echo> echoes(const Table& table, const std::vector<DigitColumn>& digits, double log_chance);

}  // namespace lintel::random::tokens
