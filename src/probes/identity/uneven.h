// Characters of the random field that some values have more often than chance allows. A sign of a bad encoding; no proof that values can be guessed.
#pragma once
#include <cstdint>
#include <vector>

#include "probes/identity/table.h"

namespace lintel::probes::identity {

inline constexpr std::size_t kLeastForUneven = 320;  // different values

struct Uneven {
  std::uint64_t upper = 0;   // version, vendor, product
  std::size_t position = 0;  // in the random field, from 1
  double p = 0;              // chi-square of 16 characters, times the tests done (Holm); below 1e-6
};

std::vector<Uneven> uneven_characters(const Table& table);
// The chance that a chi-square value of 15 degrees of freedom is above x.
double chi_square_15(double x);

}  // namespace lintel::probes::identity
