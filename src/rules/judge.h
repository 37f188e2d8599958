// Judging: a pure function of what a run holds (profile, checks, target, observations, attestations, waivers) and of the
// moment it is judged at. The same run and moment give the same bytes, on any machine, years later.
#pragma once
#include <functional>
#include <optional>
#include <string_view>

#include "data/json_fwd.h"
#include "model/run.h"

namespace lintel::rules {

// The facts schema of a probe, or nullptr when this program does not know the probe. The pointer outlives the call.
using FactsSchemaLookup = std::function<const Json*(std::string_view probe)>;

// Every clause of the profile gets a verdict. Does not read run.verdicts. A check whose assertions no longer compile
// (old run, newer probe) is inconclusive(probe_error) and says so.
model::Verdicts judge(const model::Run& run, WallTime now, const FactsSchemaLookup& facts_schema);

}  // namespace lintel::rules
