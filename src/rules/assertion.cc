// First half of assertion.h: results carry the source and are all unknown until the evaluator lands.
#include "rules/assertion.h"

#include "data/json.h"

namespace lintel::rules {

struct AssertionSet {
  std::vector<std::string> sources;
};

std::size_t CompiledAssertions::size() const { return set_ ? set_->sources.size() : 0; }

CompiledAssertions compile_assertions(const Json& assertions, const Schemas&, std::vector<Problem>& problems) {
  auto set = std::make_shared<AssertionSet>();
  if (!assertions.is_array()) problems.push_back({"", "E065", "assert must be a list of assertions", ""});
  if (assertions.is_array())
    for (const Json& assertion : assertions) set->sources.push_back(dump_json(assertion));
  return CompiledAssertions(std::move(set));
}

std::vector<model::AssertionResult> evaluate(const CompiledAssertions& assertions, const Scope&) {
  std::vector<model::AssertionResult> results;
  if (assertions.get() == nullptr) return results;
  for (const std::string& source : assertions.get()->sources) {
    model::AssertionResult result;
    result.source = source;
    results.push_back(std::move(result));
  }
  return results;
}

model::Kleene all_hold(std::span<const model::AssertionResult> results) {
  bool unknown = results.empty();
  for (const model::AssertionResult& result : results) {
    if (result.holds == model::Kleene::no) return model::Kleene::no;
    unknown = unknown || result.holds == model::Kleene::unknown;
  }
  return unknown ? model::Kleene::unknown : model::Kleene::yes;
}

}  // namespace lintel::rules
