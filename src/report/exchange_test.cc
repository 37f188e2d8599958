#include "report/exchange.h"

#include <doctest/doctest.h>

#include <set>

#include "data/json.h"
#include "report/csaf.h"
#include "report/cyclonedx.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"
#include "report/hdf.h"
#include "report/lab_fixture_test.h"
#include "report/oscal.h"

using namespace lintel;
using namespace lintel::report;

namespace {

struct Exchanged {
  const char* name;
  FormatWriter write;
};
constexpr Exchanged kAll[] = {{"oscal", write_oscal}, {"hdf", write_hdf}, {"csaf", write_csaf}, {"cyclonedx", write_cyclonedx}};

// The fixture's home, where SSL 3.0 is a vulnerability, and so is a failing answer to 8.1.4.k.
model::Run home() {
  model::Run run = fixture::home();
  for (auto& check : run.checks)
    if (check.id == "tls.no-ssl")
      check.vulnerability = {"CWE-327", "Use of a Broken or Risky Cryptographic Algorithm", {"会话可被降级", "Sessions can be talked down and read"}};
  for (auto& clause : run.profile.clauses)
    if (clause.id == "8.1.4.k") clause.attest->vulnerability = {"CWE-347", "Improper Verification of Cryptographic Signature", {"可装入任意固件", "Any firmware can be installed"}};
  for (auto& observation : run.observations)
    if (observation.job.key == "j-firmware") observation.facts = Json{{"image", {{"sha256", fixture::hash(7)}, {"sm3", fixture::hash(8)}}}};
  return run;
}

std::string text_of(FormatWriter write, const model::Run& run, Language language = Language::en) {
  FormatOptions options;
  options.language = language;
  const auto text = render(write, run, no_evidence, options);
  REQUIRE(text);
  return *text;
}

Json document_of(FormatWriter write, const model::Run& run) {
  const auto parsed = parse_json(text_of(write, run));
  REQUIRE(parsed);
  return *parsed;
}

const Json& entry(const Json& list, const char* key, const std::string& value) {
  for (const Json& each : list)
    if (text_or(each, key) == value) return each;
  FAIL("no entry with ", key, " ", value);
  return list;
}

std::string property_of(const Json& json, const char* name) { return text_or(entry(member(json, "props"), "name", name), "value"); }

bool has_empty_list(const Json& json) {
  if (json.is_array() && json.empty()) return true;
  for (const Json& each : json)
    if (each.is_structured() && has_empty_list(each)) return true;
  return false;
}

}  // namespace

TEST_CASE("what goes to other tools is what it was, and the same each time") {
  for (const auto& [name, write] : kAll)
    for (const Language language : {Language::en, Language::zh}) {
      const std::string text = text_of(write, home(), language);
      CHECK(text == text_of(write, home(), language));
      check_golden(std::string(name) + (language == Language::en ? ".en.json" : ".zh.json"), text);
    }
}

TEST_CASE("texts have no white space at their ends and are never empty") {
  CHECK(exchange_text(" \u3000a b\n\u00A0") == "a b");
  CHECK(exchange_text(" \u3000\u2003 ") == "–");
  CHECK(exchange_text("") == "–");
  CHECK(exchange_text(std::string(9000, 'x')).size() < 4010);
}

TEST_CASE("OSCAL: verdicts become the two states, and nothing open is satisfied") {
  const Json document = document_of(write_oscal, home());
  const Json& result = document["assessment-results"]["results"][0];
  CHECK_FALSE(has_empty_list(document));
  const auto finding = [&](const char* clause) -> const Json& {
    for (const Json& each : result["findings"])
      if (each["target"]["target-id"] == "clause-" + std::string(clause)) return each;
    return member(result, "nothing");
  };
  const auto status = [&](const char* clause) { return dump_json(finding(clause)["target"]["status"]); };
  CHECK(status("8.1.2.c") == R"({"reason":"pass","state":"satisfied"})");
  CHECK(status("7.e") == R"({"reason":"fail","state":"not-satisfied"})");
  CHECK(status("7.f") == R"({"reason":"other","state":"not-satisfied"})");
  CHECK(property_of(finding("7.f"), "verdict") == "inconclusive");
  CHECK(status("6.1.1") == R"({"reason":"other","state":"not-satisfied"})");
  CHECK(property_of(finding("6.1.1"), "verdict") == "not_tested");
  for (const Json& each : result["findings"]) CHECK(each["target"]["target-id"] != "clause-8.2.1");  // not applicable
  bool seen = false;
  for (const Json& each : result["observations"]) seen = seen || property_of(each, "verdict") == "not_applicable";
  CHECK(seen);
}

