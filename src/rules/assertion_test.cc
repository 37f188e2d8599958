// The structured assertions: each against facts that fulfil it, break it, and leave it open; and their
// sentences.
#include "rules/assertion.h"

#include <doctest/doctest.h>

#include "rules/expression_testing.h"

using namespace lintel;
using namespace lintel::rules;
using namespace lintel::rules::testing;

namespace {

std::vector<model::AssertionResult> run(const Json& assertions, const Scope& where = scope()) {
  std::vector<Problem> problems;
  const CompiledAssertions compiled = compile_assertions(assertions, schemas(), problems);
  for (const Problem& problem : problems) FAIL(problem.pointer << " " << problem_text(problem));
  return evaluate(compiled, where);
}

model::AssertionResult run_one(const char* assertion, const Scope& where = scope()) {
  return run(Json::array({*parse_json(assertion)}), where).front();
}

std::string holds(const model::AssertionResult& result) {
  return result.holds == Kleene::yes ? "yes" : (result.holds == Kleene::no ? "no" : "unknown");
}

std::string problem_of(const char* assertion) {
  std::vector<Problem> problems;
  const Result<Json> json = parse_json(assertion);
  REQUIRE_MESSAGE(json, assertion);
  const CompiledAssertions compiled = compile_assertions(Json::array({*json}), schemas(), problems);
  // What has a mistake is unknown, never false and never true.
  if (!problems.empty()) CHECK(evaluate(compiled, scope()).front().holds == Kleene::unknown);
  return problems.empty() ? "" : problems.front().pointer + " " + problem_text(problems.front());
}

}  // namespace

