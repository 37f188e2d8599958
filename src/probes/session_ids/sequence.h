// Counters and clocks inside identifiers: windows of positions whose value follows the order of issue.
#pragma once
#include <cstddef>
#include <vector>

#include "probes/session_ids/columns.h"

namespace lintel::probes::session_ids {

struct Window {
  enum class Kind {
    rising, falling,  // never goes the other way
    constant_step,    // grows by one constant, modulo the window's size
  };
  std::size_t first = 0, last = 0;  // positions (columns), both in the window
  Kind kind = Kind::rising;
  double bits_left = 0;  // what the order does not tell: log2 of the spread of the steps
};

// Windows that do not overlap, those that explain most first. `entropy_bits` is by column. Reports a window only where random values would follow
// an order with a chance below kFamilyChance over all windows that were looked at.
std::vector<Window> find_sequences(const Table& table, const Alphabet& alphabet, const std::vector<double>& entropy_bits);

}  // namespace lintel::probes::session_ids