TEST_CASE("OSCAL: an answer is examined and expires, a waiver in force is an approved deviation") {
  const Json document = document_of(write_oscal, home());
  const Json& result = document["assessment-results"]["results"][0];
  const Json& answered = entry(result["observations"], "expires", "2027-04-30T16:00:00Z");
  CHECK(answered["methods"] == Json::array({"EXAMINE"}));
  CHECK(answered["collected"] == "2026-11-01T02:00:00Z");
  REQUIRE(result["risks"].size() == 1);
  const Json& risk = result["risks"][0];
  CHECK(risk["status"] == "deviation-approved");
  CHECK(risk["deadline"] == "2026-12-31T15:59:59Z");
  const std::string approver = risk["risk-log"]["entries"][0]["logged-by"][0]["party-uuid"];
  CHECK(entry(document["assessment-results"]["metadata"]["parties"], "uuid", approver)["name"] == "Zhang San");
  bool expired = false;
  for (const Json& each : result["findings"])
    for (const Json& prop : each["props"]) expired = expired || (prop["name"] == "waiver" && prop["value"] == "expired");
  CHECK(expired);
}

TEST_CASE("OSCAL: whatever a finding points to is there, once") {
  const Json document = document_of(write_oscal, fixture::big(30, 4));
  const Json& result = document["assessment-results"]["results"][0];
  std::set<std::string> ids;
  for (const Json& each : result["observations"]) CHECK(ids.insert(each["uuid"]).second);
  CHECK(ids.size() == 4);  // one check on four devices, used by thirty clauses
  for (const Json& finding : result["findings"]) {
    CHECK(finding["related-observations"].size() == 4);
    for (const Json& each : finding["related-observations"]) CHECK(ids.contains(each["observation-uuid"]));
  }
}

TEST_CASE("HDF: a viewer calls no clause passed that is not") {
  const Json document = document_of(write_hdf, home());
  int clauses = 0;
  for (const Json& control : document["profiles"][0]["controls"]) {
    std::set<std::string> statuses;
    for (const Json& result : control["results"]) statuses.insert(result["status"]);
    REQUIRE(!statuses.empty());
    const std::string shown = control["impact"] == 0 ? "not_applicable" : statuses.contains("failed") ? "fail" : statuses.contains("passed") ? "pass" : "open";
    const std::string verdict = control["tags"]["verdict"];
    CHECK_MESSAGE((shown == "open" ? verdict == "inconclusive" || verdict == "not_tested" : shown == verdict), control["id"] << " " << shown << " " << verdict);
    ++clauses;
  }
  CHECK(clauses == 15);
}

TEST_CASE("CSAF: only failures declared to be vulnerabilities, once each") {
  const model::Run run = home();
  const Json document = document_of(write_csaf, run);
  REQUIRE(document["vulnerabilities"].size() == 1);
  const Json& one = document["vulnerabilities"][0];
  CHECK(one["cwe"]["id"] == "CWE-327");
  CHECK(one["product_status"]["known_affected"] == Json::array({"cloud"}));  // the bridge did not answer
  CHECK(document["product_tree"]["full_product_names"].size() == 1);
  CHECK(document["document"]["tracking"]["status"] == "draft");
  CHECK(document["document"]["distribution"]["tlp"]["label"] == "AMBER");
  CHECK(csaf_file_name(run) == "lr-20261121-9f86d081.json");
}

TEST_CASE("CSAF: a failing answer counts, a passing one beside a failing check does not") {
  model::Run run = home();
  for (auto& clause : run.verdicts.clauses) {
    if (clause.clause != "8.1.4.k") continue;
    clause.verdict = clause.assets[0].verdict = model::Verdict::fail;
    model::Attestation answer = *clause.assets[0].attestation;
    clause.assets[0].attestation = std::make_shared<const model::Attestation>(answer);
    CHECK(document_of(write_csaf, run)["vulnerabilities"].size() == 1);
    answer.verdict = model::Verdict::fail;
    clause.assets[0].attestation = std::make_shared<const model::Attestation>(answer);
  }
  const Json document = document_of(write_csaf, run);
  REQUIRE(document["vulnerabilities"].size() == 2);
  CHECK(document["vulnerabilities"][1]["cwe"]["id"] == "CWE-347");
  const Json& lamp = entry(document["product_tree"]["full_product_names"], "product_id", "lamp");
  CHECK(lamp["product_identification_helper"]["hashes"][0]["file_hashes"][0]["value"] == fixture::hash(7));
}

TEST_CASE("CSAF: a run without a vulnerability is a base document that says so") {
  for (const model::Run& run : {fixture::home(), model::Run{}}) {
    const Json document = document_of(write_csaf, run);
    CHECK(document["document"]["category"] == "csaf_base");  // an advisory without vulnerabilities is not valid
    CHECK_FALSE(document.contains("vulnerabilities"));
    CHECK(member(member(document, "product_tree"), "full_product_names").size() == run.target.assets.size());
    CHECK(entry(document["document"]["notes"], "category", "summary")["text"].get<std::string>().find("No failure") != std::string::npos);
  }
  const std::string summary = entry(document_of(write_csaf, fixture::home())["document"]["notes"], "category", "summary")["text"];
  CHECK(summary.find("Inconclusive 3") != std::string::npos);  // nothing found is not the same as all looked at
}

