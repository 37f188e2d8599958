// What can be said of the exported audit records alone. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "flow/trail.h"

namespace lintel::probes::audit {

using flow::text_at;
using flow::Trail;

// What the target says of its records. Every field is a JSON pointer; empty: not declared.
struct Layout {
  std::string records;  // where the array stands in a JSON document; empty: the document itself, or JSON lines
  std::string time, user, type, result, device, source;
  std::string previous, hash;
};
Layout read_layout(const Json& audit);

// What every record must have: a time, a type and a result, and a place for the user, which may be empty where no user was involved. Device and
// source do not apply to every event, so they are asked of the records of our own actions only.
struct Lacking {
  std::string field;
  std::size_t records = 0;
};
std::vector<Lacking> lacking_fields(const Trail& trail, const Layout& layout);

struct Chain {
  std::size_t links = 0, breaks = 0;  // neighbours that were compared, and those that don't fit
};
Chain follow_chain(const Trail& trail, const Layout& layout);  // oldest first or newest first

std::optional<WallTime> oldest(const Trail& trail, const Layout& layout);

// How many records hold this text.
std::size_t records_with(const Trail& trail, const std::string& text);

}  // namespace lintel::probes::audit