TEST_CASE("every assertion, true, false and unknown, in both languages") {
  struct Row {
    const char* assertion;
    const char* holds;
    const char* expected_zh;
    const char* expected_en;
    const char* observed_zh;
    const char* observed_en;
  };
  const Row rows[] = {
      {R"J({"equals": {"path": "spoken", "value": "yes"}})J", "yes", "spoken 应为 \"yes\"",
       "spoken is \"yes\"", "spoken 实为 \"yes\"", "spoken is \"yes\""},
      {R"J({"equals": {"path": "versions.ssl3.offered", "value": "yes"}})J", "no",
       "versions.ssl3.offered 应为 \"yes\"", "versions.ssl3.offered is \"yes\"",
       "versions.ssl3.offered 实为 \"no\"", "versions.ssl3.offered is \"no\""},
      {R"J({"equals": {"path": "versions.tls1_2.offered", "value": "yes"}})J", "unknown",
       "versions.tls1_2.offered 应为 \"yes\"", "versions.tls1_2.offered is \"yes\"",
       "未得知 versions.tls1_2.offered", "versions.tls1_2.offered is not known"},
      {R"J({"equals": {"path": "ports", "value": [23, 443, 8883]}})J", "yes", "ports 应为 [23, 443, 8883]",
       "ports is [23, 443, 8883]", "ports 实为 [23, 443, 8883]", "ports is [23, 443, 8883]"},
      {R"J({"equals": {"path": "ports", "value": [443, 23, 8883]}})J", "no", "ports 应为 [443, 23, 8883]",
       "ports is [443, 23, 8883]", "ports 实为 [23, 443, 8883]", "ports is [23, 443, 8883]"},
      {R"J({"equals": {"path": "count", "value": 12.0}})J", "yes", "count 应为 12", "count is 12",
       "count 实为 12", "count is 12"},
      {R"J({"equals": {"path": "upper(name)", "of": "upper(item.address)"}})J", "no",
       "upper(name) 应为 \"127.0.0.1\"", "upper(name) is \"127.0.0.1\"", "upper(name) 实为 \"LAMP-1\"",
       "upper(name) is \"LAMP-1\""},
      {R"J({"equals": {"path": "name", "of": "absent_name"}})J", "unknown", "name 应为 absent_name",
       "name is absent_name", "未得知 absent_name", "absent_name is not known"},
      {R"J({"not_equals": {"path": "count", "value": 13}})J", "yes", "count 不应为 13", "count is not 13",
       "count 实为 12", "count is 12"},
      {R"J({"not_equals": {"path": "count", "of": "3 * 4"}})J", "no", "count 不应为 12", "count is not 12",
       "count 实为 12", "count is 12"},
      {R"J({"not_equals": {"path": "absent_count", "value": 12}})J", "unknown", "absent_count 不应为 12",
       "absent_count is not 12", "未得知 absent_count", "absent_count is not known"},

      {R"J({"one_of": {"path": "count", "values": [11, 12]}})J", "yes", "count 应为 [11, 12] 之一",
       "count is one of [11, 12]", "count 实为 12", "count is 12"},
      {R"J({"one_of": {"path": "count", "values": [1]}})J", "no", "count 应为 [1] 之一",
       "count is one of [1]", "count 实为 12", "count is 12"},
      {R"J({"one_of": {"path": "told", "values": ["yes"]}})J", "unknown", "told 应为 [\"yes\"] 之一",
       "told is one of [\"yes\"]", "未得知 told", "told is not known"},
      {R"J({"one_of": {"path": "ports", "values": [443, 8883]}})J", "no",
       "ports 的每一项都在 [443, 8883] 之内", "every element of ports is one of [443, 8883]",
       "ports 多出 [23]", "ports also has [23]"},
      {R"J({"one_of": {"path": "ports", "values": [23, 443, 8883]}})J", "yes",
       "ports 的每一项都在 [23, 443, 8883] 之内", "every element of ports is one of [23, 443, 8883]",
       "ports 实为 [23, 443, 8883]", "ports is [23, 443, 8883]"},
      {R"J({"one_of": {"path": "answers", "values": ["yes", "no"]}})J", "unknown",
       "answers 的每一项都在 [\"yes\", \"no\"] 之内", "every element of answers is one of [\"yes\", \"no\"]",
       "未得知 answers[1]", "answers[1] is not known"},
      {R"J({"none_of": {"path": "count", "values": [1, 2]}})J", "yes", "count 不应为 [1, 2] 中的任何一个",
       "count is none of [1, 2]", "count 实为 12", "count is 12"},
      {R"J({"none_of": {"path": "count", "values": [12]}})J", "no", "count 不应为 [12] 中的任何一个",
       "count is none of [12]", "count 实为 12", "count is 12"},
      {R"J({"none_of": {"path": "ports", "values": [21, 22]}})J", "yes",
       "ports 的任何一项都不在 [21, 22] 之内", "no element of ports is one of [21, 22]",
       "ports 实为 [23, 443, 8883]", "ports is [23, 443, 8883]"},
      {R"J({"none_of": {"path": "ports", "values": [21, 23, 443]}})J", "no",
       "ports 的任何一项都不在 [21, 23, 443] 之内", "no element of ports is one of [21, 23, 443]",
       "ports 中有 [23, 443]", "ports has [23, 443]"},
      {R"J({"none_of": {"path": "absent_ports", "values": [21]}})J", "unknown",
       "absent_ports 的任何一项都不在 [21] 之内", "no element of absent_ports is one of [21]",
       "未得知 absent_ports", "absent_ports is not known"},
      {R"J({"none_of": {"path": "map(item.services, s, lower(s.protocol))", "values": ["telnet"]}})J",
       "unknown", "map(item.services, s, lower(s.protocol)) 的任何一项都不在 [\"telnet\"] 之内",
       "no element of map(item.services, s, lower(s.protocol)) is one of [\"telnet\"]",
       "未得知 item.services[1].protocol", "item.services[1].protocol is not known"},
      {R"J({"none_of": {"path": "map(item.services, s, lower(s.protocol))", "values": ["https"]}})J", "no",
       "map(item.services, s, lower(s.protocol)) 的任何一项都不在 [\"https\"] 之内",
       "no element of map(item.services, s, lower(s.protocol)) is one of [\"https\"]",
       "map(item.services, s, lower(s.protocol)) 中有 [\"https\"]",
       "map(item.services, s, lower(s.protocol)) has [\"https\"]"},

      {R"J({"subset_of": {"path": "ports", "values": [23, 443, 8883, 1]}})J", "yes",
       "ports 的每一项都在 [23, 443, 8883, 1] 之内", "every element of ports is one of [23, 443, 8883, 1]",
       "ports 实为 [23, 443, 8883]", "ports is [23, 443, 8883]"},
      {R"J({"subset_of": {"path": "ports", "of": "map(item.services, s, s.port)"}})J", "no",
       "ports 的每一项都在 [443, 53] 之内", "every element of ports is one of [443, 53]",
       "ports 多出 [23, 8883]", "ports also has [23, 8883]"},
      {R"J({"subset_of": {"path": "ports", "of": "absent_ports"}})J", "unknown",
       "ports 的每一项都在 absent_ports 之内", "every element of ports is one of absent_ports",
       "未得知 absent_ports", "absent_ports is not known"},
      {R"J({"subset_of": {"path": "none", "of": "ports"}})J", "yes", "none 的每一项都在 [23, 443, 8883] 之内",
       "every element of none is one of [23, 443, 8883]", "none 实为 []", "none is []"},
      {R"J({"subset_of": {"path": "names", "of": "map(item.services, s, s.protocol)"}})J", "unknown",
       "names 的每一项都在 [\"https\", 未知] 之内", "every element of names is one of [\"https\", unknown]",
       "未得知 item.services[1].protocol", "item.services[1].protocol is not known"},

      {R"J({"contains": {"path": "ports", "value": 443}})J", "yes", "ports 应含有 443", "ports contains 443",
       "ports 实为 [23, 443, 8883]", "ports is [23, 443, 8883]"},
      {R"J({"contains": {"path": "ports", "value": 80}})J", "no", "ports 应含有 80", "ports contains 80",
       "ports 实为 [23, 443, 8883]", "ports is [23, 443, 8883]"},
      {R"J({"contains": {"path": "answers", "value": "no"}})J", "yes", "answers 应含有 \"no\"",
       "answers contains \"no\"", "answers 实为 [\"yes\", 未知, \"no\"]",
       "answers is [\"yes\", unknown, \"no\"]"},
      {R"J({"contains": {"path": "map(digests, d, d.bits)", "value": 1}})J", "unknown",
       "map(digests, d, d.bits) 应含有 1", "map(digests, d, d.bits) contains 1", "未得知 digests[1].bits",
       "digests[1].bits is not known"},
      {R"J({"contains": {"path": "name", "value": "amp"}})J", "yes", "name 应含有 \"amp\"",
       "name contains \"amp\"", "name 实为 \"Lamp-1\"", "name is \"Lamp-1\""},
      {R"J({"contains": {"path": "name", "value": "bulb"}})J", "no", "name 应含有 \"bulb\"",
       "name contains \"bulb\"", "name 实为 \"Lamp-1\"", "name is \"Lamp-1\""},

      {R"J({"at_least": {"path": "count", "value": 12}})J", "yes", "count 不小于 12", "count is at least 12",
       "count 实为 12", "count is 12"},
      {R"J({"at_least": {"path": "count", "value": 12.5}})J", "no", "count 不小于 12.5",
       "count is at least 12.5", "count 实为 12", "count is 12"},
      {R"J({"at_least": {"path": "absent_count", "value": 1}})J", "unknown", "absent_count 不小于 1",
       "absent_count is at least 1", "未得知 absent_count", "absent_count is not known"},
      {R"J({"at_least": {"path": "date", "value": "2026-10-01T00:00:00+08:00"}})J", "yes",
       "date 不早于 \"2026-10-01T00:00:00+08:00\"", "date is not before \"2026-10-01T00:00:00+08:00\"",
       "date 实为 \"2026-11-01T10:00:00+08:00\"", "date is \"2026-11-01T10:00:00+08:00\""},
      {R"J({"at_least": {"path": "date", "value": "2026-10-01"}})J", "unknown", "date 不早于 \"2026-10-01\"",
       "date is not before \"2026-10-01\"", "无法判断：长度不同的文本无法比较先后（date）",
       "can't be decided: texts of different length have no order (date)"},
      {R"J({"at_most": {"path": "count", "value": 12}})J", "yes", "count 不大于 12", "count is at most 12",
       "count 实为 12", "count is 12"},
      {R"J({"at_most": {"path": "bits", "value": 25}})J", "no", "bits 不大于 25", "bits is at most 25",
       "bits 实为 25.5", "bits is 25.5"},
      {R"J({"at_most": {"path": "1 / zero", "value": 25}})J", "unknown", "1 / zero 不大于 25",
       "1 / zero is at most 25", "无法判断：除数为零（1 / zero）",
       "can't be decided: division by zero (1 / zero)"},
      {R"J({"at_most": {"path": "date", "value": "2025-10-01T00:00:00+08:00"}})J", "no",
       "date 不晚于 \"2025-10-01T00:00:00+08:00\"", "date is not after \"2025-10-01T00:00:00+08:00\"",
       "date 实为 \"2026-11-01T10:00:00+08:00\"", "date is \"2026-11-01T10:00:00+08:00\""},
      {R"J({"between": {"path": "count", "low": 12, "high": 12}})J", "yes",
       "count 在 12 与 12 之间（含两端）", "count is between 12 and 12, both included", "count 实为 12",
       "count is 12"},
      {R"J({"between": {"path": "count", "low": 1, "high": 11}})J", "no", "count 在 1 与 11 之间（含两端）",
       "count is between 1 and 11, both included", "count 实为 12", "count is 12"},
      {R"J({"between": {"path": "count", "low": 13, "high": 20}})J", "no", "count 在 13 与 20 之间（含两端）",
       "count is between 13 and 20, both included", "count 实为 12", "count is 12"},
      {R"J({"between": {"path": "days", "low": 0, "high": 9}})J", "unknown", "days 在 0 与 9 之间（含两端）",
       "days is between 0 and 9, both included", "未得知 days", "days is not known"},

      {R"J({"matches": {"path": "name", "pattern": "Lamp-\\d"}})J", "yes", "name 应整体匹配 /Lamp-\\d/",
       "name matches /Lamp-\\d/", "name 实为 \"Lamp-1\"", "name is \"Lamp-1\""},
      {R"J({"matches": {"path": "name", "pattern": "Lamp"}})J", "no", "name 应整体匹配 /Lamp/",
       "name matches /Lamp/", "name 实为 \"Lamp-1\"", "name is \"Lamp-1\""},
      {R"J({"matches": {"path": "absent_name", "pattern": ".*"}})J", "unknown", "absent_name 应整体匹配 /.*/",
       "absent_name matches /.*/", "未得知 absent_name", "absent_name is not known"},
      {R"J({"matches": {"path": "names", "pattern": "[a-z]+"}})J", "yes", "names 的每一项整体匹配 /[a-z]+/",
       "every element of names matches /[a-z]+/", "names 实为 [\"telnet\", \"https\"]",
       "names is [\"telnet\", \"https\"]"},
      {R"J({"matches": {"path": "names", "pattern": "http.*"}})J", "no", "names 的每一项整体匹配 /http.*/",
       "every element of names matches /http.*/", "names 中不匹配的有 [\"telnet\"]",
       "names has [\"telnet\"], which do not match"},
      {R"J({"matches": {"path": "answers", "pattern": "(yes|no)"}})J", "unknown",
       "answers 的每一项整体匹配 /(yes|no)/", "every element of answers matches /(yes|no)/",
       "未得知 answers[1]", "answers[1] is not known"},

      {R"J({"exists": {"path": "versions.ssl3.alert"}})J", "yes", "应得知 versions.ssl3.alert",
       "versions.ssl3.alert is known", "versions.ssl3.alert 实为 40", "versions.ssl3.alert is 40"},
      {R"J({"exists": {"path": "versions.tls1_3"}})J", "no", "应得知 versions.tls1_3",
       "versions.tls1_3 is known", "没有 versions.tls1_3", "there is no versions.tls1_3"},
      {R"J({"exists": {"path": "told"}})J", "unknown", "应得知 told", "told is known", "未得知 told",
       "told is not known"},
      {R"J({"absent": {"path": "versions.tls1_3.offered"}})J", "yes", "不存在 versions.tls1_3.offered",
       "there is no versions.tls1_3.offered", "没有 versions.tls1_3.offered",
       "there is no versions.tls1_3.offered"},
      {R"J({"absent": {"path": "count"}})J", "no", "不存在 count", "there is no count", "count 实为 12",
       "count is 12"},
      {R"J({"absent": {"path": "told"}})J", "unknown", "不存在 told", "there is no told", "未得知 told",
       "told is not known"},

      {R"J({"count": {"path": "ports", "at_least": 1}})J", "yes", "ports 不少于 1 项",
       "ports has at least 1 element", "ports 有 3 项：[23, 443, 8883]",
       "ports has 3 elements: [23, 443, 8883]"},
      {R"J({"count": {"path": "ports", "at_least": 1, "at_most": 2}})J", "no",
       "ports 不少于 1 项且不多于 2 项", "ports has at least 1 element and at most 2 elements",
       "ports 有 3 项：[23, 443, 8883]", "ports has 3 elements: [23, 443, 8883]"},
      {R"J({"count": {"path": "ports", "at_least": 4}})J", "no", "ports 不少于 4 项",
       "ports has at least 4 elements", "ports 有 3 项：[23, 443, 8883]",
       "ports has 3 elements: [23, 443, 8883]"},
      {R"J({"count": {"path": "none", "equals": 0}})J", "yes", "none 恰为 0 项",
       "none has exactly 0 elements", "none 没有任何项", "none has no element"},
      {R"J({"count": {"path": "chinese", "equals": 4}})J", "no", "chinese 恰为 4 个字符",
       "chinese has exactly 4 characters", "chinese 有 3 个字符：\"智能灯\"",
       "chinese has 3 characters: \"智能灯\""},
      {R"J({"count": {"path": "absent_ports", "at_least": 1}})J", "unknown", "absent_ports 不少于 1 项",
       "absent_ports has at least 1 element", "未得知 absent_ports", "absent_ports is not known"},

      {R"J({"unique": {"path": "ports"}})J", "yes", "ports 中没有重复项", "no element of ports occurs twice",
       "ports 实为 [23, 443, 8883]", "ports is [23, 443, 8883]"},
      {R"J({"unique": {"path": "repeated"}})J", "no", "repeated 中没有重复项",
       "no element of repeated occurs twice", "repeated 中重复的有 [2, 1]",
       "repeated has [2, 1] more than once"},
      {R"J({"unique": {"path": "answers"}})J", "unknown", "answers 中没有重复项",
       "no element of answers occurs twice", "未得知 answers[1]", "answers[1] is not known"},
      {R"J({"unique": {"path": "absent_ports"}})J", "unknown", "absent_ports 中没有重复项",
       "no element of absent_ports occurs twice", "未得知 absent_ports", "absent_ports is not known"},

      {R"J({"all": [{"equals": {"path": "complete", "value": true}}, {"at_least": {"path": "count", "value": 1}}]})J",
       "yes", "以下全部成立：complete 应为 true；count 不小于 1",
       "all of these hold: complete is true; count is at least 1", "complete 实为 true；count 实为 12",
       "complete is true; count is 12"},
      {R"J({"all": [{"equals": {"path": "told", "value": "yes"}}, {"at_least": {"path": "count", "value": 13}}]})J",
       "no", "以下全部成立：told 应为 \"yes\"；count 不小于 13",
       "all of these hold: told is \"yes\"; count is at least 13", "count 实为 12", "count is 12"},
      {R"J({"all": [{"equals": {"path": "told", "value": "yes"}}, {"at_least": {"path": "count", "value": 1}}]})J",
       "unknown", "以下全部成立：told 应为 \"yes\"；count 不小于 1",
       "all of these hold: told is \"yes\"; count is at least 1", "未得知 told", "told is not known"},
      {R"J({"any": [{"equals": {"path": "told", "value": "yes"}}, {"at_least": {"path": "count", "value": 1}}]})J",
       "yes", "以下至少一项成立：told 应为 \"yes\"；count 不小于 1",
       "at least one of these holds: told is \"yes\"; count is at least 1", "count 实为 12", "count is 12"},
      {R"J({"any": [{"equals": {"path": "denied", "value": true}}, {"at_least": {"path": "count", "value": 13}}]})J",
       "no", "以下至少一项成立：denied 应为 true；count 不小于 13",
       "at least one of these holds: denied is true; count is at least 13",
       "denied 实为 false；count 实为 12", "denied is false; count is 12"},
      {R"J({"any": [{"at_least": {"path": "count", "value": 13}}, {"equals": {"path": "told", "value": "yes"}}]})J",
       "unknown", "以下至少一项成立：count 不小于 13；told 应为 \"yes\"",
       "at least one of these holds: count is at least 13; told is \"yes\"", "未得知 told",
       "told is not known"},
      {R"J({"not": {"matches": {"path": "name", "pattern": "Bulb.*"}}})J", "yes",
       "name 不应整体匹配 /Bulb.*/", "name does not match /Bulb.*/", "name 实为 \"Lamp-1\"",
       "name is \"Lamp-1\""},
      {R"J({"not": {"equals": {"path": "count", "value": 12}}})J", "no", "以下不成立：count 应为 12",
       "this does not hold: count is 12", "count 实为 12", "count is 12"},
      {R"J({"not": {"equals": {"path": "told", "value": "no"}}})J", "unknown", "以下不成立：told 应为 \"no\"",
       "this does not hold: told is \"no\"", "未得知 told", "told is not known"},

      {R"J({"for_all": {"in": "ports", "as": "p", "assert": [{"at_least": {"path": "p", "value": 1}}]}})J",
       "yes", "对 ports 的每一项 p：p 不小于 1", "for every p in ports: p is at least 1",
       "ports 的全部 3 项都成立", "it holds for all 3 elements of ports"},
      {R"J({"for_all": {"in": "digests", "as": "d", "assert": [{"exists": {"path": "d.algorithm"}}, {"equals": {"path": "d.matches", "value": true}}]}})J",
       "no", "对 digests 的每一项 d：应得知 d.algorithm；d.matches 应为 true",
       "for every d in digests: d.algorithm is known; d.matches is true", "digests[1]：d.matches 实为 false",
       "digests[1]: d.matches is false"},
      {R"J({"for_all": {"in": "digests", "as": "d", "assert": [{"at_least": {"path": "d.bits", "value": 128}}]}})J",
       "unknown", "对 digests 的每一项 d：d.bits 不小于 128",
       "for every d in digests: d.bits is at least 128", "digests[1]：未得知 digests[1].bits",
       "digests[1]: digests[1].bits is not known"},
      {R"J({"for_all": {"in": "none", "as": "x", "assert": [{"equals": {"path": "x", "value": 1}}]}})J",
       "yes", "对 none 的每一项 x：x 应为 1", "for every x in none: x is 1", "none 没有任何项",
       "none has no element"},
      {R"J({"for_all": {"in": "absent_ports", "as": "x", "assert": [{"equals": {"path": "x", "value": 1}}]}})J",
       "unknown", "对 absent_ports 的每一项 x：x 应为 1", "for every x in absent_ports: x is 1",
       "未得知 absent_ports", "absent_ports is not known"},
      {R"J({"for_all": {"in": "names", "as": "n", "assert": [{"equals": {"path": "upper(n)", "of": "upper(name)"}}]}})J",
       "no", "对 names 的每一项 n：upper(n) 应为 upper(name)",
       "for every n in names: upper(n) is upper(name)",
       "names[0]：upper(n) 实为 \"TELNET\"，而 upper(name) 为 \"LAMP-1\"",
       "names[0]: upper(n) is \"TELNET\", while upper(name) is \"LAMP-1\""},
      {R"J({"for_all": {"in": "map(ports, p, p % 2)", "as": "odd", "assert": [{"equals": {"path": "odd", "value": 0}}]}})J",
       "no", "对 map(ports, p, p % 2) 的每一项 odd：odd 应为 0",
       "for every odd in map(ports, p, p % 2): odd is 0", "第 1 项：odd 实为 1", "element 1: odd is 1"},
      {R"J({"for_some": {"in": "digests", "as": "d", "assert": [{"one_of": {"path": "d.algorithm", "values": ["sm3", "md5"]}}]}})J",
       "yes", "digests 中至少有一项 d：d.algorithm 应为 [\"sm3\", \"md5\"] 之一",
       "for at least one d in digests: d.algorithm is one of [\"sm3\", \"md5\"]",
       "digests[1]：d.algorithm 实为 \"md5\"", "digests[1]: d.algorithm is \"md5\""},
      {R"J({"for_some": {"in": "ports", "as": "p", "assert": [{"equals": {"path": "p", "value": 80}}]}})J",
       "no", "ports 中至少有一项 p：p 应为 80", "for at least one p in ports: p is 80",
       "ports 的 3 项都不成立", "it holds for none of the 3 elements of ports"},
      {R"J({"for_some": {"in": "digests", "as": "d", "assert": [{"equals": {"path": "d.bits", "value": 128}}]}})J",
       "unknown", "digests 中至少有一项 d：d.bits 应为 128", "for at least one d in digests: d.bits is 128",
       "digests[1]：未得知 digests[1].bits", "digests[1]: digests[1].bits is not known"},
      {R"J({"for_some": {"in": "none", "as": "x", "assert": [{"equals": {"path": "x", "value": 1}}]}})J",
       "no", "none 中至少有一项 x：x 应为 1", "for at least one x in none: x is 1", "none 没有任何项",
       "none has no element"},

      {R"J({"that": "count >= 5 ? bits >= 64 : unknown", "title": {"zh": "熵", "en": "entropy"}})J", "no",
       "count >= 5 ? bits >= 64 : unknown 成立", "count >= 5 ? bits >= 64 : unknown holds",
       "bits = 25.5，count = 12", "bits = 25.5, count = 12"},
      {R"J({"that": "count >= 500 ? bits >= 64 : unknown", "title": {"zh": "熵", "en": "entropy"}})J",
       "unknown", "count >= 500 ? bits >= 64 : unknown 成立", "count >= 500 ? bits >= 64 : unknown holds",
       "count = 12，不足以判定", "count = 12: not enough to decide"},
      {R"J({"that": "size(digests) <= 2", "title": {"zh": "数", "en": "number"}})J", "yes",
       "size(digests) <= 2 成立", "size(digests) <= 2 holds", "digests = 2 项", "digests = 2 elements"},
      {R"J({"that": "absent_count > 1 && told == \"yes\"", "title": {"zh": "数", "en": "number"}})J",
       "unknown", "absent_count > 1 && told == \"yes\" 成立", "absent_count > 1 && told == \"yes\" holds",
       "未得知 absent_count、told", "absent_count, told are not known"},
      {R"J({"that": "1 > 2", "title": {"zh": "数", "en": "number"}})J", "no", "1 > 2 成立", "1 > 2 holds",
       "不成立", "it does not hold"},
      {R"J({"that": "unknown", "title": {"zh": "数", "en": "number"}})J", "unknown", "unknown 成立",
       "unknown holds", "不足以判定", "not enough to decide"},
  };
  for (const Row& row : rows) {
    const model::AssertionResult result = run_one(row.assertion);
    CAPTURE(row.assertion);
    CHECK(holds(result) == row.holds);
    CHECK(result.expected->zh == row.expected_zh);
    CHECK(result.expected->en == row.expected_en);
    CHECK(result.observed->zh == row.observed_zh);
    CHECK(result.observed->en == row.observed_en);
    CHECK((result.missing.empty() || result.holds == Kleene::unknown));
  }
}

