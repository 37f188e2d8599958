// A run goes to JSON and back unchanged; names of enumerators go both ways.
#include <doctest/doctest.h>

#include "model/run.h"

using namespace lintel;
using namespace lintel::model;

static Run full_run() {
  Run run;
  run.id = "00112233aabbccdd";
  run.tool_version = "0.1.0";
  run.host = "bench-1";
  run.started = *parse_time("2026-11-21T10:00:00Z");
  run.finished = *parse_time("2026-11-21T10:00:05.250Z");
  run.complete = true;
  run.profile_sha256 = "ab";
  run.target = {"home", {"示例家庭", "Sample home"}, "smart-home", true, {3, std::chrono::milliseconds(20), std::chrono::milliseconds(5000)},
                "a.yaml", "w.yaml", "/bench", {{"lamp", Role::device, 2, {"灯", "Lamp"}, {{ItemKind::service, "edge:8443/tcp", Json{{"port", 8443}}}}}}};
  run.profile.id = "smart-home";
  run.profile.version = "2026.1";
  run.profile.title = {"标题", "Title"};
  run.profile.chapters = {{"7", {"通信", "Communication"}}};
  Clause clause;
  clause.id = "7.e";
  clause.chapter = "7";
  clause.subject = Subject::comm;
  clause.level = 2;
  clause.obligation = Obligation::shall_not;
  clause.by = By::refute;
  clause.text = {"文", "text"};
  clause.references = {{"owasp_iot", {"I7"}}};
  clause.checks = {{"tls.no-ssl", Obligation::should}};
  clause.attest = Question{"test", {"问", "ask"}, {"证", "evidence"}, {"步", "bench"}, 180};
  clause.derived_from = {"7.a"};
  run.profile.clauses = {clause};
  Check check;
  check.id = "tls.no-ssl";
  check.title = {"无", "none"};
  check.probe = "tls";
  check.with = {{"a", 1}};
  check.where = {{"tls", "required"}};
  check.on_empty = Verdict::not_applicable;
  check.reason_empty = {"空", "empty"};
  check.assertions = Json::array({Json{{"that", "true"}}});
  check.remedy = {"改", "fix"};
  check.rows = {{"row", Status::timeout, Json{{"x", 1}}, Json{{"port", 1}}, nullptr, Verdict::inconclusive}};
  run.checks = {check};
  run.facts_schemas["tls"] = {{"type", "object"}};
  Job job{"key", "tls", "lamp", ItemKind::service, "edge:8443/tcp", Json{{"a", 1}}, {"tls.no-ssl"}};
  run.jobs = {job};
  Observation observation;
  observation.job = job;
  observation.probe_version = "1";
  observation.status = Status::timeout;
  observation.message = "late";
  observation.facts = {{"spoken", "yes"}};
  observation.evidence = {{"hello.bin", "application/octet-stream", "ff", 7, {"versions"}}};
  observation.notes = {"odd"};
  observation.started = run.started;
  observation.finished = run.finished;
  run.observations = {observation};
  run.attestations = {{"7.e", "lamp", Verdict::pass, "备注", "Wang", run.started, run.finished, observation.evidence}};
  run.waivers = {{"7.e", "lamp", "reason", "Zhang", run.started, run.finished, "LAB-1"}};
  AssertionResult assertion{Kleene::no, "source", Text{"题", "title"}, Text{"应", "expected"}, Text{"实", "observed"}, {"a.b"},
                            {{"a.b", "a.b", true, Json(5), {"ff"}}, {"c", "", false, nullptr, {}}}};
  Instance instance{"key", "edge:8443/tcp", Verdict::fail, Reason::fail_assert, "why", {assertion}};
  CheckResult result{"tls.no-ssl", Obligation::should, Verdict::fail, Reason::fail_assert, {instance}};
  AssetVerdict on_asset{"lamp", Verdict::fail, Reason::fail_derived, "m", {result}, std::make_shared<const Attestation>(run.attestations[0]), {"7.a"}};
  ClauseVerdict verdict{"7.e", Verdict::fail, Reason::fail_assert, true, run.waivers[0], true, {on_asset}};
  run.verdicts = {run.started, {verdict}, {{"lamp", 2, 1, {"7.e"}}}, {{"fail", 1}}, Gate::fails};
  return run;
}

TEST_CASE("a run goes to JSON and back unchanged") {
  Run run = full_run();
  run.target.file = "home.yaml";
  run.target.assets[0].line = 7;
  run.checks[0].vulnerability = {"CWE-327", "Use of a Broken or Risky Cryptographic Algorithm", {"弱", "weak"}};
  run.profile.clauses[0].attest->vulnerability = {"CWE-1392", "Use of Default Credentials", {"默认", "default"}};
  const Json once = run;
  Run back;
  from_json(once, back);
  CHECK(dump_json(Json(back)) == dump_json(once));
  CHECK(back.verdicts.clauses[0].assets[0].checks[0].instances[0].assertions[0].steps[1].known == false);
  CHECK(back.target.limits.gap == std::chrono::milliseconds(20));
  CHECK(back.profile.clauses[0].attest->valid_for_days == 180);
  CHECK(back.profile.clauses[0].attest->vulnerability->threat.en == "default");
  CHECK(back.target.file == "home.yaml");
  CHECK(back.target.assets[0].line == 7);
  CHECK(back.checks[0].vulnerability->cwe == "CWE-327");
  CHECK(back.checks[0].rows[0].asset.is_null());
}

TEST_CASE("damaged JSON gives defaults that never read as a pass") {
  Run back;
  from_json(*parse_json(R"({"verdicts":{"clauses":[{"verdict":"splendid"}],"gate":7},"observations":[{"status":3}],"complete":"yes"})"), back);
  CHECK(back.verdicts.clauses.at(0).verdict == Verdict::inconclusive);
  CHECK(back.verdicts.gate == Gate::nothing_tested);
  CHECK(back.observations.at(0).status == Status::probe_error);
  CHECK_FALSE(back.complete);
  for (const char* text : {"null", "[]", "3", R"({"target":[],"profile":"x","jobs":{},"checks":[null,3]})"}) {
    Run other;
    from_json(*parse_json(text), other);
    CHECK(other.observations.empty());
  }
}

TEST_CASE("names of enumerators go both ways") {
  CHECK(parse<By>("auto") == By::automatic);
  CHECK(parse<Verdict>("not_applicable") == Verdict::not_applicable);
  CHECK_FALSE(parse<Verdict>("PASS"));
  for (int i = 0; i <= static_cast<int>(Reason::no_check); ++i) {
    const auto reason = static_cast<Reason>(i);
    CHECK(parse<Reason>(name_of(reason)) == reason);
  }
}

TEST_CASE("exit codes") {
  CHECK(exit_code(Gate::conformant, false) == 0);
  CHECK(exit_code(Gate::fails, true) == 1);
  CHECK(exit_code(Gate::open, false) == 3);
  CHECK(exit_code(Gate::open, true) == 0);
  CHECK(exit_code(Gate::nothing_tested, true) == 5);
  CHECK(exit_code(Gate::interrupted, true) == 130);
}

TEST_CASE("which assets a clause binds") {
  CHECK(binds(Subject::comm, Role::gateway));
  CHECK(binds(Subject::id, Role::device));
  CHECK_FALSE(binds(Subject::platform, Role::device));
  CHECK_FALSE(binds(Subject::app, Role::platform));
}
