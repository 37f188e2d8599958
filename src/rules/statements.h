// The customer's statements against what was found. The rule: a statement can make a verdict worse, never better.
//   not supported    a shall-clause fails with reason `ics`, unless it does not apply anyway; a measured failure keeps its own reason
//   supported        the verdict stands; where it is a failure, the two contradict each other
//   not applicable   the verdict stands: that something does not apply is the assessor's to say. Where it was looked at, a contradiction
// An ICS and an IXIT that disagree are a finding about the documents, whatever the verdict.
#pragma once
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/run.h"

namespace lintel::rules {

// What the customer says, by clause. Points into the run.
class Statements {
 public:
  explicit Statements(const model::Run& run);
  // On one asset: its own row before the general one. nullptr: none, or still open.
  const model::Statement* find(const std::string& clause, const std::string& asset) const;
  // Applies the statement on (clause, verdict.asset), if there is one, and adds what contradicts it.
  // Requires: verdict is what checks and assessor come to; the clause is not derived and binds the asset.
  void apply(const model::Clause& clause, model::AssetVerdict& verdict, std::vector<model::Contradiction>& contradictions) const;

 private:
  struct ServingRow {
    const model::IxitTable* table;
    const model::IxitRow* row;
  };
  std::vector<std::string> disagreeing_rows(const model::Statement& statement, const std::string& clause, const std::string& asset) const;

  std::unordered_map<std::string_view, std::vector<const model::Statement*>> rows_;
  std::unordered_map<std::string_view, std::vector<ServingRow>> serving_;
};

}  // namespace lintel::rules
