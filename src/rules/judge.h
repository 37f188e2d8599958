// Judging: a pure function of what a run holds (profile, checks, facts schemas, target, observations, attestations, waivers) and of the
// moment it is judged at. The same run and moment give the same bytes, on any machine, years later.
#pragma once
#include "model/run.h"

namespace lintel::rules {

// Every clause of the profile gets a verdict. Does not read run.verdicts. A check whose assertions no longer compile
// (a file made by hand: scan saw them compile) is inconclusive(probe_error) and says so.
model::Verdicts judge(const model::Run& run, WallTime now);

}  // namespace lintel::rules