TEST_CASE("a fact that is not there is absent only when the probe finished") {
  const char* exists = R"J({"exists": {"path": "absent_count"}})J";
  const char* absent = R"J({"absent": {"path": "absent_count"}})J";
  CHECK(holds(run_one(exists)) == "no");
  CHECK(holds(run_one(absent)) == "yes");
  CHECK(holds(run_one(exists, scope(false))) == "unknown");
  CHECK(holds(run_one(absent, scope(false))) == "unknown");
  CHECK(run_one(absent, scope(false)).missing == std::vector<std::string>{"absent_count"});
  // What was learned before the end counts; a declaration is always complete.
  CHECK(holds(run_one(R"J({"exists": {"path": "count"}})J", scope(false))) == "yes");
  CHECK(holds(run_one(R"J({"absent": {"path": "item.services[1].protocol"}})J", scope(false))) == "yes");
  Scope nothing;
  nothing.probe_finished = true;
  CHECK(holds(run_one(exists, nothing)) == "unknown");
  CHECK(holds(run_one(absent, nothing)) == "unknown");
  CHECK(holds(run_one(R"J({"absent": {"path": "item.address"}})J", nothing)) == "unknown");
}

TEST_CASE("mistakes are told with pointer, code, words and hint") {
  const std::pair<const char*, const char*> rows[] = {
      {R"J("text")J", "/0 E065 an assertion is a mapping like {equals: {path: complete, value: true}}"},
      {R"J({})J", "/0 E065 the assertion is empty (write one like {equals: {path: complete, value: true}})"},
      {R"J({"title": {"zh": "x", "en": "x"}})J",
       "/0 E065 the assertion is empty (write one like {equals: {path: complete, value: true}})"},
      {R"J({"equal": {"path": "complete", "value": true}})J",
       "/0/equal E065 there is no assertion 'equal' (did you mean 'equals'?)"},
      {R"J({"zzz/~": 1})J",
       "/0/zzz~1~0 E065 there is no assertion 'zzz/~' (the list is in docs/documents.md)"},
      {R"J({"exists": {"path": "count"}, "absent": {"path": "count"}})J",
       "/0 E065 one mapping holds two assertions, 'absent' and 'exists' (write each as its own list "
       "element)"},
      {R"J({"equals": 3})J", "/0/equals E065 equals takes a mapping with: path value|of"},
      {R"J({"equals": {"path": "complete"}})J", "/0/equals E065 equals needs 'value' or 'of'"},
      {R"J({"equals": {"value": true}})J", "/0/equals E065 equals needs 'path'"},
      {R"J({"equals": {"path": "count", "value": 1, "of": "2"}})J",
       "/0/equals E065 equals takes 'value' or 'of', not both"},
      {R"J({"equals": {"path": "count", "value": 1, "vale": 1}})J",
       "/0/equals/vale E065 equals has no member 'vale' (did you mean 'value'?)"},
      {R"J({"exists": {"path": "count", "zzzzzz": 1}})J",
       "/0/exists/zzzzzz E065 exists has no member 'zzzzzz' (it takes: path)"},
      {R"J({"equals": {"path": 3, "value": 1}})J", "/0/equals/path E065 an expression is written as text"},
      {R"J({"equals": {"path": "count +", "value": 1}})J",
       "/0/equals/path E060 at character 8: a value is needed here, not the end"},
      {R"J({"equals": {"path": "cuont", "value": 1}})J",
       "/0/equals/path E061 at character 1: the probe has no fact 'cuont' (did you mean 'count'?)"},
      {R"J({"equals": {"path": "count", "of": "cuont"}})J",
       "/0/equals/of E061 at character 1: the probe has no fact 'cuont' (did you mean 'count'?)"},
      {R"J({"equals": {"path": "count", "value": "x"}})J",
       "/0/equals/value E062 an integer never equals a text"},
      {R"J({"equals": {"path": "count", "value": null}})J",
       "/0/equals/value E065 a value is a text, a number, a truth value or a list of those"},
      {R"J({"equals": {"path": "count", "value": {"a": 1}}})J",
       "/0/equals/value E065 a value is a text, a number, a truth value or a list of those"},
      {R"J({"equals": {"path": "count", "value": 18446744073709551615}})J",
       "/0/equals/value E065 a value is a text, a number, a truth value or a list of those"},
      {R"J({"equals": {"path": "spoken", "value": "yess"}})J",
       "/0/equals/value E063 the value is never 'yess' (did you mean 'yes'?)"},
      {R"J({"equals": {"path": "versions", "of": "versions"}})J",
       "/0/equals/of E062 at character 1: objects can't be compared (compare their members)"},
      {R"J({"one_of": {"path": "spoken", "values": ["yes", "nein"]}})J",
       "/0/one_of/values E063 the value is never 'nein' (it is one of: yes, no)"},
      {R"J({"one_of": {"path": "count", "values": 3}})J",
       "/0/one_of/values E062 a list is needed here, not integer"},
      {R"J({"none_of": {"path": "count", "values": ["x"]}})J",
       "/0/none_of/values E062 a list of texts never holds an integer"},
      {R"J({"none_of": {"path": "ports", "values": ["x"]}})J",
       "/0/none_of/values E062 a list of integers never equals a list of texts"},
      {R"J({"none_of": {"path": "answers", "values": ["yess"]}})J",
       "/0/none_of/values E063 the value is never 'yess' (did you mean 'yes'?)"},
      {R"J({"subset_of": {"path": "count", "values": [1]}})J",
       "/0/subset_of/path E062 a list is needed here, but count is of type integer"},
      {R"J({"subset_of": {"path": "ports", "of": "count"}})J",
       "/0/subset_of/of E062 a list is needed here, not integer"},
      {R"J({"contains": {"path": "count", "value": 1}})J",
       "/0/contains/path E062 a list or a text is needed here, but count is of type integer"},
      {R"J({"contains": {"path": "ports", "value": "x"}})J",
       "/0/contains/value E062 a list of integers never holds a text"},
      {R"J({"contains": {"path": "name", "value": 1}})J",
       "/0/contains/value E062 the part of a text is a text"},
      {R"J({"at_least": {"path": "name", "value": 1}})J",
       "/0/at_least/value E062 numbers or texts have an order, not text and integer"},
      {R"J({"at_most": {"path": "complete", "value": true}})J",
       "/0/at_most/value E062 numbers or texts have an order, not truth value and truth value"},
      {R"J({"between": {"path": "count", "low": 1, "high": "x"}})J",
       "/0/between/high E062 numbers or texts have an order, not integer and text"},
      {R"J({"between": {"path": "count", "low": 1}})J", "/0/between E065 between needs 'high'"},
      {R"J({"matches": {"path": "name", "pattern": "("}})J",
       "/0/matches/pattern E064 bad regular expression: missing ): ( (the syntax is RE2's: no look-around, "
       "no back references)"},
      {R"J({"matches": {"path": "name", "pattern": 3}})J",
       "/0/matches/pattern E065 a pattern is written as text"},
      {R"J({"matches": {"path": "count", "pattern": "x"}})J",
       "/0/matches/path E062 a text or a list of texts is needed here, but count is of type integer"},
      {R"J({"matches": {"path": "ports", "pattern": "x"}})J",
       "/0/matches/path E062 texts match a pattern, not the elements of a list of integers"},
      {R"J({"exists": {"path": "count + 1"}})J",
       "/0/exists/path E062 a path is needed here, not a computed value"},
      {R"J({"absent": {"path": "size(ports)"}})J",
       "/0/absent/path E062 a path is needed here, not a computed value"},
      {R"J({"count": {"path": "ports"}})J", "/0/count E065 count needs 'at_least', 'at_most' or 'equals'"},
      {R"J({"count": {"path": "ports", "at_least": -1}})J",
       "/0/count/at_least E065 a count is a whole number from 0"},
      {R"J({"count": {"path": "ports", "equals": "3"}})J",
       "/0/count/equals E065 a count is a whole number from 0"},
      {R"J({"count": {"path": "count", "equals": 3}})J",
       "/0/count/path E062 a list or a text is needed here, but count is of type integer"},
      {R"J({"unique": {"path": "name"}})J",
       "/0/unique/path E062 a list is needed here, but name is of type text"},
      {R"J({"unique": {"path": "digests"}})J",
       "/0/unique/path E062 texts, numbers or truth values can be unique, not the elements of a list of "
       "objects"},
      {R"J({"all": []})J", "/0/all E065 a list of assertions is needed here"},
      {R"J({"any": {"exists": {"path": "count"}}})J", "/0/any E065 a list of assertions is needed here"},
      {R"J({"any": [{"exists": {"path": "cuont"}}]})J",
       "/0/any/0/exists/path E061 at character 1: the probe has no fact 'cuont' (did you mean 'count'?)"},
      {R"J({"not": [1]})J",
       "/0/not E065 an assertion is a mapping like {equals: {path: complete, value: true}}"},
      {R"J({"for_all": {"in": "ports", "as": "p"}})J", "/0/for_all E065 for_all needs 'assert'"},
      {R"J({"for_all": {"in": "count", "as": "p", "assert": [{"exists": {"path": "p"}}]}})J",
       "/0/for_all/in E062 a list is needed here, but count is of type integer"},
      {R"J({"for_all": {"in": "ports", "as": "1p", "assert": [{"exists": {"path": "p"}}]}})J",
       "/0/for_all/as E065 a name of letters, digits and _ is needed here"},
      {R"J({"for_all": {"in": "ports", "as": "count", "assert": [{"exists": {"path": "count"}}]}})J",
       "/0/for_all/as E061 'count' is already a fact (choose another name)"},
      {R"J({"for_all": {"in": "digests", "as": "d", "assert": [{"exists": {"path": "d.algoritm"}}]}})J",
       "/0/for_all/assert/0/exists/path E061 at character 3: d has no member 'algoritm' (did you mean "
       "'algorithm'?)"},
      {R"J({"that": "count > 1"})J",
       "/0 E065 that needs a 'title' with zh and en (the report can't say an expression in words)"},
      {R"J({"that": "count", "title": {"zh": "x", "en": "x"}})J",
       "/0/that E062 at character 1: a truth value is needed here, but count is an integer"},
      {R"J({"that": true, "title": {"zh": "x", "en": "x"}})J",
       "/0/that E065 an expression is written as text"},
      {R"J({"exists": {"path": "count"}, "title": "x"})J",
       "/0/title E065 a title is a mapping with texts zh and en"},
      {R"J({"exists": {"path": "count"}, "title": {"zh": "x"}})J",
       "/0/title E065 a title is a mapping with texts zh and en"},
  };
  for (const auto& [assertion, expected] : rows) CHECK_MESSAGE(problem_of(assertion) == expected, assertion);
  std::vector<Problem> problems;
  CHECK(compile_assertions(Json::array(), schemas(), problems).size() == 0);
  CHECK(compile_assertions(Json(), schemas(), problems).size() == 0);
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].message == "assert is a list with at least one assertion");
}

