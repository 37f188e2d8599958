// Which questions a run asks, and what counts as answered.
#include "rules/questions.h"

#include <doctest/doctest.h>

#include "rules/judge.h"

using namespace lintel;
using namespace lintel::model;

namespace {

const WallTime kNow = *parse_time("2026-11-21T10:00:00Z");

// Devices of level 1 and 2; clause "1" binds all, "2" from level 2 on, "3" asks nothing, "4" binds platforms.
Run home() {
  Run run;
  run.complete = true;
  run.target.assets = {{"lamp", Role::device, 1, {}, {}}, {"hub", Role::gateway, 2, {}, {}}};
  const auto clause = [&](const char* id, Subject subject, int level, bool asks) {
    Clause made;
    made.id = id;
    made.subject = subject;
    made.level = level;
    if (asks) made.attest = Question{"examine", {}, {}, {}, 30};
    run.profile.clauses.push_back(made);
  };
  clause("1", Subject::device, 1, true);
  clause("2", Subject::device, 2, true);
  clause("3", Subject::device, 1, false);
  clause("4", Subject::platform, 1, true);
  return run;
}

std::string list(const Run& run) {
  const Verdicts verdicts = rules::judge(run, kNow);
  std::string text;
  for (const auto& each : rules::asked_questions(run, verdicts, kNow))
    text += each.clause->id + " " + each.asset->id + (each.answer ? " answered; " : each.expired ? " expired; " : " open; ");
  return text;
}

Attestation answer(std::string asset, std::chrono::days age) { return {"1", std::move(asset), Verdict::pass, "", "Li", kNow - age, std::nullopt, {}}; }

}  // namespace

TEST_CASE("a question for each asset that the clause binds at its level") { CHECK(list(home()) == "1 lamp open; 1 hub open; 2 hub open; "); }

TEST_CASE("answered, for one asset or all, and expired") {
  Run run = home();
  run.attestations = {answer("lamp", std::chrono::days(1))};
  CHECK(list(run) == "1 lamp answered; 1 hub open; 2 hub open; ");
  run.attestations = {answer("", std::chrono::days(1))};
  CHECK(list(run) == "1 lamp answered; 1 hub answered; 2 hub open; ");
  run.attestations = {answer("", std::chrono::days(30))};
  CHECK(list(run) == "1 lamp expired; 1 hub expired; 2 hub open; ");
  run.attestations.push_back(answer("hub", std::chrono::days(29)));
  CHECK(list(run) == "1 lamp expired; 1 hub answered; 2 hub open; ");
  run.attestations = {answer("", std::chrono::days(-1))};
  CHECK(list(run) == "1 lamp open; 1 hub open; 2 hub open; ");
}

TEST_CASE("a question only for where checks have nothing to look at is not asked elsewhere") {
  Run run = home();
  run.profile.clauses[0].attest->only_without_items = true;
  CHECK(list(run) == "2 hub open; ");
  Check check;
  check.id = "c";
  check.probe = "gone";
  run.checks.push_back(check);
  run.profile.clauses[0].checks = {{"c", Obligation::shall}};
  CHECK(list(run) == "1 lamp open; 1 hub open; 2 hub open; ");
}
