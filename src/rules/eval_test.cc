// What expressions come to: every operator and function with a value, with none, and with facts nobody should
// trust.
#include "rules/eval.h"

#include <doctest/doctest.h>

#include "rules/expression_testing.h"
#include "rules/functions.h"
#include "rules/trace.h"

using namespace lintel;
using namespace lintel::rules;
using namespace lintel::rules::testing;

namespace {

struct Row {
  const char* source;
  const char* expected;
};

void check_rows(std::span<const Row> rows) {
  for (const Row& row : rows) CHECK_MESSAGE(value_of(row.source) == row.expected, row.source);
}

}  // namespace

TEST_CASE("Kleene truth tables, complete") {
  const char* words[] = {"false", "true", "unknown"};
  const char* conjunction[3][3] = {
      {"false", "false", "false"}, {"false", "true", "unknown"}, {"false", "unknown", "unknown"}};
  const char* disjunction[3][3] = {
      {"false", "true", "unknown"}, {"true", "true", "true"}, {"unknown", "true", "unknown"}};
  const char* negation[3] = {"true", "false", "unknown"};
  // The same with facts instead of literals.
  const char* facts[] = {"denied", "complete", "absent_flag"};
  for (int a = 0; a < 3; ++a) {
    CHECK(value_of(fmt::format("!{}", words[a])) == negation[a]);
    CHECK(value_of(fmt::format("!{}", facts[a])) == negation[a]);
    for (int b = 0; b < 3; ++b) {
      CHECK(value_of(fmt::format("{} && {}", words[a], words[b])) == conjunction[a][b]);
      CHECK(value_of(fmt::format("{} || {}", words[a], words[b])) == disjunction[a][b]);
      CHECK(value_of(fmt::format("{} && {}", facts[a], facts[b])) == conjunction[a][b]);
      CHECK(value_of(fmt::format("{} || {}", facts[a], facts[b])) == disjunction[a][b]);
    }
  }
}

TEST_CASE("comparisons") {
  const Row rows[] = {
      {"count == 12", "true"},
      {"count == 13", "false"},
      {"count != 12", "false"},
      {"count != 13", "true"},
      {"count < 13", "true"},
      {"count < 12", "false"},
      {"count <= 12", "true"},
      {"count <= 11", "false"},
      {"count > 11", "true"},
      {"count > 12", "false"},
      {"count >= 12", "true"},
      {"count >= 13", "false"},
      {"absent_count == 1", "unknown"},
      {"absent_count != 1", "unknown"},
      {"absent_count < 1", "unknown"},
      {"1 <= absent_count", "unknown"},
      {"absent_count > absent_count", "unknown"},
      {"1 >= absent_count", "unknown"},
      // integers and numbers mix, exactly
      {"1 == 1.0", "true"},
      {"1 < 1.5", "true"},
      {"bits == 25.5", "true"},
      {"bits > 25", "true"},
      {"whole == 3", "true"},
      {"big == 9223372036854775807", "true"},
      {"big == 9223372036854775808.0", "false"},
      {"big < 9223372036854775808.0", "true"},
      {"lowest == -9223372036854775808.0", "true"},
      {"lowest > -1e30", "true"},
      {"9007199254740993 == 9007199254740992.0", "false"},
      {"-1 > -1.5", "true"},
      {"-1.5 < -1", "true"},
      {"0 > -0.5", "true"},
      {"0.5 > 0", "true"},
      // texts
      {"name == \"Lamp-1\"", "true"},
      {"name == \"lamp-1\"", "false"},
      {"'2026-11-01' < '2026-11-02'", "true"},
      {"'2026' < '2026-11'", "unknown: texts of different length have no order"},
      {"date < '2026-11-01T09:00:00+00:00'",
       "unknown: times with different offsets can't be compared as text"},
      {"date < '2026-11-01T11:00:00+08:00'", "true"},
      {"'b' >= 'a'", "true"},
      {"'b' <= 'a'", "false"},
      {"absent_name == 'x'", "unknown"},
      {"absent_name < 'x'", "unknown"},
      // truth values and lists
      {"complete == true", "true"},
      {"complete == denied", "false"},
      {"complete != absent_flag", "unknown"},
      {"ports == [23, 443, 8883]", "true"},
      {"ports == [443, 23, 8883]", "false"},
      {"ports == [23]", "false"},
      {"none == []", "true"},
      {"[1, absent_count] == [2, 3]", "false"},
      {"[1, absent_count] == [1, 3]", "unknown"},
      {"[absent_count] == [1, 2]", "false"},
      {"answers == ['yes', 'no', 'no']", "unknown"},
      {"answers == ['no', 'no', 'no']", "false"},
      {"rows == [[1, 2], [3]]", "true"},
      {"rows == [[1, 2], [4]]", "false"},
      // in
      {"443 in ports", "true"},
      {"80 in ports", "false"},
      {"23.0 in ports", "true"},
      {"absent_count in ports", "unknown"},
      {"1 in absent_ports", "unknown"},
      {"1 in none", "false"},
      {"'yes' in answers", "true"},
      {"'no' in answers", "true"},
      {"name in ['Lamp-1', 'x']", "true"},
      {"1 in [2, absent_count]", "unknown"},
      {"2 in [2, absent_count]", "true"},
      {"[3] in rows", "true"},
      {"[4] in rows", "false"},
  };
  check_rows(rows);
}

