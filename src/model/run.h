// A whole run in memory: what the run file holds, what judging reads and reports show.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/attestation.h"
#include "model/check.h"
#include "model/ics.h"
#include "model/lab.h"
#include "model/observation.h"
#include "model/profile.h"
#include "model/target.h"
#include "model/verdict.h"

namespace lintel::model {

struct Run {
  std::string id;            // random, 16 hex digits
  std::string tool_version;
  std::string host;          // name of the machine that scanned
  WallTime started{};
  WallTime finished{};
  bool complete = false;     // every planned job has an observation
  Target target;
  Profile profile;
  std::string profile_sha256;  // over the canonical JSON of profile and checks
  std::vector<Check> checks;
  // Of each probe that a check names, as it was when the scan ran: what its facts are called and may be. Judging reads the checks by these, so
  // that a later version, whose probes know other facts, gives the same verdicts.
  std::map<std::string, Json, std::less<>> facts_schemas;
  std::vector<Job> jobs;       // the plan
  std::vector<Observation> observations;
  std::vector<Attestation> attestations;
  std::vector<Waiver> waivers;
  std::optional<Ics> ics;
  std::optional<Ixit> ixit;
  std::optional<Lab> lab{};
  Verdicts verdicts;
};

const Check* find_check(const Run& run, const std::string& id);
const Observation* find_observation(const Run& run, const std::string& job_key);

void to_json(Json& json, const Run& run);    // the export document, docs/schemas/run.schema.json
void from_json(const Json& json, Run& run);

}  // namespace lintel::model
