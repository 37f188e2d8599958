#include "probes/audit/match.h"

#include <algorithm>

namespace lintel::probes::audit {
namespace {

Match judge(const Action& action, const Json& record, const Layout& layout, const Span& span) {
  Match match{&record, {}, flow::nearness(text_at(record, layout.time), span)};
  const auto want = [&](const char* name, const std::string& pointer) {
    if (text_at(record, pointer).empty()) match.lacking.emplace_back(name);
  };
  want("time", layout.time);
  want("user", layout.user);
  want("result", layout.result);
  if (!layout.source.empty()) want("source", layout.source);
  if (!action.device.empty() && text_at(record, layout.device) != action.device) match.lacking.emplace_back("device");
  return match;
}

// What tells a failed action's record from a successful one's.
std::string outcome_of(const Json& record, const Layout& layout) { return text_at(record, layout.type) + "\n" + text_at(record, layout.result); }

const Json* record_of(const char* action, const std::vector<Action>& actions, const std::vector<Match>& matches) {
  for (std::size_t i = 0; i < actions.size(); ++i)
    if (actions[i].name == action) return matches[i].record;
  return nullptr;
}

Match match(const Action& action, const std::vector<const Json*>& fresh, const Layout& layout, const Span& span) {
  Match best;
  for (const Json* record : fresh) {
    const std::string user = text_at(*record, layout.user);
    if (text_at(*record, layout.type) != action.type || (!action.user.empty() && !user.empty() && user != action.user)) continue;
    Match one = judge(action, *record, layout, span);
    const auto quality = [](const Match& m) { return m.lacking.size() * 2 + (m.time == "near" ? 0 : 1); };
    if (best.record == nullptr || quality(one) <= quality(best)) best = std::move(one);
  }
  return best;
}

}  // namespace

std::vector<Match> match_all(const std::vector<Action>& actions, const std::vector<const Json*>& fresh, const Layout& layout, const Span& span) {
  std::vector<Match> matches;
  for (const Action& action : actions) matches.push_back(match(action, fresh, layout, span));
  const Json* success = record_of("login", actions, matches);
  for (std::size_t i = 0; success != nullptr && i < actions.size(); ++i) {
    if (actions[i].name != "login_failed") continue;
    std::vector<const Json*> others;
    for (const Json* record : fresh)
      if (outcome_of(*record, layout) != outcome_of(*success, layout)) others.push_back(record);
    if (Match other = match(actions[i], others, layout, span); other.record != nullptr) matches[i] = std::move(other);
  }
  return matches;
}

std::string result_differs(const std::vector<Action>& actions, const std::vector<Match>& matches, const Layout& layout) {
  const Json* success = record_of("login", actions, matches);
  const Json* failure = record_of("login_failed", actions, matches);
  if (success == nullptr || failure == nullptr) return "unknown";
  return outcome_of(*success, layout) != outcome_of(*failure, layout) ? "yes" : "no";
}

bool alarmed(const Abnormal& abnormal, const std::vector<const Json*>& fresh, const Layout& layout) {
  return std::ranges::any_of(fresh, [&](const Json* record) {
    const bool device = abnormal.device.empty() || layout.device.empty() || text_at(*record, layout.device) == abnormal.device;
    return device && text_at(*record, layout.type) == abnormal.type;
  });
}

}  // namespace lintel::probes::audit
