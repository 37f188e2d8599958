#include "cli/gatekeeper.h"

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/load_run.h"
#include "report/compare.h"
#include "report/values.h"
#include "rules/gate.h"

namespace lintel::cli {
namespace {

rules::FailOn fail_on(const std::string& word) {
  return word == "never" ? rules::FailOn::never : word == "should" ? rules::FailOn::should : rules::FailOn::shall;
}

struct Against {
  std::set<std::string> worse, incomparable;
};

Against against(const report::Comparison& comparison, rules::FailOn policy) {
  Against found;
  for (const report::Row& row : comparison.rows) {
    const bool inside = std::any_of(row.details.begin(), row.details.end(), [&](const report::Detail& detail) {
      return detail.worse && (!detail.advisory || policy == rules::FailOn::should);
    });
    if (row.move == report::Move::incomparable) found.incomparable.insert(row.clause);
    if (row.move == report::Move::worse || row.move == report::Move::incomparable || inside || row.waiver_expired) found.worse.insert(row.clause);
  }
  return found;
}

void print_against(const model::Run& run, const Against& found, const std::string& baseline, const Console& console) {
  std::vector<std::string> fresh, known, lost;
  for (const auto& clause : run.verdicts.clauses) {
    const std::string id = report::plain(clause.clause, 60);
    if (found.incomparable.contains(clause.clause))
      lost.push_back(id);
    else if (clause.verdict == model::Verdict::fail && !clause.waiver)
      (found.worse.contains(clause.clause) ? fresh : known).push_back(id);
  }
  fmt::print("{} {}\n", choose(console, "与基线比较：", "Against the baseline"), report::one_line(baseline));
  const auto list = [&](const std::vector<std::string>& ids, const std::string& title) {
    if (!ids.empty()) fmt::print("  {} ({}): {}\n", title, ids.size(), join(ids, ", "));
  };
  list(fresh, choose(console, "新的不符合", "new failures"));
  list(lost, choose(console, "不可比", "can't be compared"));
  list(known, choose(console, "已知的不符合，不影响退出码", "known failures, which do not count"));
  if (fresh.empty() && lost.empty()) fmt::print("  {}\n", choose(console, "没有新的不符合。", "No new failure."));
}

}  // namespace

Result<Gatekeeper> Gatekeeper::create(const GateOptions& options, const model::Target& target) {
  Gatekeeper gatekeeper;
  gatekeeper.options_ = options;
  if (options.baseline.empty()) return gatekeeper;
  gatekeeper.baseline_ = TRY(load_run(options.baseline));
  const model::Run& run = *gatekeeper.baseline_;
  if (run.target.id != target.id)
    return fail(ErrorCode::invalid_input, "{} is a run of the target \"{}\", not of \"{}\"", options.baseline, run.target.id, target.id);
  if (run.verdicts.clauses.empty())
    return fail(ErrorCode::invalid_input, "{} has no verdicts; `lintel scan --resume` or `lintel judge --write` completes it", options.baseline);
  return gatekeeper;
}

int Gatekeeper::exit_code(const model::Run& run) const {
  rules::GatePolicy policy;
  policy.fail_on = fail_on(options_.fail_on);
  Against found;
  if (baseline_) {
    const auto comparison = report::compare(*baseline_, run);
    if (!comparison) {
      print_error(comparison.error().message);
      return kUsageError;
    }
    found = against(*comparison, policy.fail_on);
    policy.worse = &found.worse;
    policy.incomparable = &found.incomparable;
  }
  const model::Gate gate = rules::decide_gate(run, run.verdicts, policy);
  return model::exit_code(gate, options_.allow_open || policy.fail_on == rules::FailOn::never);
}

void Gatekeeper::tell(const model::Run& run, const Console& console) const {
  if (!baseline_ || console.quiet || console.json) return;
  if (const auto comparison = report::compare(*baseline_, run)) print_against(run, against(*comparison, fail_on(options_.fail_on)), options_.baseline, console);
}

report::Gating Gatekeeper::gating(const model::Run& run) const {
  const rules::FailOn policy = fail_on(options_.fail_on);
  report::Gating gating{policy == rules::FailOn::should, policy == rules::FailOn::never, options_.allow_open, std::nullopt, {}};
  if (!baseline_) return gating;
  if (const auto comparison = report::compare(*baseline_, run)) {  // exit_code() tells when it can't be made
    Against found = against(*comparison, policy);
    gating.worse = std::move(found.worse);
    gating.incomparable = std::move(found.incomparable);
  }
  return gating;
}

}  // namespace lintel::cli
