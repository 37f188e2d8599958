// Pairs actions with the records they left. Pure.
#pragma once
#include <string>
#include <vector>

#include "probes/audit/actions.h"

namespace lintel::probes::audit {

using flow::Span;  // from before the first action to after the last

struct Match {
  const Json* record = nullptr;      // the best one; null: none
  std::vector<std::string> lacking;  // of time, user, result, device, source: empty there, or another device
  std::string time;                  // near, off, unknown: against the span
};

// One an action. Its record has its type and its user, or no user at all, and is among `fresh`. For a failed log-in one that differs from the
// successful one's is taken first: its account may have logged in as well.
std::vector<Match> match_all(const std::vector<Action>& actions, const std::vector<const Json*>& fresh, const Layout& layout, const Span& span);

// Whether a failed log-in's record has another result than a successful one's: yes, no, unknown (one of them is not there).
std::string result_differs(const std::vector<Action>& actions, const std::vector<Match>& matches, const Layout& layout);

// Whether an alarm for it is among `fresh`.
bool alarmed(const Abnormal& abnormal, const std::vector<const Json*>& fresh, const Layout& layout);

}  // namespace lintel::probes::audit
