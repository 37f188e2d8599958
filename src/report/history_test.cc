#include "report/history.h"

#include <doctest/doctest.h>

#include "data/json.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"
#include "report/words.h"

namespace lintel::report {
namespace {

model::Run run_at(const char* id, const char* time, const char* target = "home") {
  model::Run run = fixture::home();
  run.id = id;
  run.started = fixture::time(time);
  run.target.id = target;
  return run;
}

// Three runs in the wrong order, and every kind of what is skipped.
History three() {
  auto first = run_at("a1", "2026-01-10T08:00:00Z"), second = run_at("b2", "2026-04-10T08:00:00Z"), third = run_at("c3", "2026-07-10T08:00:00Z");
  third.complete = false;
  third.profile.version = "2026.2";
  for (auto& clause : second.verdicts.clauses)
    if (clause.clause == "8.1.2.c") {
      clause.verdict = clause.assets[0].verdict = clause.assets[0].checks[0].instances[0].verdict = model::Verdict::fail;
      clause.assets[0].checks[0].instances[0].assertions[0].holds = model::Kleene::no;
    }
  auto unjudged = run_at("d4", "2026-02-01T08:00:00Z");
  unjudged.verdicts.clauses.clear();
  auto standard = run_at("e5", "2026-02-02T08:00:00Z");
  standard.profile.id = "other";
  History history = arrange({moment_of("third.lintel", third), moment_of("first.lintel", first), moment_of("second.lintel", second),
                             moment_of("second.json", second), moment_of("office.lintel", run_at("f6", "2026-03-01T08:00:00Z", "office")),
                             moment_of("unjudged.lintel", unjudged), moment_of("standard.lintel", standard)},
                            {{"notes " + fixture::hostile(), "unreadable", fixture::hostile()}}, "");
  history.runs[1].step = step_between(first, second).value();
  history.runs[2].step = step_between(second, third).value();
  return history;
}

}  // namespace

TEST_CASE("runs stand in the order of time; what is left out says why") {
  const History history = three();
  REQUIRE(history.runs.size() == 3);
  CHECK(history.runs[0].file == "first.lintel");
  CHECK(history.runs[1].file == "second.json");
  CHECK(history.runs[2].file == "third.lintel");
  std::map<std::string, std::string> why;
  for (const auto& each : history.skipped) why[each.why] = each.detail;
  CHECK(why.size() == 5);
  CHECK(why["other_target"] == "office");
  CHECK(why["other_standard"] == "other");
  CHECK(why["same_run"] == "second.json");
  CHECK(why.contains("no_verdicts"));
  CHECK(why.contains("unreadable"));
  const Words words = Words::load().value();
  for (const auto& each : history.skipped) CHECK(words.has("skipped", each.why));
}

TEST_CASE("of several files of one run the one judged last counts, and a difference is said") {
  auto stale = run_at("a1", "2026-01-10T08:00:00Z"), fresh = stale, copy = stale;
  stale.verdicts.judged_at = copy.verdicts.judged_at = fixture::time("2026-01-10T09:00:00Z");
  fresh.verdicts.judged_at = fixture::time("2026-03-01T09:00:00Z");
  fresh.verdicts.clauses[0].verdict = model::Verdict::fail;
  copy.verdicts.judged_at += std::chrono::hours(1);  // later, but not a verdict differs
  const History history = arrange({moment_of("run.json", stale), moment_of("run.lintel", fresh), moment_of("zz.json", stale)}, {}, "");
  REQUIRE(history.runs.size() == 1);
  CHECK(history.runs[0].file == "run.lintel");
  REQUIRE(history.skipped.size() == 2);
  for (const auto& each : history.skipped) {
    CHECK(each.why == "same_run_differs");
    CHECK(each.detail == "run.lintel");
  }
  const History equal = arrange({moment_of("run.json", stale), moment_of("copy.json", copy)}, {}, "");
  CHECK(equal.runs[0].file == "copy.json");
  CHECK(equal.skipped[0].why == "same_run");
  CHECK(equal.skipped[0].file == "run.json");
  CHECK(arrange({moment_of("run.json", stale), moment_of("run.json", stale)}, {}, "").runs.size() == 1);
  CHECK(Words::load().value().has("skipped", "same_run_differs"));
}

TEST_CASE("steps count findings; another profile version closes nothing") {
  const History history = three();
  CHECK(!history.runs[0].step);
  CHECK(history.runs[1].step->appeared == 1);
  CHECK(history.runs[1].step->worse);
  CHECK(history.runs[2].step->closed == 0);
  CHECK(history.runs[2].step->incomparable > 5);
}

TEST_CASE("the target may be chosen, and nothing may be left") {
  const auto home = moment_of("h", run_at("a", "2026-01-01T00:00:00Z")), office = moment_of("o", run_at("b", "2026-01-02T00:00:00Z", "office"));
  CHECK(arrange({home, office}, {}, "").runs[0].file == "o");  // as many of each: the latest
  CHECK(arrange({home, office}, {}, "home").runs[0].file == "h");
  CHECK(arrange({home, office}, {}, "shed").runs.empty());
  CHECK(arrange({home, office}, {}, "shed").skipped.size() == 2);
}

TEST_CASE("table, page, chart and data of a history with hostile names") {
  const History history = three();
  TerminalOptions options;
  options.language = Language::en;
  check_golden("history.en.txt", render_history(history, options).value());
  options.language = Language::zh;
  check_golden("history.zh.txt", render_history(history, options).value());
  const std::string page = render_history_html(history, Language::zh).value();
  CHECK(page == render_history_html(three(), Language::zh).value());
  CHECK(page.find("<script") == std::string::npos);
  check_golden("history.html", page.substr(page.find("</style>")));
  const Json data = to_json(history);
  CHECK(data["runs"].size() == 3);
  CHECK(data["runs"][1]["against_previous"]["new"] == 1);
  CHECK(data["skipped"].size() == 5);
}

TEST_CASE("the chart of a thousand runs shows the last sixty, and one run alone is a chart, too") {
  History history;
  Moment moment = moment_of("x", run_at("a", "2026-01-01T00:00:00Z"));
  history.runs.assign(1000, moment);
  const Words words = Words::load().value();
  const std::string many = history_chart(history, words);
  std::size_t segments = 0;
  for (std::size_t at = many.find("class=\"segment\""); at != std::string::npos; at = many.find("class=\"segment\"", at + 1)) ++segments;
  CHECK(segments == 60 * 4);
  CHECK(many.find(">1000<") == std::string::npos);  // only every few bars have a label
  CHECK(many.find(">941<") != std::string::npos);
  history.runs.assign(1, moment);
  CHECK(history_chart(history, words).find("2026-01-01") != std::string::npos);
}

}  // namespace lintel::report
