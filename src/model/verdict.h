// The decision tree of a run: assertion → check on an item → clause on an asset → clause → run. Every node keeps why.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/json.h"
#include "model/attestation.h"
#include "model/enums.h"
#include "model/shared.h"
#include "model/text.h"

namespace lintel::model {

// One evaluated sub-expression.
struct Step {
  std::string expression;  // as written: "versions.ssl3.offered"
  std::string fact;        // fact path when it is one, else empty
  bool known = true;       // false: unknown, value is null
  Json value;
  std::vector<std::string> evidence;  // sha256 of what backs the fact
};

enum class Kleene { no, yes, unknown };

struct AssertionResult {
  Kleene holds = Kleene::unknown;
  Shared<std::string> source;  // the assertion as written, one line
  Shared<Text> title;
  Shared<Text> expected;  // sentences for the report
  Shared<Text> observed;
  std::vector<std::string> missing;  // fact paths that were needed and unknown
  std::vector<Step> steps;           // decisive first
};

// A check on one item.
struct Instance {
  std::string job;   // key of the observation it was judged on; empty when none
  std::string item;  // item id
  Verdict verdict = Verdict::not_tested;
  Reason reason = Reason::none;
  std::string message;  // detail for people, English: names the missing path and the probe status
  std::vector<AssertionResult> assertions;
};

struct CheckResult {
  std::string check;
  Obligation obligation = Obligation::shall;
  Verdict verdict = Verdict::not_tested;
  Reason reason = Reason::none;
  std::vector<Instance> instances;
};

struct AssetVerdict {
  std::string asset;  // empty: the clause has no asset to be judged on
  Verdict verdict = Verdict::not_tested;
  Reason reason = Reason::none;
  std::string message;
  std::vector<CheckResult> checks;
  std::shared_ptr<const Attestation> attestation;  // the one that counted, held by all assets it counts for; null: none
  std::vector<std::string> decided_by;     // derived: the clauses that decided
};

struct ClauseVerdict {
  std::string clause;
  Verdict verdict = Verdict::not_tested;
  Reason reason = Reason::none;
  bool advisory = false;           // should/may: listed, never fails the run
  std::optional<Waiver> waiver;    // in force: lifted out of the gate
  bool waiver_expired = false;     // one exists but is past: gates again, and the report says so
  std::vector<AssetVerdict> assets;
};

struct Grade {
  std::string asset;
  int claimed = 1;
  int reached = 0;                    // 0: not even level 1
  std::vector<std::string> missing;   // clauses that keep it from the next level
};

// A statement of the customer that something else speaks against. Decides nothing: the verdict stands beside it.
struct Contradiction {
  ContradictionKind kind = ContradictionKind::supported_fails;
  std::string clause;
  std::string asset;
  Support support = Support::open;    // what the customer says
  std::string statement;              // its detail or justification
  Verdict observed = Verdict::not_tested;  // without the statement
  std::vector<std::string> checks;    // that speak against it; empty: the assessor, or the IXIT
  std::vector<std::string> ixit;      // "AuthMech/AuthMech-1": the rows of an ixit_disagrees
};

enum class Gate { conformant, fails, open, nothing_tested, interrupted };

struct Verdicts {
  WallTime judged_at{};
  std::vector<ClauseVerdict> clauses;  // in the order of the profile
  std::vector<Grade> grades;
  std::map<std::string, int> counts;   // verdict name → clauses
  Gate gate = Gate::nothing_tested;
  std::vector<Contradiction> contradictions{};  // in the order of the clauses; none without an ICS
};

// 0 conformant, 1 fails, 3 open (0 with allow_open), 5 nothing tested, 130 interrupted; docs/exit-codes.md.
int exit_code(Gate gate, bool allow_open);
std::string_view name_of(Gate gate);
std::string_view name_of(Kleene value);

void to_json(Json& json, const Verdicts& verdicts);
void from_json(const Json& json, Verdicts& verdicts);
void to_json(Json& json, const ClauseVerdict& verdict);
void from_json(const Json& json, ClauseVerdict& verdict);
void to_json(Json& json, const AssertionResult& result);

}  // namespace lintel::model
