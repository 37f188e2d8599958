// What a run comes to: waivers in force, the grade of each device, the counts and the gate that sets the exit code.
#pragma once
#include "model/run.h"

namespace lintel::rules {

// Marks failing clauses that a waiver in force covers. Requires: every clause is judged.
void apply_waivers(const model::Run& run, WallTime now, model::Verdicts& verdicts);

// Highest level with every binding clause up to it passed, for each device and gateway, and what keeps it from the next.
std::vector<model::Grade> grade_devices(const model::Run& run, const model::Verdicts& verdicts);

model::Gate decide_gate(const model::Run& run, const model::Verdicts& verdicts);

}  // namespace lintel::rules
