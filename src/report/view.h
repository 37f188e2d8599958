// The one view of a run: every value a report shows, as plain display text in both languages. Templates and the terminal
// only place these values; they compute nothing. Pure.
//
// A run may have 200 clauses on 250 assets, so clauses are viewed one at a time (clause_view) and the rest at once
// (document_view). tests/golden/report/view.json shows every member.
#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/json_fwd.h"
#include "model/run.h"
#include "report/words.h"

namespace lintel::report {

// Bytes of evidence for excerpts: at most cap_bytes from the start of the blob, nullopt when it isn't there.
using EvidenceSource = std::function<std::optional<std::string>(const std::string& sha256, std::size_t cap_bytes)>;
// For reports without excerpts.
inline std::optional<std::string> no_evidence(const std::string&, std::size_t) { return std::nullopt; }

// What is shown in full before "and N more"; the export always holds everything. The numbers keep 200 clauses on
// 250 assets under 15 MB and the sample home far from any cap.
struct ViewLimits {
  std::size_t assets_per_clause = 10;
  std::size_t names_per_group = 300;  // assets of a group that are only named
  std::size_t instances_per_check = 8;
  std::size_t assertions_per_instance = 40;
  std::size_t steps_per_assertion = 12;
  std::size_t sentence_bytes = 1200;
  std::size_t value_bytes = 300;
  std::size_t register_rows = 1500;
  std::size_t excerpts = 200;  // in the whole report
  std::size_t excerpt_bytes = 1200;
};

struct EvidenceEntry {
  std::string number;  // "E12"
  const model::Evidence* evidence = nullptr;
  const model::Observation* observation = nullptr;  // or
  const model::Attestation* attestation = nullptr;
};

// One clause with its verdict; a clause that was never judged gets an empty verdict (not_tested).
struct ClauseRow {
  const model::Clause* clause = nullptr;
  const model::ClauseVerdict* verdict = nullptr;
};

// A run with what is needed to look things up in it. Points into the run, which must outlive it.
class RunIndex {
 public:
  RunIndex(const model::Run& run, Words words, ViewLimits limits, Language language = Language::both);
  RunIndex(const RunIndex&) = delete;
  RunIndex& operator=(const RunIndex&) = delete;

  const model::Run& run;
  const Words words;
  const ViewLimits limits;
  const Language language;  // of texts that can't hold both, as in pictures

  const std::vector<ClauseRow>& clauses() const { return clauses_; }  // in the order of the profile
  const std::vector<EvidenceEntry>& evidence() const { return evidence_; }
  const model::Observation* observation(const std::string& job) const;
  const model::Check* check(const std::string& id) const;
  const model::Asset* asset(const std::string& id) const;
  const model::Chapter* chapter(const std::string& id) const;
  std::string evidence_number(const std::string& sha256) const;  // empty when unknown

 private:
  std::vector<ClauseRow> clauses_;
  std::vector<EvidenceEntry> evidence_;
  std::unordered_map<std::string_view, const model::Observation*> observations_;
  std::unordered_map<std::string_view, const model::Check*> checks_;
  std::unordered_map<std::string_view, const model::Asset*> assets_;
  std::unordered_map<std::string_view, const model::Chapter*> chapters_;
  std::unordered_map<std::string_view, std::size_t> evidence_by_hash_;
  std::vector<model::Clause> unknown_clauses_;
  std::vector<model::ClauseVerdict> unjudged_;
};

// Cover, summary, grades, lists, evidence register: all but the clauses themselves.
Json document_view(const RunIndex& index);
// One clause with assets, checks, instances, assertions. excerpts counts down the excerpts still allowed.
Json clause_view(const RunIndex& index, const ClauseRow& row, const EvidenceSource& source, std::size_t& excerpts);

// "LR-20261121-9F86D081": the same run always has the same one.
std::string report_number(const model::Run& run);
// The laboratory's number (lab.yaml), else report_number(): on every page.
std::string shown_number(const model::Run& run);
// Whether the clause can decide the gate: shall and shall_not.
bool mandatory(const model::Clause& clause);
// An id as HTML anchor: letters, digits, dot, hyphen, underscore; the rest becomes a hyphen.
std::string anchor(std::string_view prefix, std::string_view id);

}  // namespace lintel::report
