// A clause on one asset: its checks, its attestation, or the clauses it is derived from.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/run.h"
#include "rules/roll_up.h"

namespace lintel::rules {

// The attestations of each clause, in the order of the run. The keys point into the run.
using AttestationIndex = std::unordered_map<std::string_view, std::vector<std::shared_ptr<const model::Attestation>>>;
AttestationIndex index_attestations(const model::Run& run);

// The attestation that counts for (clause, asset) at `now`: in force, the asset's own before the general one, the
// latest first. `expired` tells that there is only one whose time is over.
struct FoundAttestation {
  std::shared_ptr<const model::Attestation> attestation;
  bool expired = false;
};
FoundAttestation find_attestation(const AttestationIndex& all, const model::Clause& clause, const std::string& asset, WallTime now);

// Whether the clause's question is put on this asset. Requires: verdict.checks are judged.
bool is_asked(const model::Clause& clause, const model::AssetVerdict& verdict);

// Fills verdict.verdict/reason/message from verdict.checks and the attestation found. Only shall-checks count for a
// shall-clause; in a should-clause every check counts (the clause itself is advisory). A check with nothing to look at leaves its place to the question.
void decide_by_parts(const model::Clause& clause, const FoundAttestation& found, model::AssetVerdict& verdict);

// Fills verdict from the verdicts of clause.derived_from on the same asset (or as a whole, where they have none for it).
// Advisory clauses never decide. Requires: those clauses are already judged.
void decide_by_derivation(const model::Clause& clause, const std::map<std::string, const model::ClauseVerdict*>& judged,
                          model::AssetVerdict& verdict);

}  // namespace lintel::rules
