#include "rules/statements.h"

#include <algorithm>

namespace lintel::rules {

using model::ContradictionKind;
using model::Support;
using model::Verdict;

Statements::Statements(const model::Run& run) {
  if (!run.ics) return;
  for (const model::Statement& row : run.ics->rows) rows_[row.clause].push_back(&row);
  if (!run.ixit) return;
  for (const model::IxitTable& table : run.ixit->tables)
    for (const model::IxitRow& row : table.rows)
      for (const std::string& clause : row.clauses) serving_[clause].push_back({&table, &row});
}

const model::Statement* Statements::find(const std::string& clause, const std::string& asset) const {
  const auto of_clause = rows_.find(clause);
  if (of_clause == rows_.end()) return nullptr;
  const model::Statement* found = nullptr;
  for (const model::Statement* row : of_clause->second) {
    if (row->asset == asset) return row->support == Support::open ? nullptr : row;
    if (row->asset.empty()) found = row;
  }
  return found != nullptr && found->support != Support::open ? found : nullptr;
}

// Checks with an instance of one of these verdicts.
static std::vector<std::string> checks_with(const model::AssetVerdict& verdict, const std::vector<Verdict>& wanted) {
  std::vector<std::string> ids;
  for (const auto& check : verdict.checks)
    if (std::ranges::any_of(check.instances, [&](const auto& instance) { return std::ranges::find(wanted, instance.verdict) != wanted.end(); }))
      ids.push_back(check.check);
  return ids;
}

std::vector<std::string> Statements::disagreeing_rows(const model::Statement& statement, const std::string& clause, const std::string& asset) const {
  std::vector<std::string> implemented, absent;
  if (const auto found = serving_.find(clause); found != serving_.end())
    for (const ServingRow& serving : found->second)
      if (serving.row->asset.empty() || serving.row->asset == asset)
        (serving.row->implemented ? implemented : absent).push_back(serving.table->id + "/" + serving.row->id);
  if (statement.support == Support::yes) return implemented.empty() ? absent : std::vector<std::string>();
  return implemented;
}

void Statements::apply(const model::Clause& clause, model::AssetVerdict& verdict, std::vector<model::Contradiction>& contradictions) const {
  const model::Statement* statement = find(clause.id, verdict.asset);
  if (statement == nullptr) return;
  const Verdict found = verdict.verdict;
  const auto contradict = [&](ContradictionKind kind, std::vector<std::string> checks, std::vector<std::string> ixit) {
    contradictions.push_back({kind, clause.id, verdict.asset, statement->support,
                              statement->support == Support::not_applicable ? statement->justification : statement->detail, found, std::move(checks),
                              std::move(ixit)});
  };
  switch (statement->support) {
    case Support::open: break;
    case Support::yes:
      if (found == Verdict::fail) contradict(ContradictionKind::supported_fails, checks_with(verdict, {Verdict::fail}), {});
      break;
    case Support::no: {
      if (found == Verdict::pass) contradict(ContradictionKind::unsupported_passes, checks_with(verdict, {Verdict::pass}), {});
      const bool shall = clause.obligation == model::Obligation::shall || clause.obligation == model::Obligation::shall_not;
      if (shall && found != Verdict::fail && found != Verdict::not_applicable) {
        verdict.verdict = Verdict::fail;
        verdict.reason = model::Reason::ics;
        verdict.message = statement->detail;
      }
      break;
    }
    case Support::not_applicable: {
      auto checks = checks_with(verdict, {Verdict::pass, Verdict::fail});
      const auto* answer = verdict.attestation.get();
      const bool assessed = answer != nullptr && (answer->verdict == Verdict::pass || answer->verdict == Verdict::fail);
      if (!checks.empty() || assessed) contradict(ContradictionKind::not_applicable_seen, std::move(checks), {});
      break;
    }
  }
  if (auto rows = disagreeing_rows(*statement, clause.id, verdict.asset); !rows.empty()) contradict(ContradictionKind::ixit_disagrees, {}, std::move(rows));
}

}  // namespace lintel::rules