TEST_CASE("nesting is capped") {
  Json nested = {{"exists", {{"path", "count"}}}};
  for (int i = 0; i < 16; ++i) nested = {{"not", nested}};
  std::vector<Problem> problems;
  compile_assertions(Json::array({nested}), schemas(), problems);
  CHECK(problems.empty());
  nested = {{"not", nested}};
  compile_assertions(Json::array({nested}), schemas(), problems);
  REQUIRE(problems.size() == 1);
  CHECK(problem_text(problems[0]) == "E066 assertions are nested deeper than 16");
}

TEST_CASE("results carry source, title, steps and evidence") {
  model::Evidence hello{"hello.bin", "application/octet-stream", "aa", 1, {"versions.ssl3"}};
  model::Evidence all{"all.pcap", "application/octet-stream", "bb", 1, {}};
  model::Evidence other{"other.bin", "application/octet-stream", "cc", 1, {"versions.ssl33", "version"}};
  const model::Evidence evidence[] = {hello, all, other};
  Scope where = scope();
  where.evidence = evidence;
  const auto result = run_one(
      R"J({"equals": {"path": "versions.ssl3.offered", "value": "no"}, "title": {"zh": "拒绝", "en": "refused"}})J",
      where);
  CHECK(result.source == "equals: {path: versions.ssl3.offered, value: \"no\"}");
  CHECK(result.title == model::Text{"拒绝", "refused"});
  REQUIRE(result.steps.size() == 1);
  CHECK(result.steps[0].expression == "versions.ssl3.offered");
  CHECK(result.steps[0].fact == "versions.ssl3.offered");
  CHECK(result.steps[0].known);
  CHECK(result.steps[0].value == "no");
  CHECK(result.steps[0].evidence == std::vector<std::string>{"aa", "bb"});
  // Evidence backs facts, not declarations.
  const auto declared = run_one(R"J({"equals": {"path": "item.address", "value": "127.0.0.1"}})J", where);
  REQUIRE(declared.steps.size() == 1);
  CHECK(declared.steps[0].fact == "item.address");
  CHECK(declared.steps[0].evidence.empty());
  CHECK(run_one(R"J({"that": "complete  ||\n unknown", "title": {"zh": "x", "en": "x"}})J").source ==
        "that: complete || unknown");
}