TEST_CASE("x-unknown, missing and malformed facts are unknown") {
  const Row rows[] = {
      {"spoken == 'yes'", "true"},
      {"told == 'yes'", "unknown"},
      {"told != 'yes'", "unknown"},
      {"told", "unknown"},
      {"days >= 0", "unknown"},
      {"versions.ssl3.offered == 'no'", "true"},
      {"versions.tls1_2.offered == 'no'", "unknown"},
      {"versions.tls1_3.offered == 'no'", "unknown"},
      {"versions.ssl3.alert", "40"},
      {"versions.ssl3.suite == 'x'", "unknown"},
      {"answers[1] == 'yes'", "unknown"},
      {"any(answers, a, a == 'no')", "true"},
      {"all(answers, a, a == 'yes')", "false"},
      {"wrong", "unknown"},
      {"wrong == 1", "unknown"},
      {"wrong + 1 > 0", "unknown"},
      {"extra.a", "1"},
      {"extra.b", "unknown"},
      {"free.deep[0]", "1"},
      {"free.deep[1] == 'two'", "true"},
      {"free.deep[0] == 'two'", "unknown: values of different types can't be compared"},
      {"free.deep > 1", "unknown: values of different types can't be compared"},
      {"free.deep && true", "unknown"},
      {"free.nothing.more", "unknown"},
      {"free.deep.x", "unknown"},
      {"free == free", "unknown: values of different types can't be compared"},
      {"item.address", "\"127.0.0.1\""},
      {"item.services[0].port", "443"},
      {"item.services[1].protocol", "unknown"},
      {"asset.level", "2"},
      {"asset.id == 'lamp'", "true"},
      {"params.range", "\"1-1024\""},
      {"unknown", "unknown"},
      {"unknown == 1", "unknown"},
  };
  check_rows(rows);
}

TEST_CASE("arithmetic never wraps, rounds silently or divides by zero") {
  const Row rows[] = {
      {"1 + 2 * 3", "7"},
      {"7 / 2", "3.5"},
      {"6 / 2", "3"},
      {"7 % 3", "1"},
      {"-7 % 3", "-1"},
      {"1.5 + 1", "2.5"},
      {"2 * 1.5", "3"},
      {"1 - 2.5", "-1.5"},
      {"-count", "-12"},
      {"-bits", "-25.5"},
      {"count - 2 == 10", "true"},
      {"'a' + 'b'", "\"ab\""},
      {"1 / 0", "unknown: division by zero"},
      {"1 % 0", "unknown: division by zero"},
      {"1.5 / zero", "unknown: division by zero"},
      {"big + 1", "unknown: an integer beyond 64 bits"},
      {"lowest - 1", "unknown: an integer beyond 64 bits"},
      {"big * 2", "unknown: an integer beyond 64 bits"},
      {"-lowest", "unknown: an integer beyond 64 bits"},
      {"lowest % -1", "0"},
      {"1e308 * 10", "unknown: a number out of range"},
      {"1e308 / 1e-10", "unknown: a number out of range"},
      {"absent_count + 1", "unknown"},
      {"1 - absent_count", "unknown"},
      {"-absent_count", "unknown"},
      {"1 / absent_count", "unknown"},
      {"free.deep + 1", "unknown: a value of an unexpected type"},
      {"1.5 * absent_count", "unknown"},
  };
  check_rows(rows);
}

