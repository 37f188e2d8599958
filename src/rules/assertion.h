// The `assert:` of a check: compiled once against the schemas, then evaluated on the facts of each
// observation. The loader compiles and reports the problems; the judge evaluates. Pure: no I/O, no clock.
// Compiled assertions are immutable and may be evaluated from any number of threads at once.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/json_fwd.h"
#include "model/observation.h"
#include "model/verdict.h"
#include "rules/problem.h"

namespace lintel::rules {

// Where the static types come from. A null schema means "anything goes there". Needed only while compiling.
struct Schemas {
  const Json* facts = nullptr;   // the probe's facts.schema.json
  const Json* params = nullptr;  // the probe's params.schema.json
  const Json* target = nullptr;  // docs/schemas/target.schema.json; `item` is its $defs/<item_kind>
  std::string item_kind;         // "service"; empty with a target schema: any item
};

// What one evaluation looks at. Nothing is copied or kept. Null: nothing is known there.
struct Scope {
  const Json* facts = nullptr;
  bool probe_finished = false;   // the probe ended with status ok: a fact that is not there does not exist
  const Json* item = nullptr;    // Item::data
  const Json* asset = nullptr;   // model::asset_facts
  const Json* params = nullptr;  // Job::params
  std::span<const model::Evidence> evidence;  // of the observation
};

struct AssertionSet;  // assertion_set.h

// Empty until compile_assertions made it.
class CompiledAssertions {
 public:
  CompiledAssertions() = default;
  explicit CompiledAssertions(std::shared_ptr<const AssertionSet> set) : set_(std::move(set)) {}
  const AssertionSet* get() const { return set_.get(); }
  std::size_t size() const;  // number of assertions

 private:
  std::shared_ptr<const AssertionSet> set_;
};

// Compiles an array as it stands under `assert:` in a check. Every mistake found is added to problems; what
// could not be compiled evaluates to unknown, so a caller that goes on in spite of problems never gets a
// false answer.
CompiledAssertions compile_assertions(const Json& assertions, const Schemas& schemas,
                                      std::vector<Problem>& problems);

// One result per assertion, in order. Never fails: what can't be told (missing fact, division by zero, a fact
// of another type than its schema says, more than 10^6 steps) is unknown, and `observed` says why.
std::vector<model::AssertionResult> evaluate(const CompiledAssertions& assertions, const Scope& scope);

// no if one does not hold, else unknown if one is unknown or there is none at all, else yes.
model::Kleene all_hold(std::span<const model::AssertionResult> results);

}  // namespace lintel::rules
