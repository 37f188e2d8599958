#include "cli/json_output.h"

#include <fmt/format.h>

#include "data/json.h"

namespace lintel::cli {

void print_json(const Json& value) { fmt::print("{}\n", dump_json(value)); }

Json summary_json(const model::Run& run, const std::vector<std::string>& files, int exit_code) {
  Json clauses = Json::array(), grades = Json::array();
  for (const auto& clause : run.verdicts.clauses)
    clauses.push_back({{"clause", clause.clause},
                       {"verdict", model::name_of(clause.verdict)},
                       {"reason", model::name_of(clause.reason)},
                       {"advisory", clause.advisory},
                       {"waived", clause.waiver.has_value() && !clause.waiver_expired}});
  for (const auto& grade : run.verdicts.grades)
    grades.push_back({{"asset", grade.asset}, {"claimed", grade.claimed}, {"reached", grade.reached}, {"missing", grade.missing}});
  model::Verdicts others;  // without what is long
  others.contradictions = run.verdicts.contradictions;
  return {{"lintel", "summary/1"}, {"exit_code", exit_code}, {"run", run.id}, {"target", run.target.id}, {"profile", run.profile.id},           {"complete", run.complete},
          {"gate", model::name_of(run.verdicts.gate)}, {"judged_at", format_time(run.verdicts.judged_at)}, {"counts", run.verdicts.counts}, {"clauses", std::move(clauses)},
          {"grades", std::move(grades)}, {"contradictions", Json(others).value("contradictions", Json::array())}, {"files", files}};
}

Json diagnostics_json(const std::string& document, const std::vector<Diagnostic>& diagnostics) {
  Json list = Json::array();
  int errors = 0;
  for (const Diagnostic& one : diagnostics) {
    errors += one.severity == Severity::error ? 1 : 0;
    list.push_back({{"code", one.code}, {"severity", one.severity == Severity::error ? "error" : "warning"}, {"file", one.file}, {"line", one.mark.line}, {"column", one.mark.column}, {"message", one.message}, {"hint", one.hint}});
  }
  return {{"document", document}, {"errors", errors}, {"warnings", static_cast<int>(diagnostics.size()) - errors}, {"diagnostics", std::move(list)}};
}

}  // namespace lintel::cli
