// Linear congruential generators of known libraries, of whose state only a part is given out.
#pragma once
#include <span>
#include <string_view>

#include "random/attacks/modular.h"

namespace lintel::random {

// A draw is (state >> shift) mod 2^width. Streams show a draw, or floor(draw * range / 2^width), or draw % range.
struct KnownLcg {
  std::string_view name;
  std::string_view attack;   // class
  Congruence step;
  unsigned shift = 0, width = 0;
  bool remainders = false;   // programs take the rest of a division by the range
  unsigned draws = 1;        // of the state for one value; the first one gives its top bits
};

std::span<const KnownLcg> known_lcgs();

}  // namespace lintel::random