TEST_CASE("who assessed: the laboratory when one is named, else the program, and it says so") {
  model::Run named = fixture::with_lab();
  named.lab->laboratory.url = "https://lab.example";
  const Json publisher = document_of(write_csaf, named)["document"]["publisher"];
  CHECK(publisher["name"] == "Sample laboratory");
  CHECK(publisher["namespace"] == "https://lab.example");
  CHECK(publisher["contact_details"] == "lab@example.com");
  const Json plain = document_of(write_csaf, home())["document"]["publisher"];
  CHECK(plain["name"] == "lintel 0.1.0 (no laboratory named)");
  CHECK(plain["namespace"] == "https://publisher.invalid");

  const Json oscal = document_of(write_oscal, named)["assessment-results"]["metadata"];
  const Json& party = entry(oscal["parties"], "name", "Sample laboratory");
  CHECK(party["type"] == "organization");
  CHECK(party["email-addresses"] == Json::array({"lab@example.com"}));
  CHECK(entry(oscal["responsible-parties"], "role-id", "assessor")["party-uuids"][0] == party["uuid"]);
  CHECK(entry(oscal["responsible-parties"], "role-id", "customer")["party-uuids"][0] == entry(oscal["parties"], "name", "Sample customer")["uuid"]);
  entry(oscal["parties"], "name", "Wang Li");
  const Json unnamed = document_of(write_oscal, home())["assessment-results"]["metadata"];
  entry(unnamed["parties"], "name", "lintel 0.1.0 (no laboratory named)");

  const auto auxiliary = [](const Json& document) { return document["passthrough"]["auxiliary_data"][0]["data"]; };
  CHECK(auxiliary(document_of(write_hdf, named))["name"] == "Sample laboratory");
  CHECK(auxiliary(document_of(write_hdf, home()))["name"] == "lintel 0.1.0 (no laboratory named)");

  const auto assessor = [](const Json& document) { return document["declarations"]["assessors"][0]; };
  const Json bom = document_of(write_cyclonedx, named);
  CHECK(assessor(bom)["organization"]["name"] == "Sample laboratory");
  CHECK(assessor(bom)["thirdParty"] == true);
  CHECK(bom["metadata"]["manufacturer"]["name"] == "Sample laboratory");
  CHECK(assessor(document_of(write_cyclonedx, home()))["organization"]["name"] == "lintel 0.1.0 (no laboratory named)");
}

TEST_CASE("CSAF: the laboratory's classification is the traffic light, and never a wider one") {
  model::Run run = fixture::with_lab();
  const auto label = [&](const char* classification) {
    run.lab->report.classification = classification;
    return document_of(write_csaf, run)["document"]["distribution"]["tlp"]["label"].get<std::string>();
  };
  CHECK(label("TLP:RED") == "RED");
  CHECK(label("TLP:AMBER") == "AMBER");
  CHECK(label("TLP:AMBER+STRICT") == "RED");  // CSAF 2.0 has the lights of TLP 1.0
  CHECK(label("tlp:green") == "GREEN");
  CHECK(label("TLP:CLEAR") == "WHITE");
  CHECK(label("TLP:WHITE") == "WHITE");
  CHECK(label("house rules") == "AMBER");
  CHECK(label("") == "AMBER");
}

TEST_CASE("CycloneDX: firmware with its digest; claims for what was decided, and no score for what was not") {
  const Json document = document_of(write_cyclonedx, home());
  const Json& lamp = entry(document["components"], "bom-ref", "asset:lamp");
  CHECK(lamp["type"] == "device");
  CHECK(lamp["components"][0]["hashes"][0]["content"] == fixture::hash(7));
  const Json& map = document["declarations"]["attestations"][0]["map"];
  CHECK(entry(map, "requirement", "clause:8.1.2.c")["conformance"]["score"] == 1);
  CHECK(entry(map, "requirement", "clause:7.e")["conformance"]["score"] == 0);
  CHECK_FALSE(entry(map, "requirement", "clause:7.f")["conformance"].contains("score"));
  std::set<std::string> known;
  for (const Json& each : document["declarations"]["claims"]) known.insert(each["bom-ref"]);
  for (const Json& each : document["declarations"]["evidence"]) known.insert(each["bom-ref"]);
  for (const Json& each : map)
    for (const char* kind : {"claims", "counterClaims"})
      for (const Json& ref : member(each, kind)) CHECK(known.contains(ref));
  for (const Json& each : document["declarations"]["claims"])
    for (const char* kind : {"evidence", "counterEvidence"})
      for (const Json& ref : member(each, kind)) CHECK(known.contains(ref));
}

TEST_CASE("an empty run gives documents, and write's error ends them") {
  for (const auto& [name, write] : kAll) {
    const Json document = document_of(write, model::Run{});
    CHECK_MESSAGE(document.is_object(), name);
    const auto ended = write(fixture::big(60, 20), no_evidence, {}, [](std::string_view) -> Result<void> { return fail(ErrorCode::io, "disk full"); });
    REQUIRE(!ended);
    CHECK(ended.error().message == "disk full");
  }
}
