// Records that an application keeps of what happens (audit, alarms), as a call exports them. Pure; everything in them is hostile.
#pragma once
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "data/json.h"

namespace lintel::flow {

constexpr std::size_t kMostRecords = 200'000;
constexpr std::size_t kExportCapBytes = 64 << 20;  // for Wire::body_cap_bytes

struct Trail {
  std::vector<Json> records;   // objects, in the order of the export
  std::size_t unreadable = 0;  // lines or elements that are no JSON object
};

// `place`: JSON pointer to the list; empty: the document is the list, or there is one object a line; nothing at all is an empty trail.
// Errors: invalid_input (neither of these), limit (more than kMostRecords).
Result<Trail> read_trail(const std::string& text, const std::string& place);

// The scalar at a pointer as text; empty when there is none or the pointer is.
std::string text_at(const Json& record, const std::string& pointer);

struct Moment {
  WallTime time;
  bool zone = true;  // false: the record says no offset; read as UTC
};
// RFC 3339, the same with a space and without offset, or seconds or milliseconds since 1970.
std::optional<Moment> moment_of(const std::string& text);

// Whether a record tells of a time in this span, which has room for clocks that differ: near, off, unknown (no known form, or perhaps another zone).
struct Span {
  WallTime from, to;
};
std::string nearness(const std::string& time, const Span& span);

using Known = std::unordered_set<std::string>;  // dumps of records seen before
Known known_records(const Trail& trail);
std::vector<const Json*> new_records(const Trail& trail, const Known& before);

}  // namespace lintel::flow
