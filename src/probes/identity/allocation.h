// What a list of well-formed identities says about how they were given out: repeats, and running numbers where annex A wants random ones.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "probes/identity/list.h"

namespace lintel::probes::identity {

inline constexpr std::size_t kLeastForSequence = 8;

struct Repeats {
  std::size_t count = 0;            // different values that occur more than once
  std::vector<std::string> shown;   // the first kShown
};

struct Randoms {
  std::size_t count = 0;    // ids looked at
  std::size_t unique = 0;   // different random values, each below its own version, vendor and product
  Repeats repeated;         // random values used twice below one version, vendor and product, whatever the extension
  // Absent below kLeastForSequence different values under one product. True when, under some product, the values
  // - go up or down by one constant step in the order of the list (modulo 2^32), or
  // - sorted, mostly lie within 16 of their neighbour or mostly at one distance, or
  // - sit in so narrow a range that random values do it with a chance below 2^-64.
  // The order alone is no sign: lists are often sorted before they are handed in.
  std::optional<bool> sequential;
};

Repeats repeated_ids(const std::vector<Id>& ids);
Randoms examine_randoms(const std::vector<Id>& ids);
// One product's random values, in the order of the list.
bool is_sequential(const std::vector<std::uint32_t>& values);

}  // namespace lintel::probes::identity
