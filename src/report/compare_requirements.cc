#include "report/compare_requirements.h"

#include <algorithm>
#include <map>

#include "data/json.h"

namespace lintel::report {

static std::map<std::string, std::string> requirements_of(const model::Run& run) {
  std::map<std::string, std::string> checks;
  for (const auto& check : run.checks)
    checks[check.id] = dump_json(Json::array({check.probe, check.with, check.where, model::name_of(check.on_empty), check.assertions}));
  std::map<std::string, std::string> requirements;
  for (const auto& clause : run.profile.clauses) {
    Json uses = Json::array();
    for (const auto& use : clause.checks) uses.push_back({use.check, model::name_of(use.obligation), checks[use.check]});
    requirements[clause.id] = dump_json(Json::array({model::name_of(clause.subject), clause.level, model::name_of(clause.obligation), uses,
                                                     clause.derived_from, clause.attest.has_value()}));
  }
  return requirements;
}

std::set<std::string> edited_requirements(const model::Run& then, const model::Run& now) {
  if (then.profile_sha256 == now.profile_sha256 && !then.profile_sha256.empty()) return {};
  const auto before = requirements_of(then), after = requirements_of(now);
  std::set<std::string> edited;
  for (const auto& [id, text] : before)
    if (const auto found = after.find(id); found == after.end() || found->second != text) edited.insert(id);
  for (const auto& [id, text] : after)
    if (!before.contains(id)) edited.insert(id);
  // Derived clauses may rest on derived ones: until nothing is added.
  for (std::size_t size = 0; size != edited.size();) {
    size = edited.size();
    for (const auto& clause : now.profile.clauses)
      if (std::any_of(clause.derived_from.begin(), clause.derived_from.end(), [&](const auto& id) { return edited.contains(id); }))
        edited.insert(clause.id);
  }
  return edited;
}

}  // namespace lintel::report
