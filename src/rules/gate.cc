#include "rules/gate.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace lintel::rules {

using model::Gate;
using model::Verdict;

static bool covers(const model::Waiver& waiver, const std::string& clause, const std::string& asset) {
  return waiver.clause == clause && (waiver.asset.empty() || waiver.asset == asset);
}

// The waiver that lifts the clause: every failing asset must be covered by one in force.
static void waive(const std::vector<model::Waiver>& waivers, WallTime now, model::ClauseVerdict& clause) {
  const model::Waiver* first = nullptr;
  bool all_covered = true, one_expired = false;
  for (const auto& asset : clause.assets) {
    if (asset.verdict != Verdict::fail) continue;
    const model::Waiver* in_force = nullptr;
    for (const auto& waiver : waivers) {
      if (!covers(waiver, clause.clause, asset.asset) || waiver.approved_on > now) continue;
      if (waiver.expires <= now)
        one_expired = true;
      else
        in_force = &waiver;
    }
    all_covered = all_covered && in_force != nullptr;
    if (!first) first = in_force;
  }
  if (first && all_covered)
    clause.waiver = *first;
  else
    clause.waiver_expired = one_expired;
}

void apply_waivers(const model::Run& run, WallTime now, model::Verdicts& verdicts) {
  std::map<std::string, const model::ClauseVerdict*> by_id;
  for (auto& clause : verdicts.clauses) {
    by_id[clause.clause] = &clause;
    if (clause.verdict == Verdict::fail) waive(run.waivers, now, clause);
  }
  // A derived clause that fails only through waived clauses is lifted with them: the deviation was accepted once.
  // Passes until nothing changes: derived clauses may rest on derived ones.
  for (bool changed = true; changed;) {
    changed = false;
    for (auto& clause : verdicts.clauses) {
      if (clause.verdict != Verdict::fail || clause.waiver) continue;
      const model::Waiver* first = nullptr;
      bool all = true;
      for (const auto& asset : clause.assets) {
        if (asset.verdict != Verdict::fail) continue;
        all = all && !asset.decided_by.empty();
        for (const auto& id : asset.decided_by) {
          const auto found = by_id.find(id);
          const bool lifted = found != by_id.end() && found->second->waiver.has_value();
          all = all && lifted;
          if (lifted && !first) first = &*found->second->waiver;
        }
      }
      if (all && first) {
        clause.waiver = *first;
        changed = true;
      }
    }
  }
}

std::vector<model::Grade> grade_devices(const model::Run& run, const model::Verdicts& verdicts) {
  std::map<std::string, int> level_of;
  for (const auto& clause : run.profile.clauses)
    level_of[clause.id] = clause.subject == model::Subject::device || clause.subject == model::Subject::line ? clause.level : 1;
  // What counts for each asset, in the order of the profile.
  struct Part {
    const model::ClauseVerdict* clause;
    Verdict verdict;
  };
  std::unordered_map<std::string_view, std::vector<Part>> parts;
  for (const auto& clause : verdicts.clauses)
    if (!clause.advisory)
      for (const auto& verdict : clause.assets)
        if (verdict.verdict != Verdict::not_applicable) parts[verdict.asset].push_back({&clause, verdict.verdict});
  std::vector<model::Grade> grades;
  for (const auto& asset : run.target.assets) {
    if (asset.role != model::Role::device && asset.role != model::Role::gateway) continue;
    model::Grade grade{asset.id, asset.level, 0, {}};
    for (int level = 1; level <= asset.level; ++level) {
      bool anything = false;
      std::vector<std::string> missing;
      for (const Part& part : parts[asset.id]) {
        if (level_of[part.clause->clause] > level) continue;
        anything = true;
        if (part.verdict != Verdict::pass) missing.push_back(part.clause->clause);
      }
      if (!anything || !missing.empty()) {
        grade.missing = std::move(missing);
        break;
      }
      grade.reached = level;
    }
    grades.push_back(std::move(grade));
  }
  return grades;
}

// Whether a should-check of the clause fails, or is open, where no waiver in force covers it.
static bool recommended(const model::Run& run, WallTime now, const model::ClauseVerdict& clause, bool (*is)(Verdict)) {
  for (const auto& asset : clause.assets) {
    const bool waived = std::any_of(run.waivers.begin(), run.waivers.end(), [&](const auto& waiver) {
      return covers(waiver, clause.clause, asset.asset) && waiver.approved_on <= now && now < waiver.expires;
    });
    for (const auto& check : asset.checks)
      if ((check.obligation == model::Obligation::should || check.obligation == model::Obligation::may) && is(check.verdict) && !waived) return true;
  }
  return false;
}

Gate decide_gate(const model::Run& run, const model::Verdicts& verdicts, const GatePolicy& policy) {
  if (!run.complete) return Gate::interrupted;
  const auto is_open = [](Verdict verdict) { return verdict == Verdict::inconclusive || verdict == Verdict::not_tested; };
  const auto is_fail = [](Verdict verdict) { return verdict == Verdict::fail; };
  const bool all = policy.fail_on == FailOn::should;
  bool fails = false, open = false, passes = false;
  for (const auto& clause : verdicts.clauses) {
    if (clause.advisory && !all) continue;
    passes = passes || clause.verdict == Verdict::pass || clause.verdict == Verdict::fail;
    if (policy.fail_on == FailOn::never) continue;
    const bool counts = policy.worse == nullptr || policy.worse->contains(clause.clause);
    fails = fails || (clause.verdict == Verdict::fail && !clause.waiver && counts);
    fails = fails || (all && counts && recommended(run, verdicts.judged_at, clause, is_fail));
    fails = fails || (policy.incomparable != nullptr && policy.incomparable->contains(clause.clause) && !clause.waiver);
    open = open || is_open(clause.verdict) || (all && recommended(run, verdicts.judged_at, clause, is_open));
  }
  if (fails) return Gate::fails;
  // Probes were sent out and not one of them could look: whatever was attested, nothing was tested.
  const bool looked = std::any_of(run.observations.begin(), run.observations.end(),
                                  [](const auto& o) { return o.status == model::Status::ok; });
  if (!run.jobs.empty() && !looked) return Gate::nothing_tested;
  if (run.jobs.empty() && !passes) return Gate::nothing_tested;
  if (open) return Gate::open;
  return passes ? Gate::conformant : Gate::nothing_tested;
}

}  // namespace lintel::rules
