// Which alarm tells of which act. Pure; the records are hostile.
#pragma once
#include <string>
#include <vector>

#include "flow/trail.h"
#include "probes/attack/acts.h"

namespace lintel::probes::attack {

// JSON pointers into a record.
struct Layout {
  std::string time, type, source, target;
};
Layout read_layout(const Json& alarms);

struct Alarm {
  const Json* record = nullptr;      // null: none
  std::vector<std::string> lacking;  // fields that are empty there
  std::string time;                  // near, off, unknown
  std::string source;                // yes: it names the address the act came from; no: another; empty: one of them is not known
};

// The best of `fresh` whose type is that of the act or empty. A record without a type may be any act's: it is an alarm, though a poor one.
Alarm find_alarm(const Act& act, const std::vector<const Json*>& fresh, const Layout& layout, const flow::Span& span, const std::string& sent_from);

// Whether there was such an alarm in the hour before: then a new one may be held back.
bool may_be_held_back(const Act& act, const flow::Trail& before, const Layout& layout, WallTime begun);

}  // namespace lintel::probes::attack
