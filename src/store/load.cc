// Reading side of the run file.
#include <map>
#include <set>

#include "data/json.h"
#include "store/format.h"
#include "store/pack.h"
#include "store/run_file.h"

namespace lintel::store {
namespace {

constexpr int kRowCap = 1'000'000;  // of one table

// The struct in a JSON value. nlohmann may throw where a hostile file has another shape than we write.
template <class Value>
Result<Value> value_of(const Json& json, std::string_view what) {
  try {
    return json.get<Value>();
  } catch (const Json::exception&) {
    return fail(ErrorCode::invalid_input, "the {} in it is damaged", what);
  }
}

template <class Value>
Result<Value> read_document(Database& database, std::string_view name, Budget& budget) {
  Statement row = TRY(database.prepare("SELECT size, data FROM document WHERE name = ?"));
  if (!TRY(row.bind(1, name).step())) return fail(ErrorCode::invalid_input, "it has no {}", name);
  auto json = unpack(row, 0, kDocumentCapBytes, budget);
  if (!json) return add_context(json.error(), name);
  return value_of<Value>(*json, name);
}

// nullopt when the run has none.
template <class Value>
Result<std::optional<Value>> read_optional(Database& database, std::string_view name, Budget& budget) {
  Statement row = TRY(database.prepare("SELECT 1 FROM document WHERE name = ?"));
  if (!TRY(row.bind(1, name).step())) return std::optional<Value>();
  row.reset();
  return std::optional<Value>(TRY(read_document<Value>(database, name, budget)));
}

template <class Item>
Result<std::vector<Item>> read_list(Database& database, const std::string& table, Budget& budget) {
  std::vector<Item> items;
  Statement row = TRY(database.prepare("SELECT data FROM " + table + " ORDER BY position LIMIT " + std::to_string(kRowCap)));
  while (TRY(row.step())) {
    const std::string_view text = row.text(0);
    if (text.size() > budget.bytes) return fail(ErrorCode::limit, "it is larger than the {} bytes allowed", kRunCapBytes);
    budget.bytes -= text.size();
    const Json json = TRY(parse_json(text));
    items.push_back(TRY(value_of<Item>(json, table)));
  }
  return items;
}

Result<std::vector<model::Job>> read_jobs(Database& database, Budget& budget) {
  std::vector<model::Job> jobs;
  Statement row = TRY(database.prepare("SELECT key, probe, asset, kind, item, params, checks FROM job ORDER BY position LIMIT " + std::to_string(kRowCap)));
  while (TRY(row.step())) {
    std::size_t size = 0;
    for (int column = 0; column < 7; ++column) size += row.text(column).size();
    if (size > budget.bytes) return fail(ErrorCode::limit, "it is larger than the {} bytes allowed", kRunCapBytes);
    budget.bytes -= size;
    model::Job& job = jobs.emplace_back();
    job.key = row.text(0);
    job.probe = row.text(1);
    job.asset = row.text(2);
    const auto kind = model::parse<model::ItemKind>(row.text(3));
    if (!kind) return fail(ErrorCode::invalid_input, "job {} in it has an unknown kind", job.key.substr(0, 64));
    job.kind = *kind;
    job.item = row.text(4);
    job.params = TRY(parse_json(row.text(5)));
    const Json checks = TRY(parse_json(row.text(6)));
    job.checks = TRY(value_of<std::vector<std::string>>(checks, "job"));
  }
  return jobs;
}

Result<std::vector<model::Observation>> read_observations(Database& database, Budget& budget) {
  std::vector<model::Observation> observations;
  // In the order of the plan, whatever the order of finishing: the same run gives the same report.
  Statement row = TRY(database.prepare("SELECT o.job, o.size, o.data FROM observation o JOIN job j ON j.key = o.job ORDER BY j.position LIMIT " + std::to_string(kRowCap)));
  while (TRY(row.step())) {
    const std::string job(row.text(0));
    auto json = unpack(row, 1, kObservationCapBytes, budget);
    if (!json) return add_context(json.error(), "observation of job " + job);
    observations.push_back(TRY(value_of<model::Observation>(*json, "observation")));
    if (observations.back().job.key != job) return fail(ErrorCode::invalid_input, "observation of job {} belongs to another job", job);
  }
  return observations;
}

Result<model::Verdicts> read_verdicts(Database& database, Budget& budget) {
  Statement judged = TRY(database.prepare("SELECT 1 FROM document WHERE name = 'judgement'"));
  if (!TRY(judged.step())) return model::Verdicts();  // not judged yet
  judged.reset();
  Json json = TRY(read_document<Json>(database, "judgement", budget));
  if (!json.is_object()) return fail(ErrorCode::invalid_input, "the judgement in it is damaged");
  Json clauses = Json::array();
  Statement row = TRY(database.prepare("SELECT size, data, clause, verdict, reason FROM verdict ORDER BY position LIMIT " + std::to_string(kRowCap)));
  while (TRY(row.step())) {
    clauses.push_back(TRY(unpack(row, 0, kDocumentCapBytes, budget)));
    // Others read the columns, so they have to say the same.
    const std::pair<const char*, int> columns[] = {{"clause", 2}, {"verdict", 3}, {"reason", 4}};
    for (const auto& [name, column] : columns)
      if (text_or(clauses.back(), name) != row.text(column))
        return fail(ErrorCode::invalid_input, "the verdict of {}: its {} reads '{}' beside the record, and '{}' in it; the file was changed or is damaged", row.text(2), name,
                    row.text(column), text_or(clauses.back(), name));
  }
  json["clauses"] = std::move(clauses);
  return value_of<model::Verdicts>(json, "judgement");
}

Result<std::string> read_meta(Database& database, std::string_view key) {
  Statement row = TRY(database.prepare("SELECT value FROM meta WHERE key = ?"));
  if (!TRY(row.bind(1, key).step())) return std::string();
  return std::string(row.text(0));
}

Result<WallTime> read_time(Database& database, std::string_view key) {
  const std::string text = TRY(read_meta(database, key));
  if (text.empty()) return WallTime();
  const auto time = parse_time(text);
  if (!time) return fail(ErrorCode::invalid_input, "its time '{}' is damaged", key);
  return *time;
}

Result<model::Run> read_run(Database& database) {
  Budget budget{kRunCapBytes};
  model::Run run;
  run.id = TRY(read_meta(database, "id"));
  run.tool_version = TRY(read_meta(database, "tool_version"));
  run.host = TRY(read_meta(database, "host"));
  run.started = TRY(read_time(database, "started"));
  run.finished = TRY(read_time(database, "finished"));
  run.complete = TRY(read_meta(database, "complete")) == "1";
  run.profile_sha256 = TRY(read_meta(database, "profile_sha256"));
  run.target = TRY(read_document<model::Target>(database, "target", budget));
  run.profile = TRY(read_document<model::Profile>(database, "profile", budget));
  run.checks = TRY(read_document<std::vector<model::Check>>(database, "checks", budget));
  // Files of before there were any are read; judging says what is missing.
  if (auto schemas = TRY(read_optional<std::map<std::string, Json, std::less<>>>(database, "facts_schemas", budget))) run.facts_schemas = *std::move(schemas);
  run.ics = TRY(read_optional<model::Ics>(database, "ics", budget));
  run.ixit = TRY(read_optional<model::Ixit>(database, "ixit", budget));
  run.lab = TRY(read_optional<model::Lab>(database, "lab", budget));
  run.jobs = TRY(read_jobs(database, budget));
  run.observations = TRY(read_observations(database, budget));
  run.attestations = TRY(read_list<model::Attestation>(database, "attestation", budget));
  run.waivers = TRY(read_list<model::Waiver>(database, "waiver", budget));
  run.verdicts = TRY(read_verdicts(database, budget));
  return run;
}

// SHA-256 of all that observations, attestations, the customer's and the laboratory's documents refer to.
Result<std::set<std::string>> referenced(Database& database) {
  Budget budget{kRunCapBytes};
  std::set<std::string> wanted;
  for (const auto& observation : TRY(read_observations(database, budget)))
    for (const auto& evidence : observation.evidence) wanted.insert(evidence.sha256);
  for (const auto& attestation : TRY(read_list<model::Attestation>(database, "attestation", budget)))
    for (const auto& evidence : attestation.evidence) wanted.insert(evidence.sha256);
  if (const auto ics = TRY(read_optional<model::Ics>(database, "ics", budget))) wanted.insert(ics->source.sha256);
  if (const auto ixit = TRY(read_optional<model::Ixit>(database, "ixit", budget))) wanted.insert(ixit->source.sha256);
  if (const auto lab = TRY(read_optional<model::Lab>(database, "lab", budget))) {
    wanted.insert(lab->source.sha256);
    for (const model::Evidence* picture : model::pictures(*lab)) wanted.insert(picture->sha256);
  }
  return wanted;
}

}  // namespace

Result<model::Run> RunFile::load() {
  auto run = read_run(database_);
  if (!run) return named(run.error());
  return run;
}

Result<std::vector<model::Job>> RunFile::load_jobs() {
  Budget budget{kRunCapBytes};
  return read_jobs(database_, budget);
}

Result<std::map<std::int64_t, std::string>> RunFile::verdict_clauses() {
  std::map<std::int64_t, std::string> clauses;
  Statement row = TRY(database_.prepare("SELECT position, clause FROM verdict LIMIT " + std::to_string(kRowCap)));
  while (TRY(row.step())) clauses[row.number(0)] = row.text(1);
  return clauses;
}

Result<Bytes> RunFile::read_evidence(const std::string& sha256) {
  const auto read = [&]() -> Result<Bytes> {
    Statement row = TRY(database_.prepare("SELECT size, data FROM blob WHERE sha256 = ?"));
    if (!TRY(row.bind(1, sha256).step())) return fail(ErrorCode::not_found, "not in the file");
    Bytes bytes = TRY(unpack_bytes(row, 0, kBlobCapBytes));
    if (sha256_hex(bytes) != sha256) return fail(ErrorCode::invalid_input, "its content has another SHA-256; the file was changed or is damaged");
    return bytes;
  };
  auto bytes = read();
  if (!bytes) return named(Error{bytes.error().code, "evidence " + sha256 + ": " + bytes.error().message});
  return bytes;
}

Result<void> RunFile::drop_orphans() {
  const std::set<std::string> wanted = TRY(referenced(database_));
  std::vector<std::string> orphans;
  Statement row = TRY(database_.prepare("SELECT sha256 FROM blob"));
  while (TRY(row.step()))
    if (!wanted.contains(std::string(row.text(0)))) orphans.emplace_back(row.text(0));
  Statement remove = TRY(database_.prepare("DELETE FROM blob WHERE sha256 = ?"));
  for (const std::string& sha256 : orphans) TRY(remove.bind(1, sha256).run());
  return {};
}

}  // namespace lintel::store