TEST_CASE("condition, index and slice") {
  const Row rows[] = {
      {"complete ? 1 : 2", "1"},
      {"denied ? 1 : 2", "2"},
      {"absent_flag ? 1 : 2", "unknown"},
      {"denied ? absent_count : 2", "2"},
      {"complete ? absent_count : 2", "unknown"},
      {"complete ? unknown : true", "unknown"},
      {"ports[0]", "23"},
      {"ports[2]", "8883"},
      {"ports[3]", "unknown"},
      {"ports[-1]", "unknown"},
      {"ports[absent_count]", "unknown"},
      {"absent_ports[0]", "unknown"},
      {"sorted(ports)[1]", "443"},
      {"sorted(ports)[9]", "unknown: an index out of range"},
      {"rows[0][1]", "2"},
      {"digests[1].algorithm", "\"md5\""},
      {"where(digests, d, d.matches)[0].bits", "256"},
      {"name[0]", "\"L\""},
      {"chinese[1]", "\"能\""},
      {"chinese[3]", "unknown: an index out of range"},
      {"name[-1]", "unknown: an index out of range"},
      {"ports[0:2]", "[23, 443]"},
      {"ports[1:]", "[443, 8883]"},
      {"ports[:1]", "[23]"},
      {"ports[:]", "[23, 443, 8883]"},
      {"ports[1:1]", "[]"},
      {"ports[2:1]", "unknown: an index out of range"},
      {"ports[0:4]", "unknown: an index out of range"},
      {"ports[-1:2]", "unknown: an index out of range"},
      {"ports[absent_count:2]", "unknown"},
      {"ports[0:absent_count]", "unknown"},
      {"name[0:4]", "\"Lamp\""},
      {"chinese[1:3]", "\"能灯\""},
      {"chinese[2:]", "\"灯\""},
      {"chinese[0:4]", "unknown: an index out of range"},
      {"absent_name[0:1]", "unknown"},
      {"empty_name[:]", "\"\""},
  };
  check_rows(rows);
}

TEST_CASE("functions") {
  const Row rows[] = {
      {"size(ports)", "3"},
      {"size(none)", "0"},
      {"size(name)", "6"},
      {"size(chinese)", "3"},
      {"size(absent_ports)", "unknown"},
      {"size([absent_count, 1])", "2"},
      {"lower(name)", "\"lamp-1\""},
      {"upper(name)", "\"LAMP-1\""},
      {"upper(chinese)", "\"智能灯\""},
      {"lower(absent_name)", "unknown"},
      {"upper(absent_name)", "unknown"},
      {"starts(name, 'Lamp')", "true"},
      {"starts(name, 'lamp')", "false"},
      {"starts(absent_name, 'x')", "unknown"},
      {"ends(name, '-1')", "true"},
      {"ends(name, '-2')", "false"},
      {"ends(name, absent_name)", "unknown"},
      {"contains(name, 'amp')", "true"},
      {"contains(name, 'AMP')", "false"},
      {"contains(absent_name, 'x')", "unknown"},
      {"contains(ports, 443)", "true"},
      {"contains(ports, 80)", "false"},
      {"contains(absent_ports, 80)", "unknown"},
      {"contains([1, absent_count], 1)", "true"},
      {"contains([1, absent_count], 2)", "unknown"},
      {"matches(name, 'Lamp-[0-9]')", "true"},
      {"matches(name, 'Lamp')", "false"},
      {"matches(name, '.*')", "true"},
      {"matches(empty_name, '.+')", "false"},
      {"matches(absent_name, '.*')", "unknown"},
      {"matches(chinese, '智.灯')", "true"},
      {"unique(repeated)", "[1, 2, 3]"},
      {"unique(none)", "[]"},
      {"size(unique(names)) == size(names)", "true"},
      {"unique(absent_ports)", "unknown"},
      {"unique([1, absent_count])", "unknown"},
      {"unique([1, 1.0, 2])", "[1, 2]"},
      {"unique(flags)", "[true, false]"},
      {"sorted(repeated)", "[1, 1, 2, 2, 3]"},
      {"sorted(names)", "[\"https\", \"telnet\"]"},
      {"sorted(numbers)", "[1, 2.5]"},
      {"sorted([2, absent_count])", "unknown"},
      {"sorted(none)", "[]"},
      {"sorted(free.deep)", "unknown: a value of an unexpected type"},
      {"min(ports)", "23"},
      {"max(ports)", "8883"},
      {"min(numbers)", "1"},
      {"max(numbers)", "2.5"},
      {"min([-5, 3])", "-5"},
      {"max([-5, -3])", "-3"},
      {"min(none)", "unknown: an empty list has no smallest, largest or mean value"},
      {"max(absent_ports)", "unknown"},
      {"max([1, absent_count])", "unknown"},
      {"max(none)", "unknown: an empty list has no smallest, largest or mean value"},
      {"sum(ports)", "9349"},
      {"sum(none)", "0"},
      {"sum(numbers)", "3.5"},
      {"sum([big, 1])", "unknown: an integer beyond 64 bits"},
      {"sum(absent_ports)", "unknown"},
      {"sum([1e308, 1e308])", "unknown: a number out of range"},
      {"sum([1, absent_count])", "unknown"},
      {"mean([1, 2])", "1.5"},
      {"mean(none)", "unknown: an empty list has no smallest, largest or mean value"},
      {"mean(absent_ports)", "unknown"},
      {"mean([big, big]) > 9e18", "true"},
      {"has(count)", "true"},
      {"has(absent_count)", "false"},
      {"has(told)", "unknown"},
      {"has(versions.tls1_3)", "false"},
      {"has(versions.tls1_3.offered)", "false"},
      {"has(versions.tls1_2.offered)", "unknown"},
      {"has(ports[2])", "true"},
      {"has(ports[3])", "false"},
      {"has(item.services[1].protocol)", "false"},
      {"all(item.services, s, has(s.protocol))", "false"},
      {"has(params.range)", "true"},
      {"version_cmp('1.10', '1.9')", "1"},
      {"version_cmp('1.0', '1.0')", "0"},
      {"version_cmp('1.0', '2')", "-1"},
      {"version_cmp(name, '1.0')", "unknown: not a version that can be compared"},
      {"version_cmp(absent_name, '1')", "unknown"},
      {"version_cmp('2.4.1', '2.4') >= 0", "true"},
  };
  check_rows(rows);
  CHECK(value_of("has(absent_count)", false) == "unknown");
  CHECK(value_of("has(count)", false) == "true");
  CHECK(value_of("has(item.services[1].protocol)", false) == "false");
}

