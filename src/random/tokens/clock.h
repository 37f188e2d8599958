// The time written into identifiers.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "random/tokens/sample.h"

namespace lintel::random::tokens {

struct ClockField {
  std::size_t first = 0, last = 0;  // characters, both in the field
  std::string unit;                 // for people: "seconds, hexadecimal"
};

// The first place where all identifiers show the time at which they were received, a day at most aside; without those times, one and the same week
// between 2010 and 2040. Decimal, hexadecimal, base 36, Crockford's base 32 (ULID), UUID version 1, PHP's uniqid, KSUID, Snowflake. nullopt below
// four identifiers, or where no such place is.
std::optional<ClockField> clock_in(const std::vector<std::string>& ids, const std::vector<std::optional<std::int64_t>>& unix_us);

}  // namespace lintel::random::tokens
