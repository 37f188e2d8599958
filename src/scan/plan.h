// From target, profile and checks to the list of jobs: which probe looks at which item with which parameters. Pure.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/check.h"
#include "model/observation.h"
#include "model/profile.h"
#include "model/target.h"
#include "probe/probe.h"

namespace lintel::scan {

// nullptr: no such probe. The program passes probe::find_probe, tests pass their own.
using ProbeLookup = std::function<const probe::RegisteredProbe*(std::string_view name)>;

// Completes each check's `with` by the defaults of its probe's params.schema.json and validates it.
// Errors: invalid_input, naming the check (unknown probe, parameters that do not fit).
Result<void> complete_parameters(std::vector<model::Check>& checks, const ProbeLookup& probes);

// One job for each (probe, item, parameters) that a clause asks for; checks that ask for the same share it and are listed in job.checks.
// A check is planned on an asset when a clause that uses it binds the asset's role and, where the clause has a level, the asset claims that
// level; and on those items of the probe's kind that have the members of its `where`. In the order of the target, then of the profile.
// An intrusive probe is planned even where the target does not permit it: the job then ends in not_declared unrun (runner.h), so that
// the clause stays open instead of looking empty. Requires: complete_parameters was called.
// Errors: invalid_input (a clause names a check that is not there, a check an unknown probe).
Result<std::vector<model::Job>> plan(const model::Target& target, const model::Profile& profile,
                                     const std::vector<model::Check>& checks, const ProbeLookup& probes);

// SHA-256 over the canonical JSON of {asset, data, item, kind, params, probe}: stable across runs, another one when the declaration changes.
std::string job_key(const model::Job& job, const model::Item& item);

// Whether the item has all members of `where`, equal.
bool matches(const Json& where, const model::Item& item);

}  // namespace lintel::scan
