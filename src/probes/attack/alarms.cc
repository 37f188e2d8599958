#include "probes/attack/alarms.h"

#include <algorithm>

namespace lintel::probes::attack {
namespace {

using flow::text_at;

Alarm judge(const Json& record, const Layout& layout, const flow::Span& span, const std::string& sent_from) {
  Alarm alarm{&record, {}, flow::nearness(text_at(record, layout.time), span), ""};
  const std::pair<const char*, const std::string&> fields[] = {{"time", layout.time}, {"type", layout.type}, {"source", layout.source}, {"target", layout.target}};
  for (const auto& [name, pointer] : fields)
    if (text_at(record, pointer).empty()) alarm.lacking.emplace_back(name);
  if (const std::string source = text_at(record, layout.source); !sent_from.empty() && !source.empty())
    alarm.source = source.find(sent_from) != std::string::npos ? "yes" : "no";  // perhaps with a port
  return alarm;
}

}  // namespace

Layout read_layout(const Json& alarms) {
  const Json& fields = member(alarms, "fields");
  return {text_or(fields, "time"), text_or(fields, "type"), text_or(fields, "source"), text_or(fields, "target")};
}

Alarm find_alarm(const Act& act, const std::vector<const Json*>& fresh, const Layout& layout, const flow::Span& span, const std::string& sent_from) {
  Alarm best;
  std::size_t best_flaws = 0;
  for (const Json* record : fresh) {
    const std::string type = text_at(*record, layout.type);
    if (!type.empty() && type != act.type) continue;
    Alarm one = judge(*record, layout, span, sent_from);
    const std::size_t flaws = one.lacking.size() + (one.time != "near") + (one.source == "no") + (!act.target.empty() && text_at(*record, layout.target) != act.target);
    if (best.record != nullptr && flaws >= best_flaws) continue;
    best = std::move(one);
    best_flaws = flaws;
  }
  return best;
}

bool may_be_held_back(const Act& act, const flow::Trail& before, const Layout& layout, WallTime begun) {
  return std::ranges::any_of(before.records, [&](const Json& record) {
    if (text_at(record, layout.type) != act.type) return false;
    const auto moment = flow::moment_of(text_at(record, layout.time));
    return !moment || moment->time > begun - std::chrono::hours(1);
  });
}

}  // namespace lintel::probes::attack
