// The structured assertions: each against facts that fulfil it, break it, and leave it open; and their sentences.
#include "rules/assertion.h"

#include <doctest/doctest.h>

#include "data/json.h"

using namespace lintel;
using namespace lintel::rules;
using model::Kleene;

TEST_CASE("a port too many is told in both languages, with its place") {
  const Json assertions = *parse_json(
      R"J([{"subset_of": {"path": "open_tcp", "of": "map(where(item.services, s, s.transport == \"tcp\"), s, s.port)"}}])J");
  std::vector<Problem> problems;
  const CompiledAssertions compiled = compile_assertions(assertions, {}, problems);
  REQUIRE(problems.empty());
  const Json facts = *parse_json(R"({"open_tcp": [23, 443]})");
  const Json item = *parse_json(R"({"services": [{"port": 443, "transport": "tcp"}, {"port": 53, "transport": "udp"}]})");
  model::Evidence evidence;
  evidence.sha256 = "abc";
  evidence.about = {"open_tcp"};
  Scope scope;
  scope.facts = &facts;
  scope.item = &item;
  scope.evidence = {&evidence, 1};
  const auto results = evaluate(compiled, scope);
  REQUIRE(results.size() == 1);
  CHECK(all_hold(results) == Kleene::no);
  CHECK(results[0].expected.zh == "open_tcp 的每一项都在 [443] 之内");
  CHECK(results[0].observed.zh == "open_tcp 多出 [23]");
  CHECK(results[0].expected.en == "every element of open_tcp is one of [443]");
  CHECK(results[0].observed.en == "open_tcp also has [23]");
  REQUIRE(results[0].steps.size() >= 2);
  CHECK(results[0].steps[0].fact == "open_tcp[0]");
  CHECK(results[0].steps[0].value == 23);
  CHECK(results[0].steps[0].evidence == std::vector<std::string>{"abc"});
  CHECK(results[0].steps[1].fact == "open_tcp");
}
