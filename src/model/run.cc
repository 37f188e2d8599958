#include "model/run.h"

#include "model/json_members.h"

namespace lintel::model {

const Check* find_check(const Run& run, const std::string& id) {
  for (const Check& check : run.checks)
    if (check.id == id) return &check;
  return nullptr;
}

const Observation* find_observation(const Run& run, const std::string& job_key) {
  for (const Observation& observation : run.observations)
    if (observation.job.key == job_key) return &observation;
  return nullptr;
}

void to_json(Json& json, const Run& run) {
  json = Json{{"lintel", "run/1"},
              {"id", run.id},
              {"tool_version", run.tool_version},
              {"host", run.host},
              {"started", format_time(run.started)},
              {"finished", format_time(run.finished)},
              {"complete", run.complete},
              {"target", run.target},
              {"profile", run.profile},
              {"profile_sha256", run.profile_sha256},
              {"checks", to_list(run.checks)},
              {"facts_schemas", run.facts_schemas},
              {"jobs", to_list(run.jobs)},
              {"observations", to_list(run.observations)},
              {"attestations", to_list(run.attestations)},
              {"waivers", to_list(run.waivers)},
              {"verdicts", run.verdicts}};
  if (run.ics) json["ics"] = *run.ics;
  if (run.ixit) json["ixit"] = *run.ixit;
  if (run.lab) json["lab"] = *run.lab;
}

void from_json(const Json& json, Run& run) {
  run.id = text_or(json, "id");
  run.tool_version = text_or(json, "tool_version");
  run.host = text_or(json, "host");
  run.started = time_of(json, "started");
  run.finished = time_of(json, "finished");
  run.complete = bool_or(json, "complete", false);
  from_json(member(json, "target"), run.target);
  from_json(member(json, "profile"), run.profile);
  run.profile_sha256 = text_or(json, "profile_sha256");
  run.checks = list_of<Check>(json, "checks");
  if (const Json& schemas = member(json, "facts_schemas"); schemas.is_object()) run.facts_schemas = schemas.get<std::map<std::string, Json, std::less<>>>();
  run.jobs = list_of<Job>(json, "jobs");
  run.observations = list_of<Observation>(json, "observations");
  run.attestations = list_of<Attestation>(json, "attestations");
  run.waivers = list_of<Waiver>(json, "waivers");
  if (const Json& ics = member(json, "ics"); ics.is_object()) from_json(ics, run.ics.emplace());
  if (const Json& ixit = member(json, "ixit"); ixit.is_object()) from_json(ixit, run.ixit.emplace());
  if (const Json& lab = member(json, "lab"); lab.is_object()) from_json(lab, run.lab.emplace());
  from_json(member(json, "verdicts"), run.verdicts);
}

}  // namespace lintel::model
