#include "model/observation.h"

#include "model/json_members.h"

namespace lintel::model {

void to_json(Json& json, const Evidence& evidence) {
  json = Json{{"name", evidence.name},
              {"media_type", evidence.media_type},
              {"sha256", evidence.sha256},
              {"size_bytes", evidence.size_bytes},
              {"about", evidence.about}};
  if (!evidence.kept) json["kept"] = false;
}

void from_json(const Json& json, Evidence& evidence) {
  evidence.name = text_or(json, "name");
  evidence.media_type = text_or(json, "media_type");
  evidence.sha256 = text_or(json, "sha256");
  evidence.size_bytes = static_cast<std::size_t>(std::max<std::int64_t>(0, integer_or(json, "size_bytes", 0)));
  evidence.about = texts_of(json, "about");
  evidence.kept = bool_or(json, "kept", true);
}

void to_json(Json& json, const Job& job) {
  json = Json{{"key", job.key},   {"probe", job.probe},   {"asset", job.asset},  {"kind", name_of(job.kind)},
              {"item", job.item}, {"params", job.params}, {"checks", job.checks}};
}

void from_json(const Json& json, Job& job) {
  job.key = text_or(json, "key");
  job.probe = text_or(json, "probe");
  job.asset = text_or(json, "asset");
  job.kind = enum_or(json, "kind", ItemKind::host);
  job.item = text_or(json, "item");
  job.params = member(json, "params").is_object() ? json["params"] : Json::object();
  job.checks = texts_of(json, "checks");
}

void to_json(Json& json, const Observation& observation) {
  json = Json{{"job", observation.job},
              {"probe_version", observation.probe_version},
              {"status", name_of(observation.status)},
              {"message", observation.message},
              {"facts", observation.facts},
              {"evidence", to_list(observation.evidence)},
              {"notes", observation.notes},
              {"started", format_time(observation.started)},
              {"finished", format_time(observation.finished)}};
}

void from_json(const Json& json, Observation& observation) {
  from_json(member(json, "job"), observation.job);
  observation.probe_version = text_or(json, "probe_version");
  observation.status = enum_or(json, "status", Status::probe_error);
  observation.message = text_or(json, "message");
  observation.facts = member(json, "facts").is_object() ? json["facts"] : Json::object();
  observation.evidence = list_of<Evidence>(json, "evidence");
  observation.notes = texts_of(json, "notes");
  observation.started = time_of(json, "started");
  observation.finished = time_of(json, "finished");
}

}  // namespace lintel::model
