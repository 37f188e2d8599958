// A check against the observations of one asset.
#pragma once
#include <map>
#include <string>
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

// Jobs of a run by (check, asset), in the order of the plan.
using JobIndex = std::map<std::pair<std::string, std::string>, std::vector<const model::Job*>>;
using ObservationIndex = std::map<std::string, const model::Observation*>;

JobIndex index_jobs(const model::Run& run);
ObservationIndex index_observations(const model::Run& run);
ReadyCheck make_ready(const model::Check& check, const FactsSchemaLookup& facts_schema);

// The verdict of one look. A failing assertion is certain whatever the probe's status; PASS needs status ok and every assertion to hold.
model::Instance judge_observation(const ReadyCheck& ready, const model::Asset& asset, const Json& item_data,
                                  const model::Observation& observation);

model::CheckResult judge_check(const ReadyCheck& ready, model::Obligation obligation, const model::Asset& asset,
                               const JobIndex& jobs, const ObservationIndex& observations);

}  // namespace lintel::rules