TEST_CASE("forms that bind a name") {
  const Row rows[] = {
      {"all(ports, p, p > 20)", "true"},
      {"all(ports, p, p > 23)", "false"},
      {"all(none, p, p > 23)", "true"},
      {"all(absent_ports, p, p > 0)", "unknown"},
      {"all(digests, d, d.bits >= 128)", "unknown"},
      {"all(digests, d, d.bits >= 512)", "false"},
      {"all([absent_count, 5], x, x > 5)", "false"},
      {"all([absent_count, 6], x, x > 5)", "unknown"},
      {"any(ports, p, p == 443)", "true"},
      {"any(ports, p, p == 80)", "false"},
      {"any(none, p, true)", "false"},
      {"any(absent_ports, p, true)", "unknown"},
      {"any(digests, d, d.bits >= 128)", "true"},
      {"any(digests, d, d.bits >= 512)", "unknown"},
      {"any([absent_count], x, true)", "true"},
      {"count(ports, p, p > 100)", "2"},
      {"count(none, p, true)", "0"},
      {"count(digests, d, d.bits > 1)", "unknown"},
      {"count(absent_ports, p, true)", "unknown"},
      {"map(ports, p, p + 1)", "[24, 444, 8884]"},
      {"map(digests, d, d.bits)", "[256, unknown]"},
      {"map(none, p, p)", "[]"},
      {"map(absent_ports, p, p)", "unknown"},
      {"map(digests, d, d.algorithm)", "[\"sha256\", \"md5\"]"},
      {"where(ports, p, p > 100)", "[443, 8883]"},
      {"where(ports, p, false)", "[]"},
      {"where(digests, d, d.bits > 1)", "unknown"},
      {"where(absent_ports, p, true)", "unknown"},
      {"all(rows, r, all(r, x, x > 0))", "true"},
      {"map(rows, r, map(r, x, x * size(r)))", "[[2, 4], [3]]"},
      {"any(item.services, s, s.port in ports && s.tls == 'required')", "true"},
      {"map(where(item.services, s, s.transport == \"tcp\"), s, s.port)", "[443]"},
      {"where(ports, p, !any(item.services, s, s.port == p))", "[23, 8883]"},
  };
  check_rows(rows);
}

TEST_CASE("versions") {
  const std::tuple<const char*, const char*, int> rows[] = {
      {"1.9", "1.10", -1},
      {"1.2", "1.2.0", 0},
      {"1.2", "1.2.1", -1},
      {"v2", "2.0.0", 0},
      {"1.0-rc1", "1.0", -1},
      {"1.0-rc2", "1.0-rc10", -1},
      {"1.0-alpha", "1.0-beta", -1},
      {"1.0-1", "1.0-alpha", -1},
      {"1.0+build7", "1.0", 0},
      {"1.0.2k", "1.0.2", 1},
      {"1.0.2k", "1.0.2m", -1},
      {"1.0.2k", "1.0.3", -1},
      {"01.002", "1.2", 0},
      {"123456789012345678901234567890", "123456789012345678901234567891", -1},
      {"", "1", 2},
      {"abc", "1", 2},
      {"1.", "1", 2},
      {"1.0-", "1.0", 2},
      {"1 0", "1.0", 2},
  };
  for (const auto& [a, b, order] : rows) {
    CHECK_MESSAGE(compare_versions(a, b) == order, a << " " << b);
    CHECK_MESSAGE(compare_versions(b, a) == (order == 2 ? 2 : -order), a << " " << b);
  }
}

