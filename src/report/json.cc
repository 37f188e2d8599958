#include "report/json.h"

#include "data/json.h"
#include "report/pieces.h"

namespace lintel::report {
namespace {

// A copy without its three big lists.
model::Run without_lists(const model::Run& run) {
  model::Run light;
  light.id = run.id;
  light.tool_version = run.tool_version;
  light.host = run.host;
  light.started = run.started;
  light.finished = run.finished;
  light.complete = run.complete;
  light.target = run.target;
  light.profile = run.profile;
  light.profile_sha256 = run.profile_sha256;
  light.checks = run.checks;
  light.attestations = run.attestations;
  light.waivers = run.waivers;
  light.ics = run.ics;
  light.ixit = run.ixit;
  light.lab = run.lab;
  light.verdicts.judged_at = run.verdicts.judged_at;
  light.verdicts.grades = run.verdicts.grades;
  light.verdicts.counts = run.verdicts.counts;
  light.verdicts.gate = run.verdicts.gate;
  light.verdicts.contradictions = run.verdicts.contradictions;
  return light;
}

template <class List, class Convert>
Result<void> add_list(Pieces& out, const List& list, Convert convert) {
  TRY(out.add("["));
  bool first = true;
  for (const auto& each : list) {
    TRY(out.add(first ? "\n" : ",\n"));
    TRY(out.add(dump_json(convert(each))));
    first = false;
  }
  return out.add("]");
}

Result<void> add_verdicts(Pieces& out, const Json& light, const model::Verdicts& verdicts) {
  TRY(out.add("{"));
  bool first = true;
  for (const auto& [key, value] : light.items()) {
    TRY(out.add((first ? "\"" : ",\"") + key + "\":"));
    first = false;
    if (key == "clauses")
      TRY(add_list(out, verdicts.clauses, [](const auto& each) { return Json(each); }));
    else
      TRY(out.add(dump_json(value)));
  }
  return out.add("}");
}

}  // namespace

Result<void> write_json(const model::Run& run, const std::function<Result<void>(std::string_view)>& write) {
  const Json light(without_lists(run));
  Pieces out(write);
  TRY(out.add("{"));
  bool first = true;
  for (const auto& [key, value] : light.items()) {
    TRY(out.add((first ? "\n\"" : ",\n\"") + key + "\":"));
    first = false;
    if (key == "jobs")
      TRY(add_list(out, run.jobs, [](const auto& each) { return Json(each); }));
    else if (key == "observations")
      TRY(add_list(out, run.observations, [](const auto& each) { return Json(each); }));
    else if (key == "verdicts")
      TRY(add_verdicts(out, value, run.verdicts));
    else
      TRY(out.add(dump_json(value)));
  }
  TRY(out.add("\n}\n"));
  return out.flush();
}

std::string render_json(const model::Run& run) {
  std::string text;
  [[maybe_unused]] const Result<void> written = write_json(run, [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  });
  return text;
}

}  // namespace lintel::report
