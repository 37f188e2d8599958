// What a run comes to: waivers in force, the grade of each device, the counts and the gate that sets the exit code.
#pragma once
#include <set>
#include <string>

#include "model/run.h"

namespace lintel::rules {

// Marks failing clauses that a waiver in force covers. Requires: every clause is judged.
void apply_waivers(const model::Run& run, WallTime now, model::Verdicts& verdicts);

// Highest level with every binding clause up to it passed, for each device and gateway, and what keeps it from the next.
std::vector<model::Grade> grade_devices(const model::Run& run, const model::Verdicts& verdicts);

enum class FailOn {
  shall,   // recommendations never count
  should,  // should- and may-clauses count like shall ones, and so do the should-checks of any clause
  never,   // what was found never counts; nothing tested and interrupted do
};

struct GatePolicy {
  FailOn fail_on = FailOn::shall;
  // Against a baseline: the clauses where something is worse than there. Others that fail are known and do not count; null: all count.
  const std::set<std::string>* worse = nullptr;
  // Those of them that can't be compared: they count whatever their verdict.
  const std::set<std::string>* incomparable = nullptr;
};

model::Gate decide_gate(const model::Run& run, const model::Verdicts& verdicts, const GatePolicy& policy = {});

}  // namespace lintel::rules
