// A check against the observations of one asset.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/run.h"
#include "rules/assertion.h"
#include "rules/judge.h"

namespace lintel::rules {

// A check with its assertions compiled once for all assets.
struct ReadyCheck {
  const model::Check* check = nullptr;
  const Json* facts_schema = nullptr;
  CompiledAssertions assertions;
  std::string broken;  // why the assertions can't be used; empty when they can
};

// Jobs of a run by check, then asset, in the order of the plan. The indexes point into the run.
using JobsOfCheck = std::unordered_map<std::string_view, std::vector<const model::Job*>>;
using JobIndex = std::unordered_map<std::string_view, JobsOfCheck>;
using ObservationIndex = std::unordered_map<std::string_view, const model::Observation*>;

JobIndex index_jobs(const model::Run& run);
ObservationIndex index_observations(const model::Run& run);
// facts_schema: of the check's probe, outlives what is made; null: not known.
ReadyCheck make_ready(const model::Check& check, const Json* facts_schema);

// The verdict of one look. A failing assertion is certain whatever the probe's status; PASS needs status ok and every assertion to hold.
model::Instance judge_observation(const ReadyCheck& ready, const model::Asset& asset, const Json& item_data,
                                  const model::Observation& observation);

model::CheckResult judge_check(const ReadyCheck& ready, model::Obligation obligation, const model::Asset& asset,
                               const JobIndex& jobs, const ObservationIndex& observations);

}  // namespace lintel::rules
