// Planning: which jobs a target, a profile and checks give.
#include "scan/plan.h"

#include <doctest/doctest.h>

#include "data/json.h"

namespace lintel::scan {
namespace {

using model::ItemKind;
using model::Subject;

constexpr std::string_view kAny = R"({"type": "object"})";
constexpr std::string_view kParams = R"({"type": "object", "additionalProperties": false,
  "properties": {"count": {"type": "integer", "minimum": 1, "default": 5}}})";
const probe::Probe kHost{"", "", "1", ItemKind::host};
const probe::Probe kService{"", "", "1", ItemKind::service};
const probe::RegisteredProbe kProbes[] = {{"host", &kHost, kAny, kParams}, {"service", &kService, kAny, kParams}};

const probe::RegisteredProbe* lookup(std::string_view name) {
  for (const auto& entry : kProbes)
    if (entry.name == name) return &entry;
  return nullptr;
}

model::Check make_check(std::string id, std::string probe, Json with = Json::object(), Json where = Json::object()) {
  model::Check check;
  check.id = std::move(id);
  check.probe = std::move(probe);
  check.with = std::move(with);
  check.where = std::move(where);
  return check;
}

model::Clause make_clause(Subject subject, std::vector<std::string> checks, int level = 1) {
  model::Clause clause;
  clause.id = "c";
  clause.subject = subject;
  clause.level = level;
  for (std::string& check : checks) clause.checks.push_back({std::move(check)});
  return clause;
}

model::Target make_target() {
  model::Target target;
  const Json edge{{"address", "192.0.2.1"}};
  const auto service = [](int port, const char* tls) {
    return model::Item{ItemKind::service, "s" + std::to_string(port), Json{{"address", "192.0.2.1"}, {"port", port}, {"tls", tls}}};
  };
  target.assets.push_back({"cloud", model::Role::platform, 1, {}, {{ItemKind::host, "edge", edge}, service(443, "required"), service(80, "none")}});
  target.assets.push_back({"lamp", model::Role::device, 2, {}, {{ItemKind::host, "edge", edge}, service(443, "required")}});
  target.assets.push_back({"app", model::Role::app, 1, {}, {}});
  return target;
}

