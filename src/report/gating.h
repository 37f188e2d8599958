// What of a run sets the exit code, for formats that a pipeline shows beside it: JUnit's red and SARIF's levels say what the exit code says.
// The decision about the run is rules/gate.h's; this is the same rule for one clause on one asset. Pure.
#pragma once
#include <optional>
#include <set>
#include <string>

#include "model/verdict.h"

namespace lintel::report {

struct Line;

struct Gating {
  bool recommendations = false;  // --fail-on should: should and may count like shall
  bool nothing = false;          // --fail-on never
  bool open_is_fine = false;     // --allow-open
  // Against a baseline: the clauses where something is worse than there, or can't be compared. What fails elsewhere is known; nullopt: all counts.
  std::optional<std::set<std::string>> worse{};
  std::set<std::string> incomparable{};
};

enum class Effect { none, fails, open };

// The effect of a clause on an asset; line is any of its lines.
Effect effect_of_case(const Line& line, const Gating& gating);
// Whether this one failing line would fail the gate.
bool fails_gate(const Line& line, const Gating& gating);
// It fails, and the baseline had that already.
bool is_known(const Line& line, const Gating& gating);

}  // namespace lintel::report
