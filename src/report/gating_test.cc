// What JUnit and SARIF show red is what the exit code counts.
#include "report/gating.h"

#include <doctest/doctest.h>

#include "data/json.h"
#include "report/fixture_test.h"
#include "report/formats.h"

using namespace lintel;
using namespace lintel::report;

namespace {

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// JUnit's failures and errors, SARIF's errors and suppressions.
struct Shown {
  std::size_t failures = 0, errors = 0, red = 0, suppressed = 0;
};
Shown shown(const model::Run& run, const Gating& gating) {
  FormatOptions options;
  options.gating = gating;
  const std::string junit = render(find_format("junit")->write, run, no_evidence, options).value();
  Shown found{occurrences(junit, "<failure "), occurrences(junit, "<error "), 0, 0};
  CHECK(junit.find("failures=\"" + std::to_string(found.failures) + "\" errors=\"" + std::to_string(found.errors) + "\"") != std::string::npos);
  const Json sarif = parse_json(render(find_format("sarif")->write, run, no_evidence, options).value()).value();
  for (const Json& result : sarif["runs"][0]["results"]) {
    found.red += result["level"] == "error" && result["suppressions"].empty() ? 1u : 0u;
    found.suppressed += result["suppressions"].empty() ? 0u : 1u;
  }
  return found;
}

// 7.e fails by a recommendation too: the should-check of the passing lamp clause, and a should clause that fails.
model::Run with_recommendations() {
  model::Run run = fixture::home();
  for (auto& clause : run.verdicts.clauses) {
    if (clause.clause == "6.1.5.e") {
      clause.verdict = clause.assets[0].verdict = model::Verdict::fail;
      clause.reason = clause.assets[0].reason = model::Reason::fail_attested;
    }
    if (clause.clause == "8.1.2.c")
      clause.assets[0].checks.push_back({"tls.modern", model::Obligation::should, model::Verdict::fail, model::Reason::fail_assert, {}});
  }
  return run;
}

}  // namespace

TEST_CASE("gating: recommendations are red under --fail-on should and only there") {
  const model::Run run = with_recommendations();
  const Shown shall = shown(run, {}), should = shown(run, {.recommendations = true});
  CHECK(shall.failures == 3);  // 6.2.3, 7.e, A.1; 6.1.4.a is waived
  CHECK(shall.red == 3);
  CHECK(shall.suppressed == 1);
  CHECK(should.failures == 5);
  CHECK(should.red == 5);
  CHECK(should.suppressed == 1);
}

TEST_CASE("gating: nothing is red under --fail-on never, and nothing open with --allow-open") {
  const model::Run run = with_recommendations();
  const Shown never = shown(run, {.nothing = true});
  CHECK(never.failures + never.errors + never.red == 0);
  CHECK(never.suppressed == 1);
  CHECK(shown(run, {}).errors > 0);
  CHECK(shown(run, {.open_is_fine = true}).errors == 0);
  CHECK(shown(run, {.open_is_fine = true}).failures == 3);
}

TEST_CASE("gating: against a baseline only what is worse or can't be compared is red") {
  Gating gating;
  gating.worse = std::set<std::string>{"7.e"};
  const Shown worse = shown(fixture::home(), gating);
  CHECK(worse.failures == 1);
  CHECK(worse.red == 1);
  CHECK(worse.suppressed == 3);  // the waived one, and 6.2.3 and A.1, which are known
  gating.incomparable = {"8.1.2.c"};
  gating.worse->insert("8.1.2.c");
  CHECK(shown(fixture::home(), gating).failures == 3);  // a pass on the lamp, the bridge without evidence: what it is worth nobody can say
}

TEST_CASE("gating: every asset that a waiver lifts is lifted, and so is what rests on it") {
  model::Run run = fixture::home();
  const auto waive = [&](const char* asset) {
    return model::Waiver{"A.1", asset, "fixed in 2.5", "Zhao", fixture::time("2026-01-01T00:00:00Z"), fixture::time("2027-01-01T00:00:00Z"), ""};
  };
  run.waivers = {waive("lamp"), waive("bridge")};
  for (auto& clause : run.verdicts.clauses) {
    if (clause.clause == "A.1") {
      clause.assets.push_back(clause.assets[0]);
      clause.assets[1].asset = "bridge";
      clause.waiver = run.waivers[0];  // as the judge does: one of them stands for both
    }
    if (clause.clause == "6.2.3") clause.waiver = run.waivers[0];  // derived, lifted with what decided it
  }
  const Shown found = shown(run, {});
  CHECK(found.failures == 1);  // 7.e
  CHECK(found.red == 1);
}

TEST_CASE("gating: what an interrupted scan did not come to is an error, not skipped") {
  model::Run run = fixture::home();
  const std::size_t before = shown(run, {}).errors;
  for (auto& clause : run.verdicts.clauses)
    if (clause.clause == "9.a") clause.reason = clause.assets[0].reason = model::Reason::interrupted;
  CHECK(shown(run, {}).errors == before + 1);
}
