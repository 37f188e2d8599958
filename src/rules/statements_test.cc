// The customer's statements against what was found: each rule, each contradiction, both directions.
#include "rules/statements.h"

#include <doctest/doctest.h>

#include "rules/judge.h"

using namespace lintel;
using namespace lintel::model;

namespace {

const WallTime kNow = *parse_time("2026-11-21T10:00:00Z");

Json facts_schema() {
  return *parse_json(R"({"type":"object","properties":{"old":{"enum":["yes","no","unknown"],"x-unknown":"unknown"}}})");
}

// A platform "cloud" with clause "1": check "c" wants old == "no".
struct Home {
  Run run;
  explicit Home(const char* old, Obligation obligation = Obligation::shall) {
    run.complete = true;
    run.target.assets.push_back({"cloud", Role::platform, 1, {}, {{ItemKind::host, "edge", Json::object()}}});
    Check check;
    check.id = "c";
    check.probe = "ports";
    run.facts_schemas["ports"] = facts_schema();
    check.assertions = *parse_json(R"([{"equals":{"path":"old","value":"no"}}])");
    run.checks.push_back(check);
    Clause clause;
    clause.id = "1";
    clause.subject = Subject::platform;
    clause.obligation = obligation;
    clause.checks = {{"c", Obligation::shall}};
    run.profile.clauses.push_back(clause);
    if (*old == 0) return;
    const Job job{"k", "ports", "cloud", ItemKind::host, "edge", Json::object(), {"c"}};
    run.jobs.push_back(job);
    Observation seen;
    seen.job = job;
    seen.facts = Json{{"old", old}};
    run.observations.push_back(seen);
  }
  Home& says(Support support, std::string asset = "") {
    if (!run.ics) run.ics.emplace();
    run.ics->rows.push_back({"1", std::move(asset), support, "the detail", "the reason"});
    return *this;
  }
  Home& serves(bool implemented, std::string asset = "", std::string clause = "1") {
    if (!run.ixit) run.ixit.emplace();
    if (run.ixit->tables.empty()) run.ixit->tables.push_back({"Mech", {}, "", {}});
    auto& rows = run.ixit->tables[0].rows;
    rows.push_back({"Mech-" + std::to_string(rows.size() + 1), std::move(asset), {std::move(clause)}, implemented, {}});
    return *this;
  }
  Home& attested(Verdict verdict) {
    run.profile.clauses[0].attest = Question{"examine", {}, {}, {}, 365};
    run.attestations.push_back({"1", "", verdict, "seen", "Li", kNow - std::chrono::days(1), std::nullopt, {}});
    return *this;
  }
  Verdicts judge() const { return rules::judge(run, kNow); }
};

void check_is(const Verdicts& verdicts, Verdict verdict, Reason reason, const std::vector<ContradictionKind>& kinds) {
  CHECK(name_of(verdicts.clauses[0].verdict) == name_of(verdict));
  CHECK(name_of(verdicts.clauses[0].reason) == name_of(reason));
  REQUIRE(verdicts.contradictions.size() == kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) CHECK(name_of(verdicts.contradictions[i].kind) == name_of(kinds[i]));
}

}  // namespace

TEST_CASE("supported: only a failure contradicts it, and the verdict stands") {
  check_is(Home("no").says(Support::yes).judge(), Verdict::pass, Reason::none, {});
  check_is(Home("unknown").says(Support::yes).judge(), Verdict::inconclusive, Reason::no_fact, {});
  check_is(Home("").says(Support::yes).judge(), Verdict::not_tested, Reason::no_evidence, {});
  const Verdicts verdicts = Home("yes").says(Support::yes).judge();
  check_is(verdicts, Verdict::fail, Reason::fail_assert, {ContradictionKind::supported_fails});
  const Contradiction& found = verdicts.contradictions[0];
  CHECK(found.clause == "1");
  CHECK(found.asset == "cloud");
  CHECK(found.support == Support::yes);
  CHECK(found.statement == "the detail");
  CHECK(found.observed == Verdict::fail);
  CHECK(found.checks == std::vector<std::string>{"c"});
}

TEST_CASE("supported, and the assessor found it not met") {
  const Verdicts verdicts = Home("no").attested(Verdict::fail).says(Support::yes).judge();
  check_is(verdicts, Verdict::fail, Reason::fail_attested, {ContradictionKind::supported_fails});
  CHECK(verdicts.contradictions[0].checks.empty());
}

TEST_CASE("not supported: a shall-clause fails for that reason; a measured failure keeps its own") {
  check_is(Home("unknown").says(Support::no).judge(), Verdict::fail, Reason::ics, {});
  check_is(Home("").says(Support::no).judge(), Verdict::fail, Reason::ics, {});
  check_is(Home("no").says(Support::no).judge(), Verdict::fail, Reason::ics, {ContradictionKind::unsupported_passes});
  check_is(Home("yes").says(Support::no).judge(), Verdict::fail, Reason::fail_assert, {});
  check_is(Home("no").attested(Verdict::pass).says(Support::no).judge(), Verdict::fail, Reason::ics, {ContradictionKind::unsupported_passes});
  CHECK(Home("").says(Support::no).judge().clauses[0].assets[0].message == "the detail");
  CHECK(Home("").says(Support::no).judge().gate == Gate::fails);
}

