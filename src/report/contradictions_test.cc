// A statement of the customer that something speaks against: in every format that has a place for it.
#include <doctest/doctest.h>

#include "data/json.h"
#include "report/fixture_test.h"
#include "report/formats.h"

using namespace lintel;
using namespace lintel::report;

namespace {

model::Run contradicted() {
  model::Run run = fixture::home();
  run.verdicts.contradictions = {{model::ContradictionKind::supported_fails, "7.e", "cloud", model::Support::yes, "no SSL " + fixture::hostile(), model::Verdict::fail, {"tls.no-ssl"}, {}},
                                 {model::ContradictionKind::ixit_disagrees, "8.1.2.c", "lamp", model::Support::yes, "", model::Verdict::pass, {}, {"Soft/Soft-1"}}};
  return run;
}

std::string written(std::string_view name, const model::Run& run) { return render(find_format(name)->write, run, no_evidence, {}).value(); }
Json document(std::string_view name, const model::Run& run) { return parse_json(written(name, run)).value(); }

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

constexpr const char* kSentence = "stated as supported, but found to fail";

}  // namespace

TEST_CASE("contradictions: every format but CSAF tells them, and decides nothing by them") {
  const model::Run without = fixture::home(), with = contradicted();
  for (const Format& format : formats()) {
    if (format.write == nullptr || format.name == "html" || format.name == "json" || format.name == "xlsx") continue;  // html: only with an ICS (customer_test); xlsx: the rows of csv
    CAPTURE(format.name);
    CHECK(written(format.name, without).find(kSentence) == std::string::npos);
    CHECK((written(format.name, with).find(kSentence) != std::string::npos) == (format.name != "csaf"));
  }
}

TEST_CASE("contradictions: a rule of their own in SARIF, to review") {
  const Json run = document("sarif", contradicted())["runs"][0];
  int found = 0;
  for (const Json& result : run["results"]) {
    CHECK(run["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
    if (result["ruleId"] != "smart-home/statements") continue;
    ++found;
    CHECK(result["kind"] == "review");
    CHECK(result["level"] == "none");
    CHECK(result["properties"]["asset"] == (found == 1 ? "cloud" : "lamp"));
  }
  CHECK(found == 2);
}

TEST_CASE("contradictions: skipped cases of their own suite in JUnit") {
  const std::string before = written("junit", fixture::home()), after = written("junit", contradicted());
  CHECK(occurrences(after, "<testcase ") == occurrences(before, "<testcase ") + 2);
  CHECK(occurrences(after, "<skipped>") == occurrences(before, "<skipped>") + 2);
  CHECK(occurrences(after, "<failure ") == occurrences(before, "<failure "));
  CHECK(occurrences(after, "<testsuite ") == occurrences(before, "<testsuite ") + 1);
  CHECK(occurrences(after, "classname=\"smart-home.statements.7.e\"") == 1);
}

TEST_CASE("contradictions: a line, an event and a finding with a name of its own") {
  const std::string csv = written("csv", contradicted());
  CHECK(occurrences(csv, "\"contradiction\",\"supported_fails\"") == 1);
  CHECK(occurrences(csv, "\"contradiction\",\"ixit_disagrees\"") == 1);
  int events = 0, findings = 0;
  for (const Json& event : document("ocsf", contradicted()))
    if (event["compliance"]["status_code"] == "contradiction") {
      ++events;
      CHECK(event["compliance"]["status_id"] == 2);  // warning
    }
  const Json dojo = document("defectdojo", contradicted());
  for (const Json& finding : dojo["findings"])
    if (finding["tags"].back() == "contradiction") {
      ++findings;
      CHECK(finding["under_review"] == true);
      CHECK(finding["active"] == false);
    }
  CHECK(events == 2);
  CHECK(findings == 2);
}

TEST_CASE("contradictions: an observation of OSCAL that the clause's finding points to") {
  const Json document_ = document("oscal", contradicted());
  const Json& result = document_["assessment-results"]["results"][0];
  std::vector<std::string> ids;
  for (const Json& each : result["observations"])
    if (each["types"] == Json::array({"ssp-statement-issue"})) ids.push_back(each["uuid"]);
  REQUIRE(ids.size() == 2);
  for (const Json& finding : result["findings"])
    if (finding["target"]["target-id"] == "clause-7.e") CHECK(dump_json(finding["related-observations"]).find(ids[0]) != std::string::npos);
}

TEST_CASE("contradictions: no clause of HDF or CycloneDX gets another result") {
  const auto results = [](const model::Run& run) {
    Json list = Json::array();
    const Json whole = document("hdf", run);
    for (const Json& control : whole["profiles"][0]["controls"]) list.push_back(control["results"]);
    return list;
  };
  CHECK(results(contradicted()) == results(fixture::home()));
  const auto claims = [](const model::Run& run) { return document("cyclonedx", run)["declarations"]["claims"]; };
  CHECK(claims(contradicted()) == claims(fixture::home()));
}
