// The standard's own clause list beside the profile: what is missing, too much, or told differently.
#include <fmt/format.h>

#include <map>
#include <set>

#include "rules/documents.h"

namespace lintel::rules {

std::vector<CoverageRow> read_coverage(const std::filesystem::path& path, const model::Profile& profile,
                                       const std::function<std::pair<std::string, Mark>(const std::string&)>& place_of_clause,
                                       DocumentSchemas& schemas, Diagnostics& diagnostics) {
  std::vector<CoverageRow> rows;
  const auto document = load_document(path, "standard", schemas, diagnostics);
  if (!document) return rows;
  std::map<std::string, const model::Clause*> have;
  for (const model::Clause& clause : profile.clauses) have[clause.id] = &clause;
  std::set<std::string> listed;
  std::size_t position = 0;
  for (const Json& entry : document->value["clauses"]) {
    const std::string pointer = fmt::format("/clauses/{}", position++);
    CoverageRow row{text_or(entry, "id"), word(entry, "subject", model::Subject::platform), word(entry, "obligation", model::Obligation::shall),
                    word(entry, "by", model::By::manual), false, 0, false, false};
    if (!listed.insert(row.id).second) {
      add_error(diagnostics, "E040", document->file, document->at(pointer + "/id"), fmt::format("clause `{}` stands twice in the list", row.id));
      continue;
    }
    const auto found = have.find(row.id);
    if (found == have.end()) {
      add_error(diagnostics, "E090", document->file, document->at(pointer + "/id"), fmt::format("clause `{}` is missing in the profile", row.id),
                "write it into one of the profile's parts");
      rows.push_back(std::move(row));
      continue;
    }
    const model::Clause& clause = *found->second;
    row.in_profile = true;
    row.checks = clause.checks.size();
    row.question = clause.attest.has_value();
    row.derived = !clause.derived_from.empty();
    const auto differs = [&](const char* what, std::string_view ours, std::string_view listed_word) {
      if (ours == listed_word) return;
      const auto [file, mark] = place_of_clause(clause.id);
      add_error(diagnostics, "E092", file, mark, fmt::format("clause `{}` has {} `{}`, the standard's list `{}`", clause.id, what, ours, listed_word),
                fmt::format("the list is {}", document->file));
    };
    differs("subject", name_of(clause.subject), name_of(row.subject));
    differs("obligation", name_of(clause.obligation), name_of(row.obligation));
    differs("by", name_of(clause.by), name_of(row.by));
    rows.push_back(std::move(row));
  }
  for (const model::Clause& clause : profile.clauses) {
    if (listed.contains(clause.id)) continue;
    const auto [file, mark] = place_of_clause(clause.id);
    add_error(diagnostics, "E091", file, mark, fmt::format("clause `{}` is not in the standard's list", clause.id), fmt::format("the list is {}", document->file));
  }
  return rows;
}

}  // namespace lintel::rules
