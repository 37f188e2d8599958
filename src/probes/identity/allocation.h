// What a list of well-formed identities says about how they were given out: repeats, values that several products share, and patterns where
// annex A wants random values. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "probes/identity/table.h"

namespace lintel::probes::identity {

inline constexpr std::size_t kLeastForPattern = 8;  // different values

struct Repeats {
  std::size_t count = 0;            // different values that occur more than once
  std::vector<std::string> shown;   // the first kShown
};

Repeats repeated_ids(const Table& table);
// Random values used more than once below one upper value, whatever the extension.
Repeats repeated_randoms(const Table& table);
std::size_t different_randoms(const Table& table);  // each below its own upper value

// Why the values of one product are not random. The order of the list alone is no sign: lists are often sorted before they are handed in.
enum class Pattern {
  step,      // they go up or down by one constant step in the order of the list (modulo 2^32)
  near,      // sorted, most lie within 16 of their neighbour
  distance,  // sorted, most lie at one distance
  time,      // in so narrow a range that random values do it with a chance below 2^-64; and they are rising times in seconds since 1970
  range,     // the same, of other numbers
  constant,  // so many bits are the same in all of them
};
std::string_view name_of(Pattern pattern);

// Requires: kLeastForPattern different values. latest: seconds since 1970 that a rising time is not after.
std::optional<Pattern> pattern_of(const Table& table, const Group& group, std::uint32_t latest);

// Random values that stand below several products: a generator that was cloned gives the same ones to each.
struct Shared {
  std::size_t values = 0;       // such values
  std::size_t lower_parts = 0;  // of these, with the same extension too
  double expected = 0;          // values by chance
  bool improbable = false;      // chance gives so many with a probability below 2^-64
  std::vector<std::string> shown;  // the first kShown
};
Shared shared_values(const Table& table);

// log2 of (a bound of) the chance that `expected` independent events on average are at least `count`.
double log2_tail(double count, double expected);

}  // namespace lintel::probes::identity