TEST_CASE("not supported: a recommendation's verdict stands, and so does what does not apply") {
  check_is(Home("unknown", Obligation::should).says(Support::no).judge(), Verdict::inconclusive, Reason::no_fact, {});
  check_is(Home("no", Obligation::may).says(Support::no).judge(), Verdict::pass, Reason::none, {ContradictionKind::unsupported_passes});
  check_is(Home("", Obligation::shall).attested(Verdict::not_applicable).says(Support::no).judge(), Verdict::not_applicable, Reason::attested, {});
}

TEST_CASE("said not to apply: never decides, and contradicts what was looked at") {
  check_is(Home("").says(Support::not_applicable).judge(), Verdict::not_tested, Reason::no_evidence, {});
  check_is(Home("unknown").says(Support::not_applicable).judge(), Verdict::inconclusive, Reason::no_fact, {});
  for (const char* seen : {"no", "yes"}) {
    const Verdicts verdicts = Home(seen).says(Support::not_applicable).judge();
    check_is(verdicts, *seen == 'n' ? Verdict::pass : Verdict::fail, *seen == 'n' ? Reason::none : Reason::fail_assert,
             {ContradictionKind::not_applicable_seen});
    CHECK(verdicts.contradictions[0].statement == "the reason");
  }
  check_is(Home("").attested(Verdict::pass).says(Support::not_applicable).judge(), Verdict::pass, Reason::none, {ContradictionKind::not_applicable_seen});
  check_is(Home("").attested(Verdict::not_applicable).says(Support::not_applicable).judge(), Verdict::not_applicable, Reason::attested, {});
}

TEST_CASE("ICS and IXIT that disagree are a finding about documents, the verdict stands") {
  for (const char* seen : {"no", "unknown", ""}) {
    const Verdict without = Home(seen).says(Support::yes).judge().clauses[0].verdict;
    CHECK(Home(seen).says(Support::yes).serves(true).judge().contradictions.empty());
    CHECK(Home(seen).says(Support::yes).serves(false).serves(true).judge().contradictions.empty());
    const Verdicts verdicts = Home(seen).says(Support::yes).serves(false).judge();
    CHECK(verdicts.clauses[0].verdict == without);
    REQUIRE(verdicts.contradictions.size() == 1);
    CHECK(verdicts.contradictions[0].kind == ContradictionKind::ixit_disagrees);
    CHECK(verdicts.contradictions[0].ixit == std::vector<std::string>{"Mech/Mech-1"});
  }
  check_is(Home("").says(Support::no).serves(true).judge(), Verdict::fail, Reason::ics, {ContradictionKind::ixit_disagrees});
  check_is(Home("").says(Support::no).serves(false).judge(), Verdict::fail, Reason::ics, {});
  check_is(Home("").says(Support::not_applicable).serves(true).judge(), Verdict::not_tested, Reason::no_evidence, {ContradictionKind::ixit_disagrees});
  check_is(Home("").says(Support::no).serves(true, "another").judge(), Verdict::fail, Reason::ics, {});
  check_is(Home("").says(Support::no).serves(true, "", "2").judge(), Verdict::fail, Reason::ics, {});
}

TEST_CASE("an asset's own row counts before the general one, whatever their order") {
  check_is(Home("").says(Support::no).says(Support::yes, "cloud").judge(), Verdict::not_tested, Reason::no_evidence, {});
  check_is(Home("").says(Support::yes, "cloud").says(Support::no).judge(), Verdict::not_tested, Reason::no_evidence, {});
  check_is(Home("").says(Support::no).says(Support::open, "cloud").judge(), Verdict::not_tested, Reason::no_evidence, {});
  check_is(Home("").says(Support::no, "another").judge(), Verdict::not_tested, Reason::no_evidence, {});
}

TEST_CASE("whatever is stated, no verdict becomes better") {
  const auto rank = [](Verdict verdict) { return verdict == Verdict::pass ? 0 : verdict == Verdict::not_applicable ? 0 : verdict == Verdict::fail ? 2 : 1; };
  for (const char* seen : {"no", "yes", "unknown", ""})
    for (const Verdict answer : {Verdict::pass, Verdict::fail, Verdict::inconclusive, Verdict::not_applicable, Verdict::not_tested})
      for (const Support support : {Support::open, Support::yes, Support::no, Support::not_applicable}) {
        Home home(seen);
        if (answer != Verdict::not_tested) home.attested(answer);
        const Verdict before = home.judge().clauses[0].verdict;
        CHECK(rank(home.says(support).judge().clauses[0].verdict) >= rank(before));
      }
}

TEST_CASE("without an ICS, and with an empty one, verdicts are the same bytes") {
  Home home("yes");
  const std::string without = dump_json(Json(home.judge()));
  CHECK(without.find("contradictions") == std::string::npos);
  home.run.ics.emplace();
  CHECK(dump_json(Json(home.judge())) == without);
  home.run.ics.reset();
  home.serves(true);
  CHECK(dump_json(Json(home.judge())) == without);
}

TEST_CASE("ICS, IXIT and contradictions survive JSON") {
  Home home("yes");
  home.says(Support::yes, "cloud").says(Support::not_applicable).serves(false, "cloud");
  home.run.ics->supplied_by = "Lamps Ltd.";
  home.run.ics->source = {"ics.yaml", "application/yaml", "ab", 7, {}, true};
  home.run.ixit->tables[0].rows[0].values = {{"机制", "口令"}};
  home.run.verdicts = home.judge();
  CHECK(home.run.verdicts.contradictions.size() == 2);
  Run again;
  from_json(Json(home.run), again);
  CHECK(dump_json(Json(again)) == dump_json(Json(home.run)));
  CHECK(dump_json(Json(rules::judge(again, kNow))) == dump_json(Json(home.run.verdicts)));
}
