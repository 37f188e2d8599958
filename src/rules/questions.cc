#include "rules/questions.h"

#include "rules/judge_clause.h"

namespace lintel::rules {

std::vector<AskedQuestion> asked_questions(const model::Run& run, const model::Verdicts& verdicts, WallTime now) {
  const AttestationIndex answers = index_attestations(run);
  std::vector<AskedQuestion> questions;
  for (const model::ClauseVerdict& judged : verdicts.clauses) {
    const model::Clause* clause = find_clause(run.profile, judged.clause);
    if (clause == nullptr || !clause->attest) continue;
    for (const model::AssetVerdict& verdict : judged.assets) {
      const model::Asset* asset = find_asset(run.target, verdict.asset);
      if (asset == nullptr || verdict.reason == model::Reason::level || !is_asked(*clause, verdict)) continue;
      FoundAttestation found = find_attestation(answers, *clause, asset->id, now);
      questions.push_back({clause, asset, &verdict, std::move(found.attestation), found.expired});
    }
  }
  return questions;
}

}  // namespace lintel::rules
