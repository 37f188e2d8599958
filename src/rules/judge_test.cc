// The judge against small runs made by hand: roll-up, attestations, waivers, derivation, grade and gate.
#include "rules/gate.h"
#include "rules/judge.h"

#include <doctest/doctest.h>

#include "rules/roll_up.h"

using namespace lintel;
using namespace lintel::model;

namespace {

const WallTime kNow = *parse_time("2026-11-21T10:00:00Z");

Json facts_schema() {
  return *parse_json(R"({"type":"object","properties":{
    "open":{"type":"array","items":{"type":"integer"}},"old":{"enum":["yes","no","unknown"],"x-unknown":"unknown"}}})");
}

Clause clause(std::string id, Subject subject, std::vector<CheckUse> checks) {
  Clause made;
  made.id = std::move(id);
  made.subject = subject;
  made.obligation = Obligation::shall;
  made.checks = std::move(checks);
  return made;
}

// One platform "cloud" with one host, one check "c" that old == "no", one clause "1" that uses it.
struct Home {
  Run run;
  Home() {
    run.complete = true;
    Asset cloud;
    cloud.id = "cloud";
    cloud.role = Role::platform;
    cloud.items.push_back({ItemKind::host, "edge", Json::object()});
    run.target.assets.push_back(cloud);
    Check check;
    check.id = "c";
    check.probe = "ports";
    run.facts_schemas["ports"] = facts_schema();
    check.assertions = *parse_json(R"([{"equals":{"path":"old","value":"no"}}])");
    run.checks.push_back(check);
    run.profile.clauses.push_back(clause("1", Subject::platform, {{"c", Obligation::shall}}));
  }
  Home& sees(std::string facts, Status status = Status::ok, std::string item = "edge", std::string asset = "cloud") {
    Job job{asset + "/" + item, "ports", asset, ItemKind::host, item, Json::object(), {"c"}};
    run.jobs.push_back(job);
    Observation observation;
    observation.job = job;
    observation.status = status;
    observation.facts = *parse_json(facts);
    run.observations.push_back(observation);
    return *this;
  }
  Home& asks(std::string id = "1") {
    for (auto& one : run.profile.clauses)
      if (one.id == id) one.attest = Question{"examine", {}, {}, {}, 365};
    return *this;
  }
  Home& attested(Verdict verdict, const char* at = "2026-11-01T00:00:00Z", std::string asset = "", std::string id = "1") {
    Attestation made;
    made.clause = std::move(id);
    made.asset = std::move(asset);
    made.verdict = verdict;
    made.at = *parse_time(at);
    run.attestations.push_back(made);
    return *this;
  }
  Verdicts judge() const { return rules::judge(run, kNow); }
  ClauseVerdict first() const { return judge().clauses[0]; }
};

void check_is(const ClauseVerdict& clause, Verdict verdict, Reason reason) {
  CHECK(name_of(clause.verdict) == name_of(verdict));
  CHECK(name_of(clause.reason) == name_of(reason));
}

}  // namespace

TEST_CASE("roll-up: fail, inconclusive, not_tested, pass; not_applicable is neutral") {
  const Verdict order[] = {Verdict::not_applicable, Verdict::pass, Verdict::not_tested, Verdict::inconclusive, Verdict::fail};
  for (int a = 0; a < 5; ++a)
    for (int b = 0; b < 5; ++b)
      CHECK(rules::roll_up({{order[a], Reason::none}, {order[b], Reason::none}})->verdict == order[std::max(a, b)]);
  CHECK_FALSE(rules::roll_up({}));
}

TEST_CASE("a check on one item") {
  check_is(Home().sees(R"({"old":"no"})").first(), Verdict::pass, Reason::none);
  check_is(Home().sees(R"({"old":"yes"})").first(), Verdict::fail, Reason::fail_assert);
  check_is(Home().sees(R"({"old":"unknown"})").first(), Verdict::inconclusive, Reason::no_fact);
  check_is(Home().sees("{}").first(), Verdict::inconclusive, Reason::no_fact);
}

