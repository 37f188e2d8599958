// Two runs of one target side by side: what got worse, what got better, what moved inside an unchanged verdict, and what can't be compared.
// Pure. Renderers: compare_report.h; also for gates with a baseline and for the trend of many runs.
//
// Rows match by clause and asset, checks by id, items by stable_item(), assertions by their text; never by address or time.
// What can't be compared is never fixed and never green: it is worse, whatever the newer verdict.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/json.h"
#include "model/run.h"
#include "report/compare_values.h"

namespace lintel::report {

// What became of a clause on an asset.
enum class Move {
  worse,         // fails now and did not
  incomparable,
  inside,        // same verdict, other evidence
  better,        // passes now and did not
  moved,         // another verdict, neither better nor worse, as from inconclusive to not tested; or an asset that is new
  same,
};
// What became of a finding: an assertion that fails in one of the runs, or an assessor's "fail".
enum class Change { appeared, incomparable, changed, closed, unchanged };
// Why something can't be compared.
enum class Why {
  none,
  profile_version,  // the profile has another version
  requirement,      // same version, but the clause or a check of it was edited, or isn't in both
  asset_missing,    // the asset is gone
  item_missing,     // the item is gone
  parameters,       // the probe looked with other parameters
  open,             // decided then, inconclusive or not tested now; not for derived clauses, nor where all that failed is closed
  excused,          // tested then, not applicable now
};
std::string_view name_of(Move);
std::string_view name_of(Change);
std::string_view name_of(Why);

// One assertion on one item; or a whole item, or an assessor's answer, where there is none.
struct Detail {
  std::string check;      // empty: the assessor's answer
  std::string item;       // as the newer run calls it; the older one when it is gone
  std::string assertion;  // as written; empty: the whole item
  model::Text title, expected;
  std::optional<model::Kleene> then, now;
  model::Text observed_then, observed_now;
  bool advisory = false;  // of a should-check
  bool finding = false;   // fails in one of the runs
  std::string fingerprint;  // of a finding
  Change change = Change::changed;
  Why why = Why::none;
  bool worse = false;  // a new failure, a known one over a list that grew, or incomparable
};

struct Row {
  std::string clause, asset;
  bool advisory = false;
  std::optional<model::Verdict> then, now;  // nullopt: the run has no such clause or asset
  model::Reason reason_then = model::Reason::none, reason_now = model::Reason::none;
  std::vector<std::string> decided_then, decided_now;  // of derived clauses
  bool answer_changed = false;  // another answer of the assessor stands behind it
  bool waived = false, waiver_expired = false;  // now
  Move move = Move::same;
  Why why = Why::none;
  bool worse = false;  // the row or one of its details
  std::vector<Detail> details;  // all findings, and what else changed
};

// A fact that a verdict rests on and that has another value now.
struct FactChange {
  std::string asset, item, probe;
  ValueChange value;
  std::vector<std::string> clauses;
  bool failing = false;  // one of the clauses fails on this asset now
};

struct Comparison {
  const model::Run* then = nullptr;  // both must outlive it
  const model::Run* now = nullptr;
  Why all = Why::none;     // profile_version: nothing can be compared
  std::vector<Row> rows;   // in the order of the newer profile, then what is gone
  std::vector<FactChange> facts;
  std::vector<std::string> declared_otherwise;  // "asset item": the target declares it otherwise than then
  std::map<Change, int> findings;
  std::map<Move, int> moves;
  bool worse = false;
};

// Requires: both runs have verdicts. Errors: invalid_input when they are of different targets or standards.
Result<Comparison> compare(const model::Run& then, const model::Run& now);

// {"lintel": "comparison/1", ...}: everything above; rows that are the same and hold no finding are only counted.
Json to_json(const Comparison& comparison);

}  // namespace lintel::report