TEST_CASE("work, lists and texts are capped, and the cap is named") {
  Json facts = Json::object();
  facts["ports"] = Json::array();
  for (int i = 0; i < 2000; ++i) facts["ports"].push_back(i);
  facts["name"] = std::string(100'000, 'a');
  Scope where;
  where.facts = &facts;
  const auto run = [&](std::string_view source) {
    Checked checked;
    check(checked, source);
    REQUIRE(checked.problem == "");
    Evaluation evaluation(where);
    const Value value = evaluation.run(checked.expression);
    if (!value.known() && !evaluation.reads().empty() && evaluation.reads().back().problem != nullptr)
      return "unknown: " + evaluation.reads().back().problem->en;
    return render(value).en;
  };
  CHECK(run("all(ports, a, all(ports, b, a + b >= 0))") == "unknown: more than 1,000,000 steps");
  CHECK(run("!all(ports, a, all(ports, b, a + b >= 0)) || true") == "unknown: more than 1,000,000 steps");
  CHECK(run("size(map(ports, a, map(ports, b, a + b)))") == "unknown: more than 1,000,000 steps");
  CHECK(run("size(map(ports, a, a * 2))") == "2000");
  CHECK(run("size(name)") == "100000");
  CHECK(run("lower(name) == 'a'") == "unknown: a text or list that is too long");
  CHECK(run("name + name == 'a'") == "unknown: a text or list that is too long");
  CHECK(run("matches(name, 'a*')") == "unknown: a text or list that is too long");
  CHECK(run("all(ports, a, a in ports[0:1])") == "false");
  CHECK(run("sorted(ports)[1999]") == "1999");
  for (int i = 0; i < 100'000; ++i) facts["ports"].push_back(i);
  CHECK(run("size(map(ports, a, a)) > 0") == "unknown: a text or list that is too long");
  CHECK(run("size(ports)") == "102000");
}

TEST_CASE("what is read is traced, decisive first, and only what matters is missing") {
  const auto trace = [](std::string_view source) {
    Checked checked;
    check(checked, source);
    REQUIRE(checked.problem == "");
    const Scope where = scope();
    Evaluation evaluation(where);
    const Value value = evaluation.run(checked.expression);
    std::string out;
    for (const model::Step& step : trace_of(evaluation.reads(), where))
      out += (out.empty() ? "" : " ") + (step.fact.empty() ? step.expression : step.fact);
    if (value.known()) return out;
    out += " |";
    for (const std::string& path : missing_paths(evaluation.reads())) out += " " + path;
    return out;
  };
  CHECK(trace("complete && denied") == "denied");
  CHECK(trace("denied && absent_flag") == "denied");
  CHECK(trace("complete && absent_flag") == "absent_flag complete | absent_flag");
  CHECK(trace("absent_flag || complete") == "complete");
  CHECK(trace("absent_flag || denied") == "absent_flag denied | absent_flag");
  CHECK(trace("(absent_flag || complete) && told == 'yes'") == "told complete | told");
  CHECK(trace("count >= 500 ? bits >= 64 : unknown") == "count |");
  CHECK(trace("count >= 5 ? bits >= 64 : unknown") == "bits count");
  CHECK(trace("count >= 20 || unknown") == "count |");
  CHECK(trace("all(ports, p, p > 23)") == "ports[0] ports");
  CHECK(trace("all(ports, p, p < 443)") == "ports[1] ports");
  CHECK(trace("all(ports, p, p > 0)") == "ports");
  CHECK(trace("all(digests, d, d.matches)") == "digests[1].matches digests");
  CHECK(trace("all(digests, d, d.bits > 0)") == "digests[1].bits digests | digests[1].bits");
  CHECK(trace("map(item.services, s, s.protocol) == ['https', 'dns']") ==
        "item.services item.services[1].protocol | item.services[1].protocol");
  CHECK(trace("versions.tls1_3.offered == 'yes'") == "versions.tls1_3.offered | versions.tls1_3.offered");
  CHECK(trace("ports[7] == 1") == "ports[7] | ports[7]");
  CHECK(trace("has(absent_count) && absent_flag") == "absent_count");
}