TEST_CASE("a probe that did not finish: never pass, but what it saw can fail") {
  for (const Status status : {Status::timeout, Status::unreachable, Status::refused, Status::closed, Status::protocol_error,
                              Status::auth_failed, Status::no_privilege, Status::not_declared, Status::interrupted,
                              Status::probe_error}) {
    check_is(Home().sees("{}", status).first(), Verdict::inconclusive, rules::reason_of(status));
    check_is(Home().sees(R"({"old":"no"})", status).first(), Verdict::inconclusive, rules::reason_of(status));
    check_is(Home().sees(R"({"old":"yes"})", status).first(), Verdict::fail, Reason::fail_assert);
  }
  check_is(Home().sees("{}", Status::not_applicable).first(), Verdict::not_tested, Reason::no_evidence);
}

TEST_CASE("the message names the missing fact and the probe's status") {
  Home home;
  home.sees("{}", Status::timeout);
  home.run.observations[0].message = "no answer on port 443";
  CHECK(home.first().assets[0].message == "not known: old; probe ports ended timeout: no answer on port 443");
}

TEST_CASE("nothing to run on") {
  Home home;
  check_is(home.first(), Verdict::not_tested, Reason::no_evidence);
  home.run.checks[0].on_empty = Verdict::not_applicable;
  check_is(home.first(), Verdict::not_applicable, Reason::escape);
}

TEST_CASE("an item with nothing for the check counts for nothing beside one that has") {
  check_is(Home().sees("{}", Status::not_applicable, "a").sees(R"({"old":"no"})", Status::ok, "b").first(), Verdict::pass, Reason::none);
  check_is(Home().sees("{}", Status::not_applicable, "a").sees(R"({"old":"yes"})", Status::ok, "b").first(), Verdict::fail, Reason::fail_assert);
  check_is(Home().sees("{}", Status::not_applicable, "a").sees("{}", Status::timeout, "b").first(), Verdict::inconclusive, Reason::timeout);
  Home home;
  home.sees("{}", Status::not_applicable, "a").sees("{}", Status::not_applicable, "b");
  home.run.checks[0].on_empty = Verdict::not_applicable;
  check_is(home.first(), Verdict::not_applicable, Reason::escape);
}

TEST_CASE("a planned job without observation is not tested") {
  Home home;
  home.sees(R"({"old":"no"})");
  home.run.observations.clear();
  check_is(home.first(), Verdict::not_tested, Reason::not_run);
}

TEST_CASE("one bad item of two fails the clause") {
  check_is(Home().sees(R"({"old":"no"})", Status::ok, "a").sees(R"({"old":"yes"})", Status::ok, "b").first(), Verdict::fail,
           Reason::fail_assert);
}

TEST_CASE("checks that can't be compiled or are gone are inconclusive, never pass") {
  Home home;
  home.sees(R"({"old":"no"})");
  home.run.checks[0].assertions = *parse_json(R"([{"that":"nonsense ==","title":{"zh":"a","en":"a"}}])");
  check_is(home.first(), Verdict::inconclusive, Reason::probe_error);
  home.run.checks[0].assertions = Json::array();
  check_is(home.first(), Verdict::inconclusive, Reason::probe_error);
  home.run.checks[0].probe = "unheard-of";
  check_is(home.first(), Verdict::inconclusive, Reason::probe_error);
  home.run.checks.clear();
  check_is(home.first(), Verdict::inconclusive, Reason::probe_error);
}

TEST_CASE("what stays open although the probe ended well says what was seen") {
  Home home;
  home.sees(R"({"open":[80]})");
  home.run.checks[0].assertions = *parse_json(R"([{"that":"size(open) > 1 || unknown","title":{"zh":"a","en":"a"}}])");
  check_is(home.first(), Verdict::inconclusive, Reason::no_fact);
  CHECK(home.first().assets[0].checks[0].instances[0].message == "not enough to decide: open = [80]; probe ports ended ok");
}

