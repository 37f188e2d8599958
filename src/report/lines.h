// A run as a flat list: the smallest things that were decided, each with what it belongs to. What every format with one row, result or
// finding per decision is made from. Pure.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/run.h"
#include "report/view.h"

namespace lintel::report {

enum class Severity { none, low, medium, high, critical };
std::string_view name_of(Severity severity);

// A check on one item, or what was decided without one: an answer, a derived verdict, an asset or clause that nothing was looked at for.
// Null where there is no such level.
struct Line {
  const ClauseRow& row;
  const model::AssetVerdict* asset = nullptr;
  const model::CheckResult* check = nullptr;
  const model::Instance* instance = nullptr;
  model::Verdict verdict = model::Verdict::not_tested;
  model::Reason reason = model::Reason::none;
  bool advisory = false;                  // should, may, or the "should" half of a clause: listed, never fails the run
  const model::Waiver* waiver = nullptr;  // in force for this asset: a failure is lifted out of the gate
  const model::Contradiction* contradiction = nullptr;  // of contradiction_lines() only
};

// In the order of the profile; within a clause by asset, check, item. Every verdict of the run shows in at least one line: an asset whose
// verdict no check of its own explains (an answer fails, a question is open) has a line of its own after theirs.
// Stops at visit's first error.
Result<void> for_each_line(const RunIndex& index, const std::function<Result<void>(const Line&)>& visit);

// The customer's statements that something speaks against, in the order of the profile: what each is has verdict inconclusive (a person has to look)
// and is advisory (no gate counts it). finding_of(), said_of() and fingerprint_of() know them; for_each_line() doesn't give them.
std::vector<Line> contradiction_lines(const RunIndex& index);

// How much a failure of the clause weighs: the profile says what is demanded, and that is all we know of the harm. shall and shall_not are
// high, should is medium, may is low; `advisory` (the should half of a clause) is medium at most.
Severity severity_of(const model::Clause& clause, bool advisory);

// Of clause, asset, check and item (fingerprint.h): the same in every run of one target, whatever its addresses do.
std::string fingerprint_of(const model::Run& run, const Line& line);

// What findings trackers hear of: what fails or is inconclusive, and what a scan that stopped early left out. A tracker takes a finding that is
// no longer there for repaired, and "could not be looked at" is no repair.
bool is_finding(const Line& line);

// The decisive assertion's sentences, one line each, safe to show; empty where there is none.
struct Said {
  std::string expected;
  std::string observed;
};
Said said_of(const RunIndex& index, const Line& line, Language language);
// What was found, in one language: the decisive assertion's sentence with expected and observed, else the judge's message, else the reason's
// words. One line, safe to show, never empty.
std::string finding_of(const RunIndex& index, const Line& line, Language language);
// The clause's own words, "7.e SSL 2.0 and SSL 3.0 are not used"; one line, safe to show.
std::string title_of(const model::Clause& clause, Language language);
// What helps against the failure, by the check; empty when it doesn't fail or the check says nothing.
std::string remedy_of(const RunIndex& index, const Line& line, Language language);
// The weakness of the product that the failure is, by the check or the question; null when it doesn't fail or they name none.
const model::Vulnerability* vulnerability_of(const RunIndex& index, const Line& line);
// The number in "CWE-327"; nullopt for anything else.
std::optional<int> cwe_number(const model::Vulnerability& vulnerability);
// What the probe saw of the item; null without one.
const model::Observation* observation_of(const RunIndex& index, const Line& line);
// The name that `lintel export RUN FOLDER` gives a piece of evidence in FOLDER/evidence.
std::string evidence_file(const model::Evidence& evidence);
// One half of a text, or the other when it is empty.
const std::string& in(const model::Text& text, Language language);

}  // namespace lintel::report
