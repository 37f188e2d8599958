#include "probes/ports/range.h"

#include <algorithm>

#include "base/text.h"

namespace lintel::probes::ports {

Result<std::vector<Interval>> parse_range(std::string_view text) {
  std::vector<Interval> parts;
  for (const std::string_view part : split(text, ',')) {
    const std::string_view piece = trim(part);
    const auto dash = piece.find('-');
    const auto first = parse_unsigned<std::uint16_t>(trim(piece.substr(0, dash)));
    const auto last =
        dash == std::string_view::npos ? first : parse_unsigned<std::uint16_t>(trim(piece.substr(dash + 1)));
    if (!first || !last || *first == 0 || *last < *first)
      return fail(ErrorCode::invalid_input,
                  "port range \"{}\": \"{}\" is not a port or first-last within 1-65535", printable(text),
                  printable(piece));
    parts.push_back({*first, *last});
  }
  std::ranges::sort(parts, {}, &Interval::first);
  std::vector<Interval> joined{parts.front()};
  for (const Interval& part : parts) {
    Interval& end = joined.back();
    if (part.first <= end.last || part.first - end.last == 1)
      end.last = std::max(end.last, part.last);
    else
      joined.push_back(part);
  }
  return joined;
}

std::vector<Interval> common(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  std::vector<Interval> both;
  for (const Interval& one : a)
    for (const Interval& other : b) {
      const Interval part{std::max(one.first, other.first), std::min(one.last, other.last)};
      if (part.first <= part.last) both.push_back(part);
    }
  return both;
}

std::string range_text(const std::vector<Interval>& intervals) {
  std::string text;
  for (const Interval& one : intervals)
    text += (text.empty() ? "" : ",") + (one.first == one.last ? std::to_string(one.first) : fmt::format("{}-{}", one.first, one.last));
  return text;
}

std::size_t count_ports(const std::vector<Interval>& intervals) {
  std::size_t count = 0;
  for (const Interval& interval : intervals)
    count += static_cast<std::size_t>(interval.last - interval.first) + 1;
  return count;
}

}  // namespace lintel::probes::ports