TEST_CASE("steps start with what decided") {
  const auto facts_of = [](const model::AssertionResult& result) {
    std::string out;
    for (const model::Step& step : result.steps)
      out += (out.empty() ? "" : " ") + (step.fact.empty() ? step.expression : step.fact);
    return out;
  };
  CHECK(facts_of(run_one(R"J({"subset_of": {"path": "ports", "of": "map(item.services, s, s.port)"}})J")) ==
        "ports[0] ports item.services");
  CHECK(facts_of(run_one(R"J({"unique": {"path": "repeated"}})J")) == "repeated[2] repeated");
  CHECK(
      facts_of(run_one(
          R"J({"for_all": {"in": "digests", "as": "d", "assert": [{"equals": {"path": "d.matches", "value": true}}]}})J")) ==
      "digests[1].matches digests");
  CHECK(
      facts_of(run_one(
          R"J({"all": [{"equals": {"path": "complete", "value": true}}, {"equals": {"path": "denied", "value": true}}]})J")) ==
      "denied");
  CHECK(
      facts_of(run_one(
          R"J({"all": [{"equals": {"path": "complete", "value": true}}, {"equals": {"path": "told", "value": "yes"}}]})J")) ==
      "told complete");
  const auto result = run_one(
      R"J({"any": [{"equals": {"path": "told", "value": "yes"}}, {"equals": {"path": "denied", "value": true}},
                                          {"that": "1 / zero > 1", "title": {"zh": "x", "en": "x"}}]})J");
  CHECK(holds(result) == "unknown");
  CHECK(result.missing == std::vector<std::string>{"told"});
  CHECK(result.observed->en == "told is not known; can't be decided: division by zero (1 / zero)");
}

