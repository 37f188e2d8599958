#include "probes/audit/trail.h"

#include <algorithm>

#include "flow/answer.h"

namespace lintel::probes::audit {

Layout read_layout(const Json& audit) {
  const Json& fields = member(audit, "fields");
  const Json& chain = member(audit, "chain");
  return {text_or(audit, "records"), text_or(fields, "time"),   text_or(fields, "user"),    text_or(fields, "type"), text_or(fields, "result"),
          text_or(fields, "device"), text_or(fields, "source"), text_or(chain, "previous"), text_or(chain, "hash")};
}

std::vector<Lacking> lacking_fields(const Trail& trail, const Layout& layout) {
  const std::pair<const char*, const std::string&> fields[] = {{"time", layout.time}, {"user", layout.user}, {"type", layout.type}, {"result", layout.result}};
  std::vector<Lacking> lacking;
  for (const auto& [name, pointer] : fields) {
    const bool may_be_empty = std::string_view(name) == "user";
    const auto records = std::ranges::count_if(trail.records, [&](const Json& record) {
      return may_be_empty ? flow::at_pointer(record, pointer) == nullptr : text_at(record, pointer).empty();
    });
    if (records > 0) lacking.push_back({name, static_cast<std::size_t>(records)});
  }
  return lacking;
}

Chain follow_chain(const Trail& trail, const Layout& layout) {
  Chain chain;
  std::size_t forward = 0, backward = 0;
  for (std::size_t i = 1; i < trail.records.size(); ++i) {
    const auto fits = [&](const Json& earlier, const Json& later) {
      const std::string hash = text_at(earlier, layout.hash);
      return !hash.empty() && hash == text_at(later, layout.previous);
    };
    ++chain.links;
    if (!fits(trail.records[i - 1], trail.records[i])) ++forward;
    if (!fits(trail.records[i], trail.records[i - 1])) ++backward;
  }
  chain.breaks = std::min(forward, backward);
  return chain;
}

std::optional<WallTime> oldest(const Trail& trail, const Layout& layout) {
  std::optional<WallTime> first;
  for (const Json& record : trail.records)
    if (const auto moment = flow::moment_of(text_at(record, layout.time)); moment && (!first || moment->time < *first)) first = moment->time;
  return first;
}

std::size_t records_with(const Trail& trail, const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(trail.records, [&](const Json& record) { return dump_json(record).find(text) != std::string::npos; }));
}

}  // namespace lintel::probes::audit
