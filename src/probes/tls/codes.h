// Small words for lists of code points, shared by all that enumerates.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "probes/tls/groups.h"
#include "probes/tls/suite_list.h"

namespace lintel::probes::tls {

using Codes = std::vector<std::uint16_t>;

inline bool contains(const Codes& codes, std::uint16_t code) { return std::ranges::find(codes, code) != codes.end(); }

inline Codes codes_of(const SuiteList& list) {
  Codes codes;
  for (const ListedSuite& suite : list.suites) codes.push_back(suite.code);
  return codes;
}

}  // namespace lintel::probes::tls
