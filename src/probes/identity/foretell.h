// Random values that can be foretold: parts of digests of running numbers, and the generators that random/attacks knows. Such values look random
// to every statistic. Strong values are hit with a chance below 2^-64.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "probes/identity/table.h"

namespace lintel::probes::identity {

inline constexpr std::size_t kLeastToForetell = 20;  // identities: fewer decide nothing anyway

struct Foretold {
  std::string product;     // version, vendor, product; empty: of the whole list
  std::string generator;   // "SHA-256 of a decimal serial number, first 4 bytes"; "Mersenne Twister (MT19937)"
  std::size_t values = 0;  // foretold rightly
};

// Products with fewer than kLeastForPattern different values are left out. Blocks for about a second. nullopt when the time was over before all was
// tried: then nothing is known, unless something was found.
std::optional<std::vector<Foretold>> foretell(const Table& table, Deadline deadline, const Cancel& cancel);

}  // namespace lintel::probes::identity
