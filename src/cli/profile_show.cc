// lintel profile show: the effective profile as a list, one clause in full, or JSON.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/probes.h"
#include "data/json.h"
#include "rules/loader.h"

namespace lintel::cli {
namespace {

std::string ways_of(const model::Clause& clause) {
  std::vector<std::string> ways;
  for (const auto& use : clause.checks) ways.push_back(use.check);
  if (clause.attest) ways.push_back("attest:" + clause.attest->method);
  if (!clause.derived_from.empty()) ways.push_back(fmt::format("derived from {}", clause.derived_from.size()));
  return join(ways, ", ");
}

void show_clause(const model::Clause& clause, const std::vector<model::Check>& checks, const Console& console) {
  fmt::print("{}  {} {} {}", clause.id, name_of(clause.subject), name_of(clause.obligation), name_of(clause.by));
  if (clause.subject == model::Subject::device || clause.subject == model::Subject::line) fmt::print(" level {}", clause.level);
  fmt::print("\n  {}\n  {}\n", clause.text.zh, clause.text.en);
  for (const auto& [standard, ids] : clause.references) fmt::print("  {}: {}\n", standard, join(ids, ", "));
  for (const auto& use : clause.checks) {
    fmt::print("  check {} ({})\n", use.check, name_of(use.obligation));
    for (const auto& check : checks)
      if (check.id == use.check) {
        fmt::print("    {}\n    probe {}\n", choose(console, check.title.zh, check.title.en), check.probe);
        for (Json assertion : check.assertions) {  // as written; its title only in the language asked for
          const std::string title = text_or(member(assertion, "title"), choose(console, "zh", "en"));
          assertion.erase("title");
          fmt::print("    - {}{}{}\n", title, title.empty() ? "" : "\n      ", dump_json(assertion));
        }
      }
  }
  if (clause.attest) {
    const auto& question = *clause.attest;
    fmt::print("  attest ({}, valid {} days)\n    {}\n    {}\n", question.method, question.valid_for_days,
               choose(console, question.ask.zh, question.ask.en), choose(console, question.evidence.zh, question.evidence.en));
    for (const auto line : split(choose(console, question.bench.zh, question.bench.en), '\n')) fmt::print("    {}\n", line);
  }
  if (!clause.derived_from.empty()) fmt::print("  derived from {}\n", join(clause.derived_from, ", "));
}

}  // namespace

int run_command(const ProfileShowCommand& command, const Console& console) {
  const auto path = find_profile(command.profile, {});
  if (!path) {
    print_error(path.error().message);
    return kUsageError;
  }
  const auto loaded = rules::load_profile(*path, probe_catalog());
  print_diagnostics(loaded.diagnostics);
  if (has_errors(loaded.diagnostics)) return kUsageError;
  const model::Clause* only = nullptr;
  if (!command.clause.empty()) {
    only = find_clause(loaded.profile, command.clause);
    if (only == nullptr) {
      std::vector<std::string> ids;
      for (const auto& clause : loaded.profile.clauses) ids.push_back(clause.id);
      const auto nearest = nearest_name(command.clause, ids);
      print_error(fmt::format("profile {} has no clause {}{}", loaded.profile.id, command.clause,
                              nearest ? fmt::format("; did you mean {}?", *nearest) : ""));
      return kUsageError;
    }
  }
  if (command.json) {
    if (only != nullptr)
      fmt::print("{}\n", pretty_json(Json(*only)));
    else
      fmt::print("{}\n", pretty_json(Json(loaded.profile)));
    return 0;
  }
  if (only != nullptr) {
    show_clause(*only, loaded.checks, console);
    return 0;
  }
  fmt::print("{} {}  {}\n", loaded.profile.id, loaded.profile.version, choose(console, loaded.profile.title.zh, loaded.profile.title.en));
  for (const auto& clause : loaded.profile.clauses)
    fmt::print("{:<10} {:<9} {:<9} {:<8}  {}  [{}]\n", clause.id, name_of(clause.subject), name_of(clause.obligation),
               name_of(clause.by), choose(console, clause.text.zh, clause.text.en), ways_of(clause));
  return 0;
}

}  // namespace lintel::cli
