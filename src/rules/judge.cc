#include "rules/judge.h"

#include <set>
#include <string>
#include <unordered_map>

#include "rules/gate.h"
#include "rules/judge_check.h"
#include "rules/judge_clause.h"
#include "rules/statements.h"

namespace lintel::rules {

using model::Reason;
using model::Verdict;

namespace {

bool has_level(const model::Clause& clause) {
  return clause.subject == model::Subject::device || clause.subject == model::Subject::line;
}

class Judge {
 public:
  Judge(const model::Run& run, WallTime now)
      : run_(run), now_(now), jobs_(index_jobs(run)), observations_(index_observations(run)), attestations_(index_attestations(run)), statements_(run) {
    for (const model::Check& check : run.checks) {
      const auto schema = run.facts_schemas.find(check.probe);
      checks_.emplace(check.id, make_ready(check, schema == run.facts_schemas.end() ? nullptr : &schema->second));
    }
    for (const model::Asset& asset : run.target.assets) assets_.emplace(asset.id, &asset);
  }

  model::Verdicts judge() {
    model::Verdicts verdicts;
    verdicts.judged_at = now_;
    verdicts.clauses.resize(run_.profile.clauses.size());
    judge_own(verdicts);
    judge_derived(verdicts);
    apply_waivers(run_, now_, verdicts);
    verdicts.grades = grade_devices(run_, verdicts);
    for (const auto& clause : verdicts.clauses) ++verdicts.counts[std::string(name_of(clause.verdict))];
    verdicts.gate = decide_gate(run_, verdicts);
    return verdicts;
  }

 private:
  // Everything but derived clauses, which need these first.
  void judge_own(model::Verdicts& verdicts) {
    for (std::size_t i = 0; i < run_.profile.clauses.size(); ++i) {
      const model::Clause& clause = run_.profile.clauses[i];
      begin(clause, verdicts.clauses[i]);
      if (!clause.derived_from.empty()) continue;
      for (model::AssetVerdict& verdict : verdicts.clauses[i].assets)
        if (verdict.verdict != Verdict::not_applicable) {
          judge_on_asset(clause, verdict);
          statements_.apply(clause, verdict, verdicts.contradictions);
        }
      finish(verdicts.clauses[i]);
    }
  }

  // Derived clauses may rest on derived ones: rounds, each taking those whose sources are all done. The loader refuses cycles;
  // in a run file that somebody made by hand a cycle's clauses stay not_tested.
  void judge_derived(model::Verdicts& verdicts) {
    std::map<std::string, const model::ClauseVerdict*> judged;
    std::vector<std::size_t> waiting;
    std::set<std::string> derived;
    for (std::size_t i = 0; i < run_.profile.clauses.size(); ++i) {
      if (run_.profile.clauses[i].derived_from.empty()) {
        judged[verdicts.clauses[i].clause] = &verdicts.clauses[i];
      } else {
        waiting.push_back(i);
        derived.insert(run_.profile.clauses[i].id);
      }
    }
    while (!waiting.empty()) {
      std::vector<std::size_t> next;
      for (const std::size_t i : waiting) {
        const model::Clause& clause = run_.profile.clauses[i];
        bool ready = true;
        for (const std::string& source : clause.derived_from)
          ready = ready && (!derived.count(source) || judged.count(source));
        if (!ready) {
          next.push_back(i);
          continue;
        }
        for (model::AssetVerdict& verdict : verdicts.clauses[i].assets)
          if (verdict.verdict != Verdict::not_applicable) decide_by_derivation(clause, judged, verdict);
        finish(verdicts.clauses[i]);
        judged[clause.id] = &verdicts.clauses[i];
      }
      if (next.size() == waiting.size()) {
        for (const std::size_t i : next) verdicts.clauses[i].reason = Reason::no_check;
        return;
      }
      waiting = std::move(next);
    }
  }

  // The assets a clause is judged on; those it does not bind by level are not_applicable from the start.
  void begin(const model::Clause& clause, model::ClauseVerdict& verdict) const {
    verdict.clause = clause.id;
    verdict.advisory = clause.obligation == model::Obligation::should || clause.obligation == model::Obligation::may;
    for (const model::Asset& asset : run_.target.assets) {
      if (!binds(clause.subject, asset.role)) continue;
      model::AssetVerdict& on_asset = verdict.assets.emplace_back();
      on_asset.asset = asset.id;
      if (has_level(clause) && clause.level > asset.level) {
        on_asset.verdict = Verdict::not_applicable;
        on_asset.reason = Reason::level;
      }
    }
    if (verdict.assets.empty()) {
      model::AssetVerdict& nobody = verdict.assets.emplace_back();
      nobody.verdict = Verdict::not_applicable;
      nobody.reason = Reason::role;
    }
  }

  void judge_on_asset(const model::Clause& clause, model::AssetVerdict& verdict) {
    const model::Asset& asset = *assets_.at(verdict.asset);
    for (const model::CheckUse& use : clause.checks) {
      const auto ready = checks_.find(use.check);
      if (ready == checks_.end()) {  // only in a damaged run file: the loader refuses unknown checks
        verdict.checks.push_back({use.check, use.obligation, Verdict::inconclusive, Reason::probe_error, {}});
        continue;
      }
      verdict.checks.push_back(judge_check(ready->second, use.obligation, asset, jobs_, observations_));
      for (model::Instance& instance : verdict.checks.back().instances)
        for (model::AssertionResult& result : instance.assertions) share_sentence(result.observed);
    }
    decide_by_parts(clause, find_attestation(attestations_, clause, asset.id, now_), verdict);
  }

  // Devices that behave alike are told about in the same words: they hold one text, as long as there are not too many.
  void share_sentence(model::Shared<model::Text>& text) {
    constexpr std::size_t kMost = 20'000;
    std::string key = text->zh + '\0' + text->en;
    if (const auto known = sentences_.find(key); known != sentences_.end())
      text = known->second;
    else if (sentences_.size() < kMost)
      sentences_.emplace(std::move(key), text);
  }

  static void finish(model::ClauseVerdict& clause) {
    std::vector<Outcome> parts;
    for (const auto& asset : clause.assets) parts.push_back({asset.verdict, asset.reason});
    const Outcome outcome = *roll_up(parts);
    clause.verdict = outcome.verdict;
    clause.reason = outcome.reason;
  }

  const model::Run& run_;
  const WallTime now_;
  const JobIndex jobs_;
  const ObservationIndex observations_;
  const AttestationIndex attestations_;
  const Statements statements_;
  std::map<std::string, ReadyCheck> checks_;
  std::unordered_map<std::string_view, const model::Asset*> assets_;
  std::unordered_map<std::string, model::Shared<model::Text>> sentences_;
};

}  // namespace

model::Verdicts judge(const model::Run& run, WallTime now) {
  return Judge(run, now).judge();
}

}  // namespace lintel::rules
