// Port ranges as people write them: "1-65535", "22,80,8000-8100".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lintel::probes::ports {

struct Interval {
  std::uint16_t first = 1;
  std::uint16_t last = 1;  // included
};

// Sorted, without overlap, neighbours joined; at least one. Errors: invalid_input.
Result<std::vector<Interval>> parse_range(std::string_view text);
// What is in both; may be empty.
std::vector<Interval> common(const std::vector<Interval>& a, const std::vector<Interval>& b);
std::string range_text(const std::vector<Interval>& intervals);  // "22,80,8000-8100"; empty for none
std::size_t count_ports(const std::vector<Interval>& intervals);

}  // namespace lintel::probes::ports
