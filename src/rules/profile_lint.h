// What has to hold between the clauses of a profile, once all parts are read.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/document.h"
#include "rules/documents.h"

namespace lintel::rules {

struct Place {
  const Document* document = nullptr;
  std::size_t position = 0;  // in `clauses`
};

// Where each clause was written.
struct Places {
  std::vector<std::unique_ptr<Document>> documents;
  std::unordered_map<std::string, Place> clauses;
  std::set<std::string> derived;  // clauses with derived_from or derived_from_level
  std::map<std::string, int> derived_levels;  // clauses with derived_from_level

  // File and place of a member ("checks/0"), of its key, or of the clause when it has no such member.
  std::pair<std::string, Mark> of(const std::string& clause, const std::string& member) const;
  std::pair<std::string, Mark> key_of(const std::string& clause, const std::string& member) const;
};

// Patterns and levels in derived_from become clause ids; unknown ids, patterns that match nothing and circles are errors.
void resolve_derived(model::Profile& profile, const Places& places, Diagnostics& diagnostics);
// Whether every clause has its way to a verdict, and says one thing only.
void lint_clauses(const model::Profile& profile, const Places& places, Diagnostics& diagnostics);

}  // namespace lintel::rules
