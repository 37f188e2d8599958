// What is wrong whatever the facts are, with the exact words; and the types that schemas give.
#include "rules/type_check.h"

#include <doctest/doctest.h>

#include "rules/expression_testing.h"

using namespace lintel;
using namespace lintel::rules;
using namespace lintel::rules::testing;

namespace {

std::string said_about(std::string_view source) {
  Checked checked;
  check(checked, source, true);
  return checked.problem;
}

std::string type_of(std::string_view source) {
  Checked checked;
  check(checked, source);
  return checked.problem.empty() ? describe(*checked.expression.root->type) : "! " + checked.problem;
}

}  // namespace

TEST_CASE("mistakes are found without facts") {
  const std::pair<const char*, const char*> rows[] = {
      // names
      {"complet", "E061 at character 1: the probe has no fact 'complet' (did you mean 'complete'?)"},
      {"zzzzzzzz", "E061 at character 1: the probe has no fact 'zzzzzzzz'"},
      {"complete && versions.ssl33.offered == 'no'",
       "E061 at character 22: versions has no member 'ssl33' (did you mean 'ssl3'?)"},
      {"versions.ssl3.ofered == 'no'",
       "E061 at character 15: versions.ssl3 has no member 'ofered' (did you mean 'offered'?)"},
      {"any(digests, d, d.algoritm == 'sm3')",
       "E061 at character 19: d has no member 'algoritm' (did you mean 'algorithm'?)"},
      {"item.adress == 'x'", "E061 at character 6: item has no member 'adress' (did you mean 'address'?)"},
      {"any(item.services, s, s.prt == 1)",
       "E061 at character 25: s has no member 'prt' (did you mean 'port'?)"},
      {"params.rang == 'x'", "E061 at character 8: params has no member 'rang' (did you mean 'range'?)"},
      {"any(ports, p, q == 1)", "E061 at character 15: the probe has no fact 'q'"},
      {"size > 3", "E061 at character 1: 'size' is a function (write size(list or text))"},
      {"siz(ports) > 3", "E061 at character 1: there is no function 'siz' (did you mean 'size'?)"},
      {"any(ports, item, true)",
       "E061 at character 1: 'item' is a word of the language (choose another name)"},
      {"any(ports, bits, true)", "E061 at character 1: 'bits' is already a fact (choose another name)"},
      {"any(ports, p, any(ports, p, true))",
       "E061 at character 15: 'p' is already the name of an element (choose another name)"},
      // words
      {"spoken == 'yess'", "E063 at character 11: the value is never 'yess' (did you mean 'yes'?)"},
      {"'maybe' != spoken", "E063 at character 1: the value is never 'maybe' (it is one of: yes, no)"},
      {"spoken == 'unknown'",
       "E063 at character 11: 'unknown' means that the probe could not tell, and never equals anything "
       "(leave it out: such a fact makes the "
       "result inconclusive)"},
      {"spoken in ['yes', 'nope']",
       "E063 at character 19: the value is never 'nope' (it is one of: yes, no)"},
      {"answers == ['yes', 'non']", "E063 at character 20: the value is never 'non' (did you mean 'no'?)"},
      {"'tcpp' in map(item.services, s, s.transport)",
       "E063 at character 1: the value is never 'tcpp' (did you mean 'tcp'?)"},
      {"contains(answers, 'y')", "E063 at character 19: the value is never 'y' (did you mean 'yes'?)"},
      {"any(item.services, s, s.tls == 'requird')",
       "E063 at character 32: the value is never 'requird' (did you mean 'required'?)"},
      // types
      {"count", "E062 at character 1: a truth value is needed here, but count is an integer"},
      {"count == 'x'", "E062 at character 10: an integer never equals a text"},
      {"name != 3", "E062 at character 9: a text never equals an integer"},
      {"complete == 1", "E062 at character 13: a truth value never equals an integer"},
      {"ports == 443", "E062 at character 10: a list of integers never equals an integer"},
      {"ports == ['x']", "E062 at character 10: a list of integers never equals a list of texts"},
      {"versions == versions", "E062 at character 13: objects can't be compared (compare their members)"},
      {"digests[0] in digests", "E062 at character 8: objects can't be compared (compare their members)"},
      {"'x' in ports", "E062 at character 1: a list of integers never holds a text"},
      {"'x' in name",
       "E062 at character 8: in needs a list, but name is a text (write contains(text, part))"},
      {"1 in count", "E062 at character 6: a list is needed here, but count is an integer"},
      {"count < 'x'", "E062 at character 9: < needs two numbers or two texts, not an integer and a text"},
      {"complete > denied",
       "E062 at character 12: > needs two numbers or two texts, not a truth value and a truth value"},
      {"!count", "E062 at character 2: a truth value is needed here, but count is an integer"},
      {"complete && count", "E062 at character 13: a truth value is needed here, but count is an integer"},
      {"name || complete", "E062 at character 1: a truth value is needed here, but name is a text"},
      {"count + name > 1", "E062 at character 9: a number is needed here, but name is a text"},
      {"-name == 'x'", "E062 at character 2: a number is needed here, but name is a text"},
      {"bits % 2 == 0", "E062 at character 1: an integer is needed here, but bits is a number"},
      {"count ? complete : denied",
       "E062 at character 1: a truth value is needed here, but count is an integer"},
      {"complete ? 1 : 'x'",
       "E062 at character 16: both sides of ':' must be of one type, not an integer and a text"},
      {"[1, 'x'] == ports", "E062 at character 5: a list of integers can't hold a text"},
      {"count.x", "E062 at character 7: count is an integer and has no members"},
      {"digests.matches",
       "E062 at character 9: digests is a list of objects and has no members (name its elements with all, "
       "any, map or where)"},
      {"count[0] == 1", "E062 at character 6: count is an integer and has no elements"},
      {"ports['x'] == 1", "E062 at character 7: an integer is needed here, but 'x' is a text"},
      {"ports[0:bits] == none", "E062 at character 9: an integer is needed here, but bits is a number"},
      {"all(count, x, true)", "E062 at character 5: a list is needed here, but count is an integer"},
      {"all(ports, p, p + 1)", "E062 at character 15: a truth value is needed here, but p + 1 is an integer"},
      // functions
      {"size(count) > 1",
       "E062 at character 6: size(list or text) needs a list or a text, but count is an integer"},
      {"size(ports, 1) > 1", "E062 at character 1: size(list or text) takes 1 argument, not 2"},
      {"starts(name)", "E062 at character 1: starts(text, beginning) takes 2 arguments, not 1"},
      {"size() > 1", "E062 at character 1: size(list or text) takes 1 argument, not 0"},
      {"lower(count) == 'x'", "E062 at character 7: a text is needed here, but count is an integer"},
      {"starts(name, 1)", "E062 at character 14: a text is needed here, but 1 is an integer"},
      {"contains(name, 1)", "E062 at character 16: a text is needed here, but 1 is an integer"},
      {"contains(ports, 'x')", "E062 at character 17: a list of integers never holds a text"},
      {"contains(count, 1)",
       "E062 at character 10: contains(list or text, part) needs a list or a text, but count is an integer"},
      {"unique(digests) == none",
       "E062 at character 8: unique(list) needs a list of texts, numbers or truth values, but digests is a "
       "list of objects"},
      {"sorted(flags) == flags",
       "E062 at character 8: sorted(list) needs a list of numbers or texts, but flags is a list of truth "
       "values"},
      {"min(names) > 1",
       "E062 at character 5: min(list) needs a list of numbers, but names is a list of texts"},
      {"sum(3) > 1", "E062 at character 5: sum(list) needs a list of numbers, but 3 is an integer"},
      {"has(count + 1)", "E062 at character 5: has(path) needs a path, not a computed value"},
      {"version_cmp(name, 1) > 0", "E062 at character 19: a text is needed here, but 1 is an integer"},
      {"matches(name, absent_name)", "E064 at character 15: the pattern must be written here as a text"},
      {"matches(name, '(')",
       "E064 at character 15: bad regular expression: missing ): ( (the syntax is RE2's: no look-around, no "
       "back references)"},
      {"matches(name, '(?=a)')",
       "E064 at character 15: bad regular expression: invalid perl operator: (?= (the syntax is RE2's: no "
       "look-around, no back references)"},
  };
  for (const auto& [source, expected] : rows) CHECK_MESSAGE(said_about(source) == expected, source);
}

