#include "report/history.h"

#include <algorithm>
#include <set>

#include "crypto/digest.h"
#include "data/json.h"
#include "report/compare.h"
#include "report/view.h"

namespace lintel::report {

Moment moment_of(const std::string& file, const model::Run& run) {
  Moment moment;
  moment.file = file;
  moment.id = run.id;
  moment.number = report_number(run);
  moment.target = run.target.id;
  moment.target_name = run.target.name;
  moment.profile = run.profile.id;
  moment.profile_version = run.profile.version;
  moment.tool_version = run.tool_version;
  moment.started = run.started;
  moment.complete = run.complete;
  moment.judged = !run.verdicts.clauses.empty();
  moment.judged_at = run.verdicts.judged_at;
  Json verdicts = run.verdicts;
  verdicts.erase("judged_at");
  if (const auto sha256 = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(dump_json(verdicts)))) moment.verdicts_sha256 = to_hex(*sha256);
  for (const auto& clause : run.verdicts.clauses) ++moment.counts[std::string(model::name_of(clause.verdict))];
  moment.grades = run.verdicts.grades;
  moment.gate = run.verdicts.gate;
  return moment;
}

Result<Step> step_between(const model::Run& then, const model::Run& now) {
  Comparison comparison = TRY(compare(then, now));
  return Step{comparison.findings[Change::appeared], comparison.findings[Change::closed], comparison.findings[Change::changed],
              comparison.moves[Move::incomparable], comparison.worse};
}

History arrange(std::vector<Moment> moments, std::vector<Skipped> skipped, const std::string& wanted_target) {
  std::stable_sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
    return std::tie(a.started, a.id, a.file) < std::tie(b.started, b.id, b.file);
  });
  using Kind = std::pair<std::string, std::string>;  // target and standard
  std::map<Kind, int> runs_of;
  Kind chosen;
  for (const Moment& each : moments) {
    if (!wanted_target.empty() && each.target != wanted_target) continue;
    const Kind kind{each.target, each.profile};
    ++runs_of[kind];
    if (runs_of[kind] >= runs_of[chosen]) chosen = kind;
  }
  if (chosen.first.empty()) chosen.first = wanted_target;
  History history;
  history.skipped = std::move(skipped);
  std::map<std::string, std::size_t> last_judged;  // of each run
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const Moment& each = moments[i];
    if (!each.judged || Kind{each.target, each.profile} != chosen) continue;
    const auto [known, fresh] = last_judged.emplace(each.id, i);
    if (!fresh && moments[known->second].judged_at < each.judged_at) known->second = i;
  }
  for (std::size_t i = 0; i < moments.size(); ++i) {
    Moment& each = moments[i];
    const auto skip = [&](const char* why, std::string detail) { history.skipped.push_back({each.file, why, std::move(detail)}); };
    if (each.target != chosen.first) {
      skip("other_target", each.target);
    } else if (each.profile != chosen.second) {
      skip("other_standard", each.profile);
    } else if (!each.judged) {
      skip("no_verdicts", "");
    } else if (const std::size_t counts = last_judged.at(each.id); counts != i) {
      skip(moments[counts].verdicts_sha256 == each.verdicts_sha256 ? "same_run" : "same_run_differs", moments[counts].file);
    } else {
      history.runs.push_back(each);
    }
  }
  std::sort(history.skipped.begin(), history.skipped.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return history;
}

}  // namespace lintel::report
