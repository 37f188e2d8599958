// Parts of the identifiers that earlier identifiers tell.
#pragma once
#include <cstddef>
#include <vector>

#include "random/tokens/columns.h"

namespace lintel::random::tokens {

struct Window {
  enum class Kind {
    rising, falling,  // in steps that are small beside what random order would give; a few may be otherwise
    constant_step,    // grows by one constant, modulo the window's size
    repeating,        // takes one step over some number of identifiers
    copied,           // stood at another position of the identifier before
    congruence,       // a * before + c, modulo some size
  };
  std::size_t first = 0, last = 0;  // positions (columns), both in the window
  Kind kind = Kind::rising;
  double bits_left = 0;  // what the rule does not tell
};

const char* name_of(Window::Kind kind);

// Windows that do not overlap, from left to right, those that explain most taken first. `entropy_bits` is by column. Reports a window only
// where strong identifiers would follow the rule with a chance below kFamilyChance over all that was asked.
std::vector<Window> find_sequences(const Table& table, const Alphabet& alphabet, const std::vector<double>& entropy_bits);

}  // namespace lintel::random::tokens