std::vector<std::string> words(const std::vector<model::Job>& jobs) {
  std::vector<std::string> all;
  for (const model::Job& job : jobs) {
    std::string line = job.asset + " " + job.item + " " + job.probe + " " + dump_json(job.params);
    for (const std::string& check : job.checks) line += " " + check;
    all.push_back(line);
  }
  return all;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("jobs are what clauses ask for, each once") {
  struct Row {
    const char* name;
    std::vector<model::Check> checks;
    std::vector<model::Clause> clauses;
    Lines jobs;
  };
  const Row rows[] = {
      {"no clause, no job", {make_check("a", "host")}, {}, {}},
      {"the role decides", {make_check("a", "host")}, {make_clause(Subject::platform, {"a"})}, {R"(cloud edge host {"count":5} a)"}},
      {"comm binds both",
       {make_check("a", "host")},
       {make_clause(Subject::comm, {"a"})},
       {R"(cloud edge host {"count":5} a)", R"(lamp edge host {"count":5} a)"}},
      {"a level that the device claims", {make_check("a", "host")}, {make_clause(Subject::device, {"a"}, 2)}, {R"(lamp edge host {"count":5} a)"}},
      {"a level that it does not", {make_check("a", "host")}, {make_clause(Subject::device, {"a"}, 3)}, {}},
      {"checks of equal parameters share",
       {make_check("a", "host"), make_check("b", "host", Json{{"count", 5}}), make_check("c", "host", Json{{"count", 6}})},
       {make_clause(Subject::platform, {"a", "b", "c", "a"})},
       {R"(cloud edge host {"count":5} a b)", R"(cloud edge host {"count":6} c)"}},
      {"where picks items",
       {make_check("a", "service", Json::object(), Json{{"tls", "required"}}), make_check("b", "service", Json::object(), Json{{"port", "443"}}),
        make_check("c", "service", Json::object(), Json{{"other", nullptr}})},
       {make_clause(Subject::platform, {"a", "b", "c"})},
       {R"(cloud s443 service {"count":5} a)"}},
      {"an asset without items", {make_check("a", "host")}, {make_clause(Subject::app, {"a"})}, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto checks = row.checks;
    REQUIRE(complete_parameters(checks, lookup).has_value());
    model::Profile profile;
    profile.clauses = row.clauses;
    const auto jobs = plan(make_target(), profile, checks, lookup);
    REQUIRE(jobs.has_value());
    CHECK(words(*jobs) == row.jobs);
  }
}

TEST_CASE("where an object stands, its members are what counts") {
  model::Item item;
  item.data = Json{{"id", "web"}, {"session", {{"cookie", "SID"}, {"other", 1}}}};
  for (const Json& where : {Json::object(), Json{{"session", Json::object()}}, Json{{"session", {{"cookie", "SID"}}}}}) CHECK(matches(where, item));
  for (const Json& where : {Json{{"sessions", Json::object()}}, Json{{"id", Json::object()}}, Json{{"session", {{"cookie", "X"}}}}, Json{{"session", "SID"}}})
    CHECK_FALSE(matches(where, item));
  item.data = *parse_json(R"({"calls": [{"id": "a"}, {"id": "b", "sign": {"header": "X"}}]})");
  for (const char* where : {R"({"calls": [{"sign": {}}]})", R"({"calls": [{"sign": {}}, {"id": "a"}]})", R"({"calls": []})"}) CHECK(matches(*parse_json(where), item));
  for (const char* where : {R"({"calls": [{"id": "a", "sign": {}}]})", R"({"calls": {}})", R"({"flows": [{}]})", R"({"calls": [{"sign": {}}, {"id": "c"}]})"})
    CHECK_FALSE(matches(*parse_json(where), item));
  item.data = "text";
  CHECK_FALSE(matches(Json{{"session", Json::object()}}, item));
}

TEST_CASE("a key stays while probe, item and parameters stay") {
  const model::Item item{ItemKind::host, "edge", Json{{"address", "192.0.2.1"}}};
  const model::Job job{"", "ports", "cloud", ItemKind::host, "edge", Json{{"range", "1-9"}}, {"a"}};
  const std::string key = job_key(job, item);
  CHECK(key == "8031fc91a1398c4f32fb6da24d5f0c84a2b23e7ea0f37721b4eeaf745fe3d698");
  model::Job more_checks = job;
  more_checks.checks = {"a", "b"};
  CHECK(job_key(more_checks, item) == key);
  model::Item moved = item;
  moved.data["address"] = "192.0.2.2";
  CHECK(job_key(job, moved) != key);
  model::Job other = job;
  other.params["range"] = "1-10";
  CHECK(job_key(other, item) != key);
}

TEST_CASE("what does not fit is named") {
  const auto error = [](model::Check check) {
    std::vector<model::Check> checks = {std::move(check)};
    const auto done = complete_parameters(checks, lookup);
    return done ? "" : done.error().message;
  };
  CHECK(error(make_check("a.b", "telnet")) == "check a.b: no probe 'telnet'");
  CHECK(error(make_check("a.b", "host", Json{{"count", 0}})).find("check a.b: with/count: ") == 0);
  CHECK(error(make_check("a.b", "host", Json{{"cuont", 1}})).find("check a.b: with/cuont: ") == 0);
  model::Profile profile;
  profile.clauses = {make_clause(Subject::platform, {"gone"})};
  const auto jobs = plan(make_target(), profile, {}, lookup);
  REQUIRE(!jobs.has_value());
  CHECK(jobs.error().message == "clause c: no check 'gone'");
}

}  // namespace lintel::scan
