// Where two JSON values differ, place by place. Pure; for facts, which are a device's words: capped in number.
#pragma once
#include <string>
#include <vector>

#include "data/json.h"

namespace lintel::report {

struct ValueChange {
  std::string path;  // "acts[0].took_ms"
  Json then, now;    // null: not there, unless it is a list:
  Json added, removed;  // elements of a list that only one side has; null when the values are no lists
};

// Appends the differences below path, at most `cap` in all; a last one with path "…" says that there are more. Objects are walked, and lists of
// equal length with objects in them; other lists are compared as sets, order does not count.
void differences(const std::string& path, const Json& then, const Json& now, std::size_t cap, std::vector<ValueChange>& out);

// Whether a list holds more than it did: an element it had not, or, for lists of objects, more elements than before.
bool grown(const Json& then, const Json& now);

}  // namespace lintel::report