TEST_CASE("what is right is let through") {
  for (const char* source : {"spoken == 'yes' && told != 'no'",
                             "count == 1.5",
                             "bits < 3",
                             "ports == []",
                             "[] == ports",
                             "'tcp' in map(item.services, s, s.transport)",
                             "free == 3",
                             "free.x.y > 'a'",
                             "free",
                             "unknown",
                             "complete ? unknown : denied",
                             "extra.anything > 3",
                             "any(free, x, x)",
                             "version_cmp(name, '1') < 0",
                             "asset.level >= 2",
                             "asset.id == item.address",
                             "name + 'x' == 'y'",
                             "1 in [1.5, 2]",
                             "[3] in rows",
                             "any(ports, p, p > 1) && any(ports, p, p < 9)",
                             "matches(name, '(?i)a|b')",
                             "has(versions.ssl3.suite)"})
    CHECK_MESSAGE(said_about(source) == "", source);
}

TEST_CASE("several mistakes are all told") {
  Checked checked;
  Result<Expression> parsed = parse_expression("complet && cuont > 1 && siz(ports) > 0");
  REQUIRE(parsed);
  TypeTable types;
  Environment environment{types, types.of_schema(facts_schema(), facts_schema()), nullptr, nullptr, nullptr,
                          {}};
  std::vector<Problem> problems;
  check_types(*parsed, environment, problems);
  CHECK(problems.size() == 3);
}