TEST_CASE("long values are cut with a count") {
  Json facts = Json::object();
  facts["ports"] = Json::array();
  for (int i = 1; i <= 2000; ++i) facts["ports"].push_back(i);
  facts["name"] = std::string(200, 'x');
  Scope where;
  where.facts = &facts;
  const auto result = run_one(R"J({"one_of": {"path": "ports", "values": [1]}})J", where);
  CHECK(result.observed->en == "ports also has [2, 3, 4, 5, 6, 7, 8, 9, 10, 11] (1,999 in all)");
  CHECK(result.observed->zh == "ports 多出 [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]（共 1,999 项）");
  REQUIRE(result.steps.size() == 2);
  CHECK(result.steps[1].value.size() == 21);
  CHECK(result.steps[1].value.back() == "… and 1,980 more");
  const auto equals = run_one(R"J({"equals": {"path": "ports", "value": []}})J", where);
  CHECK(equals.observed->en == "ports is [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … and 1,990 more]");
  CHECK(equals.observed->zh == "ports 实为 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …另有 1,990 项]");
  CHECK(run_one(R"J({"equals": {"path": "name", "value": "y"}})J", where).observed->en ==
        "name is \"" + std::string(120, 'x') + "… (80 more characters)\"");
}

TEST_CASE("hostile facts stay facts") {
  Json facts = *parse_json(
      R"J({"name": "a\u0007\u001b[31m\"\n", "ports": [1, "x", null, {"a": 1}], "digests": 3, "versions": [], "count": 18446744073709551615})J");
  Scope where;
  where.facts = &facts;
  where.probe_finished = true;
  CHECK(run_one(R"J({"equals": {"path": "name", "value": "x"}})J", where).observed->en ==
        "name is \"a\uFFFD\uFFFD[31m\\\"\\n\"");
  CHECK(holds(run_one(R"J({"none_of": {"path": "ports", "values": [1]}})J", where)) == "no");
  CHECK(holds(run_one(R"J({"none_of": {"path": "ports", "values": [2]}})J", where)) == "unknown");
  CHECK(holds(run_one(R"J({"unique": {"path": "ports"}})J", where)) == "unknown");
  CHECK(holds(run_one(
            R"J({"for_all": {"in": "digests", "as": "d", "assert": [{"exists": {"path": "d.matches"}}]}})J",
            where)) == "unknown");
  CHECK(holds(run_one(R"J({"absent": {"path": "versions.ssl3"}})J", where)) == "unknown");
  CHECK(holds(run_one(R"J({"at_least": {"path": "count", "value": 1}})J", where)) == "unknown");
}

