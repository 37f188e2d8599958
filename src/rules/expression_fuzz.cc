// Any bytes as an expression over one fixed schema: parse, check and run must end, and say unknown at worst.
// The first byte chooses what the facts are like.
#include <cstdlib>

#include "data/json.h"
#include "rules/assertion.h"
#include "rules/expression_testing.h"

using namespace lintel;
using namespace lintel::rules;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string source(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Schemas typed = (choice & 1U) != 0 ? testing::schemas() : Schemas{};
  static const Json empty = Json::object();
  Scope scope = testing::scope((choice & 2U) != 0);
  if ((choice & 4U) != 0) scope.facts = &empty;
  if ((choice & 8U) != 0) scope.item = nullptr;

  Json assertions = Json::array();
  assertions.push_back({{"that", source}, {"title", {{"zh", "x"}, {"en", "x"}}}});
  assertions.push_back({{"not", {{"one_of", {{"path", source}, {"values", {1, "telnet", true}}}}}}});
  assertions.push_back(
      {{"for_all",
        {{"in", source}, {"as", "element"}, {"assert", {{{"count", {{"path", source}, {"equals", 1}}}}}}}}});
  assertions.push_back({{"matches", {{"path", source}, {"pattern", source}}}});
  // A document of the fuzzer's own making.
  if (const Result<Json> json = parse_json(source); json && json->is_array())
    for (const Json& assertion : *json) assertions.push_back(assertion);

  std::vector<Problem> problems;
  const CompiledAssertions compiled = compile_assertions(assertions, typed, problems);
  const auto results = evaluate(compiled, scope);
  if (results.size() != assertions.size()) std::abort();
  for (const auto& result : results)
    if (result.observed->zh.empty() || result.observed->en.empty() || result.expected->en.empty()) std::abort();
  return 0;
}
