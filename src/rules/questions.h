// The questions that a run puts to an assessor: pairs of clause and asset, in the order of the profile, with the answer that counts.
// `lintel assess` walks them. Pure.
#pragma once
#include <memory>
#include <vector>

#include "model/run.h"

namespace lintel::rules {

struct AskedQuestion {
  const model::Clause* clause = nullptr;        // has `attest`
  const model::Asset* asset = nullptr;
  const model::AssetVerdict* verdict = nullptr; // what the probes saw is in its checks
  std::shared_ptr<const model::Attestation> answer;  // in force; null: none
  bool expired = false;                         // there was one
};

// Those of clauses that bind an asset of the target. Points into run and verdicts. Requires: verdicts are judge(run, now).
std::vector<AskedQuestion> asked_questions(const model::Run& run, const model::Verdicts& verdicts, WallTime now);

}  // namespace lintel::rules