TEST_CASE("long lists are compared within the budget") {
  Json facts = Json::object();
  Json item = Json::object();
  facts["ports"] = Json::array();
  for (int i = 1; i <= 65535; ++i) facts["ports"].push_back(i);
  item["services"] = Json::array();
  for (int i = 1; i <= 5000; ++i) item["services"].push_back({{"port", i}});
  Scope where;
  where.facts = &facts;
  where.item = &item;
  const auto result =
      run_one(R"J({"subset_of": {"path": "ports", "of": "map(item.services, s, s.port)"}})J", where);
  CHECK(holds(result) == "no");
  CHECK(result.observed->en ==
        "ports also has [5001, 5002, 5003, 5004, 5005, 5006, 5007, 5008, 5009, 5010] (60,535 in all)");
  CHECK(holds(run_one(R"J({"unique": {"path": "ports"}})J", where)) == "yes");
  CHECK(
      holds(run_one(
          R"J({"for_all": {"in": "ports", "as": "p", "assert": [{"at_least": {"path": "p", "value": 1}}]}})J",
          where)) == "yes");
  const auto costly = run_one(
      R"J({"for_all": {"in": "ports", "as": "p", "assert": [{"that": "p in map(ports, q, q)", "title": {"zh": "x", "en": "x"}}]}})J",
      where);
  CHECK(holds(costly) == "unknown");
  CHECK(costly.observed->en == "can't be decided: more than 1,000,000 steps");
  CHECK(costly.observed->zh == "无法判断：判断步骤超过 1,000,000 步的上限");
}

TEST_CASE("all_hold is Kleene's and, and nothing is not yes") {
  const auto result = [](Kleene kleene) {
    model::AssertionResult out;
    out.holds = kleene;
    return out;
  };
  const auto all = [&](std::initializer_list<Kleene> values) {
    std::vector<model::AssertionResult> results;
    for (const Kleene value : values) results.push_back(result(value));
    return all_hold(results);
  };
  CHECK(all({}) == Kleene::unknown);
  CHECK(all({Kleene::yes, Kleene::yes}) == Kleene::yes);
  CHECK(all({Kleene::yes, Kleene::unknown}) == Kleene::unknown);
  CHECK(all({Kleene::unknown, Kleene::no}) == Kleene::no);
  CHECK(evaluate(CompiledAssertions(), scope()).empty());
  CHECK(CompiledAssertions().size() == 0);
}
