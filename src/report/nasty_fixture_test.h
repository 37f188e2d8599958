// Runs at the edge, for tests with validators of others: everything that a device, a file or a person wrote is as bad as it can be; a scan that
// was stopped; one that was never judged.
#pragma once
#include "report/lab_fixture_test.h"

namespace lintel::report::fixture {

// Begins as a formula; a lone surrogate, an overlong form, NUL, C1, U+FFFE and half a character; the end of a CDATA section, of a fence, of a table.
inline std::string bad() {
  std::string text = "=cmd|' /C calc'!A0 ]]> ~~~~~~~~ | `x` [a](http://e.example) \xED\xA0\x80 \xC0\xAF \xC2\x85 \xEF\xBF\xBE \xEF\xBB\xBF";
  text += std::string(1, '\0') + "\x7F\r\n\t" + hostile() + "\xE5\xAE";
  return text;
}

inline std::string banner() { return bad() + std::string(1u << 20, 'A') + bad(); }

inline model::Run nasty() {
  using namespace model;
  Run run = with_lab();
  const Text text{bad(), bad()}, large{banner(), banner()};
  run.host = bad();
  run.target.name = run.profile.title = text;
  run.target.file = bad();
  for (auto& asset : run.target.assets) asset.name = text;
  for (auto& chapter : run.profile.chapters) chapter.title = text;
  for (auto& clause : run.profile.clauses) clause.text = text;
  for (auto& check : run.checks) {
    check.title = check.remedy = text;
    if (check.id == "tls.no-ssl") check.vulnerability = {"CWE-327", "Use of a Broken or Risky Cryptographic Algorithm", text};
  }
  for (auto& seen : run.observations) {
    seen.message = banner();
    seen.notes = {bad()};
    for (auto& evidence : seen.evidence) evidence.name = evidence.media_type = bad();
  }
  for (auto& waiver : run.waivers) waiver.reason = waiver.approved_by = waiver.ticket = bad();
  for (auto& answer : run.attestations) answer.remark = answer.tester = bad();
  for (auto& clause : run.verdicts.clauses) {
    if (clause.waiver) clause.waiver = run.waivers[0];
    for (auto& asset : clause.assets) {
      asset.message = banner();
      if (asset.attestation != nullptr) asset.attestation = std::make_shared<const Attestation>(run.attestations[0]);
      for (auto& check : asset.checks)
        for (auto& instance : check.instances) {
          instance.item = instance.message = bad();
          for (auto& assertion : instance.assertions) assertion.expected = assertion.observed = large;
        }
    }
  }
  Lab& lab = *run.lab;
  lab.laboratory.name = lab.laboratory.address = lab.customer.name = text;
  lab.laboratory.contact = lab.laboratory.accreditation = lab.customer.contact = lab.report.classification = lab.report.number = bad();
  for (auto& person : lab.people) person.name = bad();
  run.verdicts.contradictions = {{ContradictionKind::supported_fails, "7.e", "cloud", Support::yes, banner(), Verdict::fail, {bad()}, {}}};
  return run;
}

// Stopped by Ctrl-C half way.
inline model::Run interrupted() {
  model::Run run = home();
  run.complete = false;
  run.verdicts.gate = model::Gate::interrupted;
  for (auto& clause : run.verdicts.clauses) {
    if (clause.clause.front() < '8') continue;
    clause.verdict = model::Verdict::not_tested;
    clause.reason = model::Reason::interrupted;
    for (auto& asset : clause.assets) asset = on_asset(asset.asset.c_str(), clause.verdict, clause.reason);
  }
  run.observations.resize(2);
  return run;
}

// Killed before it was judged: no end, no verdict.
inline model::Run unjudged() {
  model::Run run = home();
  run.complete = false;
  run.finished = {};
  run.verdicts = {};
  return run;
}

}  // namespace lintel::report::fixture
