#include "report/sarif.h"

#include <doctest/doctest.h>

#include <set>

#include "data/json.h"
#include "report/fixture_test.h"

using namespace lintel;
using namespace lintel::report;

namespace {

Json sarif_of(const model::Run& run, const FormatOptions& options = {}) {
  const auto text = render(write_sarif, run, no_evidence, options);
  REQUIRE_MESSAGE(text.has_value(), text.error().message);
  return parse_json(*text).value();
}

}  // namespace

TEST_CASE("sarif: failures and reviews stand at their asset's line of the target file") {
  model::Run run = fixture::home();
  run.target.file = "home lab.yaml";
  run.target.assets[0].line = 12;
  FormatOptions options;
  options.source_path = "lab/./a:b/../home lab.yaml";
  const Json log = sarif_of(run, options);
  REQUIRE(log["runs"].size() == 1);
  const Json& results = log["runs"][0]["results"];
  std::set<std::string> fingerprints;
  int failed = 0, reviewed = 0;
  for (const Json& result : results) {
    const Json& place = result["locations"][0]["physicalLocation"];
    CHECK(place["artifactLocation"]["uri"] == "lab/home%20lab.yaml");
    CHECK(place["region"]["startLine"] == (result["properties"].value("asset", "") == "cloud" ? 12 : 1));
    fingerprints.insert(result["partialFingerprints"]["primaryLocationLineHash"].get<std::string>());
    failed += result["kind"] == "fail" ? 1 : 0;
    reviewed += result["kind"] == "review" ? 1 : 0;
    if (result["kind"] == "fail")
      CHECK(result["level"] != "none");
    else
      CHECK(result["level"] == "none");
    CHECK(log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
  }
  CHECK(failed >= 4);
  CHECK(reviewed >= 4);
  CHECK(fingerprints.size() == results.size());
}

TEST_CASE("sarif: a message holds no link that a device wrote") {
  model::Run run = fixture::home();
  for (auto& verdict : run.verdicts.clauses)
    for (auto& asset : verdict.assets) asset.message = "[harmless](http://evil.example)";
  const Json log = sarif_of(run);
  CHECK(dump_json(log).find("[harmless] (http") != std::string::npos);
  CHECK(dump_json(log).find("](") == std::string::npos);
}

TEST_CASE("sarif: --all adds what passes and what was not looked at, with their kinds and no level") {
  FormatOptions options;
  options.all_results = true;
  const Json log = sarif_of(fixture::home(), options);
  std::set<std::string> kinds;
  for (const Json& result : log["runs"][0]["results"]) {
    kinds.insert(result["kind"].get<std::string>());
    CHECK((result["level"] == "none") == (result["kind"] != "fail"));
  }
  CHECK(kinds == std::set<std::string>{"fail", "notApplicable", "open", "pass", "review"});
}

TEST_CASE("sarif: a waiver suppresses the failure of its asset and no other") {
  model::Run run = fixture::home();
  for (auto& verdict : run.verdicts.clauses) {
    verdict.waiver.reset();
    if (verdict.clause != "A.1") continue;
    verdict.waiver = model::Waiver{"A.1", "lamp", "fixed in 2.5", "Zhao", run.started, run.finished, "LAB-7"};
  }
  int suppressed = 0;
  const Json log = sarif_of(run);
  for (const Json& result : log["runs"][0]["results"]) {
    if (result["suppressions"].empty()) continue;
    ++suppressed;
    CHECK(result["ruleId"] == "smart-home/A.1");
    CHECK(result["suppressions"][0]["status"] == "accepted");
    CHECK(result["suppressions"][0]["justification"].get<std::string>().starts_with("fixed in 2.5 (Zhao, "));
  }
  CHECK(suppressed == 1);
}

TEST_CASE("sarif: a clean run is a file without results") {
  model::Run run = fixture::home();
  run.verdicts.clauses.clear();
  run.profile.clauses.clear();
  const Json log = sarif_of(run);
  REQUIRE(log["runs"].size() == 1);
  CHECK(log["runs"][0]["results"] == Json::array());
}

TEST_CASE("sarif: more results than GitHub shows of one run are spread over several by asset") {
  const Json log = sarif_of(fixture::big(200, 250));
  REQUIRE(log["runs"].size() == kSarifRuns);
  std::set<std::string> ids;
  std::map<std::string, std::string> group_of_asset;
  std::size_t all = 0;
  for (const Json& run : log["runs"]) {
    const std::string id = run["automationDetails"]["id"].get<std::string>();
    ids.insert(id.substr(0, id.rfind('/')));
    CHECK(run["results"].size() <= kSarifShown);
    all += run["results"].size();
    for (const Json& result : run["results"]) {
      const auto [known, fresh] = group_of_asset.emplace(result["properties"]["asset"].get<std::string>(), id);
      CHECK(known->second == id);
    }
  }
  CHECK(ids.size() == kSarifRuns);
  CHECK(all > kSarifShown);
}

TEST_CASE("sarif: evidence stands among the related locations") {
  const Json log = sarif_of(fixture::home());
  int related = 0;
  for (const Json& result : log["runs"][0]["results"]) {
    if (!result.contains("relatedLocations")) continue;
    for (const Json& place : result["relatedLocations"]) {
      ++related;
      CHECK(place["physicalLocation"]["artifactLocation"]["uri"].get<std::string>().starts_with("evidence/"));
      CHECK(!place["message"]["text"].get<std::string>().empty());
    }
  }
  CHECK(related >= 3);
}

// GitHub: 20 runs, 25,000 results and 25,000 rules a run, 20 tags a rule, 1,000 locations a result.
void check_limits(const Json& log) {
  CHECK(log["runs"].size() <= 20);
  for (const Json& run : log["runs"]) {
    CHECK(run["results"].size() <= 25'000);
    CHECK(run["tool"]["driver"]["rules"].size() <= 25'000);
    for (const Json& rule : run["tool"]["driver"]["rules"]) CHECK(rule["properties"]["tags"].size() <= 20);
    for (const Json& result : run["results"])
      if (result["locations"].size() + member(result, "relatedLocations").size() > 1'000) FAIL("more than 1,000 locations");
  }
}

TEST_CASE("sarif: what has no place is left off, the least grave first, and said in the file and to the caller") {
  model::Run run = fixture::big(10, 1);
  auto& clauses = run.verdicts.clauses;
  for (std::size_t c = 0; c < clauses.size(); ++c) {
    auto& asset = clauses[c].assets[0];
    clauses[c].verdict = asset.verdict = asset.checks[0].verdict = c == 0 ? model::Verdict::inconclusive : model::Verdict::fail;
    model::Instance one = asset.checks[0].instances[0];
    one.verdict = asset.verdict;
    asset.checks[0].instances.clear();
    for (int i = 0; i < 5'000; ++i) {
      one.item = "item-" + std::to_string(i);
      asset.checks[0].instances.push_back(one);
    }
  }
  std::vector<std::string> notes;
  FormatOptions options;
  options.note = [&](const std::string& text) { notes.push_back(text); };
  const Json log = sarif_of(run, options);
  check_limits(log);
  REQUIRE(log["runs"].size() == 1);
  const Json& only = log["runs"][0];
  CHECK(only["results"].size() == 25'000);
  CHECK(only["properties"]["resultsLeftOff"] == 25'000);
  CHECK(only["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].get<std::string>().find("25000") != std::string::npos);
  for (const Json& result : only["results"])
    if (result["kind"] != "fail") FAIL("a review took the place of a failure");
  REQUIRE(notes.size() == 2);
  CHECK(notes[0].find("25000") != std::string::npos);
  CHECK(notes[1].find("20000") != std::string::npos);
}

TEST_CASE("sarif: 50,000 failures keep GitHub's limits") {
  model::Run run = fixture::big(200, 250);
  for (auto& clause : run.verdicts.clauses)
    for (auto& asset : clause.assets)
      clause.verdict = asset.verdict = asset.checks[0].verdict = asset.checks[0].instances[0].verdict = model::Verdict::fail;
  std::vector<std::string> notes;
  FormatOptions options;
  options.note = [&](const std::string& text) { notes.push_back(text); };
  const Json log = sarif_of(run, options);
  check_limits(log);
  std::size_t all = 0;
  for (const Json& each : log["runs"]) all += each["results"].size();
  CHECK(all == 50'000);
  CHECK(notes.empty());
}

TEST_CASE("sarif: paths become relative references of their own file only") {
  CHECK(relative_uri("samples/home/target.yaml") == "samples/home/target.yaml");
  CHECK(relative_uri("/etc/../../x.yaml") == "x.yaml");
  CHECK(relative_uri("https://host/a b") == "https%3A/host/a%20b");
  CHECK(relative_uri("家.yaml") == "%E5%AE%B6.yaml");
  CHECK(relative_uri("..") == "");
}