TEST_CASE("a check is read by the schemas that the run carries") {
  Home home;
  home.sees(R"({"old":"no"})");
  check_is(home.first(), Verdict::pass, Reason::none);
  home.run.facts_schemas["ports"] = *parse_json(R"({"type":"object","additionalProperties":false,"properties":{"ancient":{"type":"boolean"}}})");
  check_is(home.first(), Verdict::inconclusive, Reason::probe_error);
  home.run.facts_schemas["ports"] = *parse_json(R"({"type":"object","properties":{"old":{"$ref":"#/properties/old"}}})");
  CHECK(home.judge().clauses.size() == 1);
  home.run.facts_schemas.clear();
  check_is(home.first(), Verdict::inconclusive, Reason::probe_error);
  CHECK(home.first().assets[0].checks[0].instances[0].message == "the run does not say what facts the probe ports gives; an older lintel wrote it: scan again");
}

TEST_CASE("a clause with a question needs the answer too") {
  const auto good = [] { return Home().sees(R"({"old":"no"})").asks(); };
  check_is(good().first(), Verdict::not_tested, Reason::manual_pending);
  check_is(good().attested(Verdict::pass).first(), Verdict::pass, Reason::none);
  check_is(good().attested(Verdict::fail).first(), Verdict::fail, Reason::fail_attested);
  check_is(good().attested(Verdict::inconclusive).first(), Verdict::inconclusive, Reason::attested);
  check_is(good().attested(Verdict::not_applicable).first(), Verdict::not_applicable, Reason::attested);
  check_is(good().attested(Verdict::pass, "2025-11-01T00:00:00Z").first(), Verdict::not_tested, Reason::attestation_expired);
  check_is(good().attested(Verdict::pass, "2026-12-01T00:00:00Z").first(), Verdict::not_tested, Reason::manual_pending);
}

TEST_CASE("a question stands in for a check that has nothing to look at, and may be asked only then") {
  check_is(Home().asks().first(), Verdict::not_tested, Reason::manual_pending);
  check_is(Home().asks().attested(Verdict::pass).first(), Verdict::pass, Reason::none);
  const auto only_then = [](Home home) {
    home.asks().run.profile.clauses[0].attest->only_without_items = true;
    return home;
  };
  check_is(only_then(Home()).first(), Verdict::not_tested, Reason::manual_pending);
  check_is(only_then(Home()).attested(Verdict::pass).first(), Verdict::pass, Reason::none);
  check_is(only_then(Home().sees(R"({"old":"no"})")).first(), Verdict::pass, Reason::none);
  check_is(only_then(Home().sees(R"({"old":"no"})")).attested(Verdict::fail).first(), Verdict::fail, Reason::fail_attested);
  check_is(only_then(Home().sees(R"({"old":"no"})")).attested(Verdict::inconclusive).first(), Verdict::inconclusive, Reason::attested);
  check_is(only_then(Home().sees(R"({"old":"no"})")).attested(Verdict::not_applicable).first(), Verdict::pass, Reason::none);
  check_is(only_then(Home().sees("{}")).attested(Verdict::pass).first(), Verdict::inconclusive, Reason::no_fact);
  Home planned;  // a planned job that was not done is no "nothing to look at"
  planned.sees(R"({"old":"no"})").asks().attested(Verdict::pass).run.observations.clear();
  check_is(planned.first(), Verdict::not_tested, Reason::not_run);
}

TEST_CASE("an answer never outweighs a failing or an open check") {
  check_is(Home().sees(R"({"old":"yes"})").asks().attested(Verdict::pass).first(), Verdict::fail, Reason::fail_assert);
  check_is(Home().sees(R"({"old":"yes"})").asks().attested(Verdict::not_applicable).first(), Verdict::fail, Reason::fail_assert);
  check_is(Home().sees("{}").asks().attested(Verdict::pass).first(), Verdict::inconclusive, Reason::no_fact);
  check_is(Home().sees("{}").attested(Verdict::pass).first(), Verdict::inconclusive, Reason::no_fact);
}

TEST_CASE("which attestation counts") {
  auto home = Home().sees(R"({"old":"no"})").asks();
  home.attested(Verdict::fail, "2026-11-02T00:00:00Z").attested(Verdict::pass, "2026-11-01T00:00:00Z", "cloud");
  check_is(home.first(), Verdict::pass, Reason::none);  // the asset's own beats a later general one
  home.attested(Verdict::fail, "2026-11-03T00:00:00Z", "cloud");
  check_is(home.first(), Verdict::fail, Reason::fail_attested);  // the later of two equals
  home.run.attestations.back().valid_until = *parse_time("2026-11-04T00:00:00Z");
  check_is(home.first(), Verdict::pass, Reason::none);
}

TEST_CASE("clauses that bind nobody, and levels") {
  Home home;
  home.run.profile.clauses[0].subject = Subject::app;
  check_is(home.first(), Verdict::not_applicable, Reason::role);
  home.run.target.assets[0].role = Role::device;
  home.run.profile.clauses[0].subject = Subject::device;
  home.run.profile.clauses[0].level = 2;
  check_is(home.first(), Verdict::not_applicable, Reason::level);
}

TEST_CASE("a clause without check, question or source is not tested") {
  Home home;
  home.run.profile.clauses[0].checks.clear();
  check_is(home.first(), Verdict::not_tested, Reason::no_check);
}

TEST_CASE("the should half of a shall clause is listed and does not decide") {
  Home home;
  home.sees(R"({"old":"yes"})");
  home.run.profile.clauses[0].checks[0].obligation = Obligation::should;
  home.asks().attested(Verdict::pass);
  const auto verdict = home.first();
  check_is(verdict, Verdict::pass, Reason::none);
  CHECK(verdict.assets[0].checks[0].verdict == Verdict::fail);
}

TEST_CASE("should clauses never fail the run") {
  Home home;
  home.sees(R"({"old":"yes"})");
  home.run.profile.clauses[0].obligation = Obligation::should;
  home.run.profile.clauses.push_back(clause("2", Subject::platform, {}));
  home.asks("2").attested(Verdict::pass, "2026-11-01T00:00:00Z", "", "2");
  const auto verdicts = home.judge();
  CHECK(verdicts.clauses[0].verdict == Verdict::fail);
  CHECK(verdicts.clauses[0].advisory);
  CHECK(verdicts.gate == Gate::conformant);
}

TEST_CASE("derived clauses follow their sources, through derived ones, on the same asset") {
  Home home;
  home.sees(R"({"old":"yes"})");
  Clause top = clause("B.a", Subject::platform, {}), middle = clause("6.3", Subject::platform, {});
  top.derived_from = {"6.3"};
  middle.derived_from = {"1"};
  home.run.profile.clauses.insert(home.run.profile.clauses.begin(), {top, middle});
  const auto verdicts = home.judge();
  check_is(verdicts.clauses[0], Verdict::fail, Reason::fail_derived);
  CHECK(verdicts.clauses[0].assets[0].decided_by == std::vector<std::string>{"6.3"});
  CHECK(verdicts.clauses[1].assets[0].decided_by == std::vector<std::string>{"1"});

  // A second platform that is fine: the derived clause fails on the first only.
  Asset other = home.run.target.assets[0];
  other.id = "other";
  home.run.target.assets.push_back(other);
  home.sees(R"({"old":"no"})", Status::ok, "edge", "other");
  const auto both = home.judge();
  CHECK(both.clauses[1].assets[0].verdict == Verdict::fail);
  CHECK(both.clauses[1].assets[1].verdict == Verdict::pass);
}

TEST_CASE("a cycle made by hand stays not tested") {
  Home home;
  home.run.profile.clauses[0].checks.clear();
  home.run.profile.clauses[0].derived_from = {"1"};
  check_is(home.first(), Verdict::not_tested, Reason::no_check);
}

TEST_CASE("waivers change the gate and never the verdict") {
  Home home;
  home.sees(R"({"old":"yes"})");
  Clause derived = clause("B.a", Subject::platform, {});
  derived.derived_from = {"1"};
  home.run.profile.clauses.push_back(derived);
  home.run.profile.clauses.push_back(clause("2", Subject::platform, {}));
  home.asks("2").attested(Verdict::pass, "2026-11-01T00:00:00Z", "", "2");
  CHECK(home.judge().gate == Gate::fails);
  Waiver waiver;
  waiver.clause = "1";
  waiver.approved_on = *parse_time("2026-09-01T00:00:00Z");
  waiver.expires = *parse_time("2026-12-31T00:00:00Z");
  home.run.waivers = {waiver};
  auto verdicts = home.judge();
  CHECK(verdicts.clauses[0].verdict == Verdict::fail);
  CHECK(verdicts.clauses[0].waiver);
  CHECK(verdicts.clauses[1].waiver);  // fails only through the waived one
  CHECK(verdicts.gate == Gate::conformant);

  home.run.waivers[0].expires = kNow;
  verdicts = home.judge();
  CHECK(verdicts.clauses[0].waiver_expired);
  CHECK(verdicts.gate == Gate::fails);

  home.run.waivers[0].expires = *parse_time("2026-12-31T00:00:00Z");
  home.run.waivers[0].approved_on = *parse_time("2026-12-01T00:00:00Z");
  CHECK(home.judge().gate == Gate::fails);  // not approved yet
  home.run.waivers[0].approved_on = *parse_time("2026-09-01T00:00:00Z");
  home.run.waivers[0].asset = "elsewhere";
  CHECK(home.judge().gate == Gate::fails);
}

TEST_CASE("what the gate counts is a policy") {
  using rules::decide_gate, rules::FailOn, rules::GatePolicy;
  Home home;
  home.sees(R"({"old":"yes"})");
  const auto verdicts = home.judge();
  const auto gate = [&](const GatePolicy& policy) { return decide_gate(home.run, verdicts, policy); };
  const std::set<std::string> none, first{"1"};
  CHECK(gate({}) == Gate::fails);
  CHECK(gate({FailOn::never, nullptr, nullptr}) == Gate::conformant);
  CHECK(gate({FailOn::shall, &none, &none}) == Gate::conformant);  // known
  CHECK(gate({FailOn::shall, &first, &none}) == Gate::fails);      // new
  home.run.complete = false;
  CHECK(gate({FailOn::never, nullptr, nullptr}) == Gate::interrupted);

  Home good;
  good.sees(R"({"old":"no"})");
  const auto passing = good.judge();
  CHECK(decide_gate(good.run, passing, {FailOn::shall, &first, &first}) == Gate::fails);  // passes, but can't be compared
  auto recommended = passing;
  recommended.clauses[0].assets[0].checks[0].obligation = Obligation::should;
  recommended.clauses[0].assets[0].checks[0].verdict = Verdict::fail;
  CHECK(decide_gate(good.run, recommended) == Gate::conformant);
  CHECK(decide_gate(good.run, recommended, {FailOn::should, nullptr, nullptr}) == Gate::fails);
  CHECK(decide_gate(good.run, recommended, {FailOn::should, &none, &none}) == Gate::conformant);
  recommended.clauses[0].assets[0].checks[0].verdict = Verdict::inconclusive;
  CHECK(decide_gate(good.run, recommended, {FailOn::should, nullptr, nullptr}) == Gate::open);
  auto advisory = verdicts;
  advisory.clauses[0].advisory = true;
  home.run.complete = true;
  CHECK(decide_gate(home.run, advisory) == Gate::nothing_tested);  // nothing but a recommendation
  CHECK(decide_gate(home.run, advisory, {FailOn::should, nullptr, nullptr}) == Gate::fails);
  CHECK(decide_gate(Home().run, Home().judge(), {FailOn::never, nullptr, nullptr}) == Gate::nothing_tested);
}

TEST_CASE("the gate") {
  CHECK(Home().judge().gate == Gate::nothing_tested);                                       // no job, no answer
  CHECK(Home().sees("{}", Status::unreachable).judge().gate == Gate::nothing_tested);       // nobody home
  CHECK(Home().sees("{}", Status::unreachable).asks().attested(Verdict::pass).judge().gate == Gate::nothing_tested);
  CHECK(Home().sees(R"({"old":"no"})").judge().gate == Gate::conformant);
  CHECK(Home().sees(R"({"old":"no"})").asks().judge().gate == Gate::open);
  CHECK(Home().sees("{}").judge().gate == Gate::open);
  CHECK(Home().sees(R"({"old":"yes"})").judge().gate == Gate::fails);
  Home interrupted;
  interrupted.sees(R"({"old":"yes"})").run.complete = false;
  CHECK(interrupted.judge().gate == Gate::interrupted);
}

TEST_CASE("the grade of a device") {
  Home home;
  Asset& lamp = home.run.target.assets[0];
  lamp.role = Role::device;
  lamp.level = 3;
  auto& clauses = home.run.profile.clauses;
  clauses.clear();
  for (int level = 1; level <= 3; ++level) {
    Clause made = clause("8." + std::to_string(level), Subject::device, {});
    made.level = level;
    made.attest = Question{};
    clauses.push_back(made);
  }
  home.attested(Verdict::pass, "2026-11-01T00:00:00Z", "", "8.1").attested(Verdict::pass, "2026-11-01T00:00:00Z", "", "8.2");
  auto grade = home.judge().grades.at(0);
  CHECK(grade.reached == 2);
  CHECK(grade.missing == std::vector<std::string>{"8.3"});
  home.attested(Verdict::fail, "2026-11-02T00:00:00Z", "", "8.1");
  CHECK(home.judge().grades.at(0).reached == 0);
  lamp.level = 1;
  home.attested(Verdict::pass, "2026-11-03T00:00:00Z", "", "8.1");
  grade = home.judge().grades.at(0);
  CHECK(grade.reached == 1);
  CHECK(grade.missing.empty());
}