TEST_CASE("types follow the schemas") {
  const std::pair<const char*, const char*> rows[] = {
      {"count", "integer"},
      {"bits", "number"},
      {"count + 1", "integer"},
      {"count / 1", "number"},
      {"count * 1.5", "number"},
      {"ports", "list of integers"},
      {"rows", "list of lists"},
      {"digests", "list of objects"},
      {"flags", "list of truth values"},
      {"map(digests, d, d.algorithm)", "list of texts"},
      {"where(ports, p, true)", "list of integers"},
      {"ports[0]", "integer"},
      {"ports[0:1]", "list of integers"},
      {"[1, 2.5]", "list of numbers"},
      {"[]", "list"},
      {"free", "value"},
      {"extra.x", "integer"},
      {"mean(ports)", "number"},
      {"max(ports)", "integer"},
      {"count(ports, p, true)", "integer"},
      {"versions.ssl3", "object"},
      {"complete ? 1 : 2.5", "number"},
      {"complete ? [1] : [2.5]", "list of numbers"},
      {"name[0]", "text"},
      {"unknown", "value"},
  };
  for (const auto& [source, expected] : rows) CHECK_MESSAGE(type_of(source) == expected, source);
}

TEST_CASE("schemas that combine, refer to themselves or dangle") {
  const Json schema = *parse_json(R"J({
    "$defs": {"self": {"type": "object", "properties": {"next": {"$ref": "#/$defs/self"}}},
              "loop": {"$ref": "#/$defs/loop"}},
    "type": "object", "properties": {
      "self": {"$ref": "#/$defs/self"}, "loop": {"$ref": "#/$defs/loop"}, "dangling": {"$ref": "#/$defs/none"},
      "either": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
      "nullable": {"type": ["string", "null"]}, "mixed": {"type": ["integer", "number"]},
      "forms": {"oneOf": [{"type": "object", "properties": {"a": {"type": "string"}}}, {"type": "object", "properties": {"b": {"type": "integer"}}}]},
      "word": {"const": "tcp"}, "open": {"type": "string", "anyOf": [{"enum": ["a"]}, {"pattern": "^b"}]},
      "deep": {"type": "array", "items": {"type": "array", "items": {"$ref": "#/$defs/loop"}}}
    }})J");
  TypeTable types;
  const Type* root = types.of_schema(schema, schema);
  const auto kind = [&](std::initializer_list<const char*> path) {
    const Type* type = root;
    for (const char* name : path) type = type == nullptr ? nullptr : types.member(*type, name);
    return type == nullptr ? std::string("none") : describe(*type);
  };
  CHECK(kind({"self", "next", "next", "next"}) == "object");
  CHECK(kind({"loop"}) == "value");
  CHECK(kind({"dangling"}) == "value");
  CHECK(kind({"either"}) == "value");
  CHECK(kind({"nullable"}) == "text");
  CHECK(kind({"mixed"}) == "number");
  CHECK(kind({"forms", "a"}) == "text");
  CHECK(kind({"forms", "b"}) == "integer");
  CHECK(kind({"forms", "c"}) == "none");
  CHECK(kind({"deep"}) == "list of lists");
  CHECK(types.member(*root, "word")->words == std::vector<std::string>{"tcp"});
  CHECK(types.member(*root, "open")->words.empty());
  CHECK(member_names(*types.member(*root, "forms")) == std::vector<std::string>{"a", "b"});
}
