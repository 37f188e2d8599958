#include "data/schema.h"

#include <doctest/doctest.h>

#include "data/document.h"
#include "data/scalar.h"

using namespace lintel;

static schema::Schema load(std::string_view text) {
  auto loaded = schema::Schema::load(text, "test");
  REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
  return std::move(*loaded);
}

static std::string refusal(std::string_view text) {
  const auto loaded = schema::Schema::load(text, "test");
  return loaded ? "" : loaded.error().message;
}

// The typed value, or the first diagnostic.
static std::string typed(const schema::Schema& schema, std::string_view source, schema::Missing missing = schema::Missing::refused) {
  std::vector<Diagnostic> diagnostics;
  const auto tree = yaml::parse(source, "x", diagnostics);
  REQUIRE(tree);
  const Json value = typed_value(tree->root(), schema.root(), missing, "x", diagnostics);
  return diagnostics.empty() ? dump_json(value) : to_string(diagnostics.front());
}

TEST_CASE("a scalar takes the type that the schema asks for") {
  const auto schema = load(R"({"type":"object","properties":{"text":{"type":"string"},"flag":{"type":"boolean"},
    "count":{"type":"integer","minimum":1,"maximum":9},"ratio":{"type":"number"},"any":{},"word":{"enum":["pass","fail"]}}})");
  CHECK(typed(schema, "text: 1.10") == R"({"text":"1.10"})");
  CHECK(typed(schema, "text: yes") == R"({"text":"yes"})");
  CHECK(typed(schema, "count: 7") == R"({"count":7})");
  CHECK(typed(schema, "ratio: 2") == R"({"ratio":2})");
  CHECK(typed(schema, "ratio: 2.5e1") == R"({"ratio":25.0})");
  CHECK(typed(schema, "any: [1, 1.5, true, yes, '1', 010, ~, x]") == R"({"any":[1,1.5,true,"yes","1","010",null,"x"]})");
  CHECK(typed(schema, "flag: yes") == "x:1:7: error E023: `flag` must be true or false, not `yes` (write `true` or `false`)");
  CHECK(typed(schema, "count: '7'") == "x:1:8: error E023: `count` must be a whole number, not the text `7` (write it without quotes)");
  CHECK(typed(schema, "count: 010") == "x:1:8: error E023: `count` must be a whole number, not `010`");
  CHECK(typed(schema, "count: 10") == "x:1:8: error E026: `count` is `10`; it must be within 1 and 9");
  CHECK(typed(schema, "count: 9223372036854775808") == "x:1:8: error E023: `count` must be a whole number, not `9223372036854775808`");
  CHECK(typed(schema, "count: [1]") == "x:1:8: error E023: `count` must be a whole number, not a list");
  CHECK(typed(schema, "count:") == "x:1:7: error E030: `count` has no value");
  CHECK(typed(schema, "word: pas") == "x:1:7: error E024: `word` can't be `pas` (did you mean `pass`?)");
  CHECK(typed(schema, "word: zzzzzz") == "x:1:7: error E024: `word` can't be `zzzzzz` (known here: pass, fail)");
}

TEST_CASE("maps, lists, patterns and times") {
  const auto schema = load(R"({"type":"object","title":"thing","additionalProperties":false,"required":["id"],"properties":{
    "id":{"type":"string","pattern":"^[a-z]+$"},"when":{"type":"string","format":"date-time"},
    "list":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"string","minLength":1,"maxLength":3}},
    "free":{"type":"object","additionalProperties":{"type":"integer"}}}})");
  CHECK(typed(schema, "id: a\nfree: {x: 1}") == R"({"free":{"x":1},"id":"a"})");
  CHECK(typed(schema, "list: [a]") == "x:1:1: error E022: `id` is missing in this thing");
  CHECK(typed(schema, "list: [a]", schema::Missing::allowed) == R"({"list":["a"]})");
  CHECK(typed(schema, "id: a\nlst: 1") == "x:2:1: error E021: unknown key `lst` in this thing (did you mean `list`?)");
  CHECK(typed(schema, "id: A1") == "x:1:5: error E025: `id` can't be `A1` (it must match ^[a-z]+$)");
  CHECK(typed(schema, "id: a\nlist: []") == "x:2:7: error E027: `list` is an empty list");
  CHECK(typed(schema, "id: a\nlist: [a,\n b, c]") == "x:2:7: error E027: `list` has 3 items; 2 are the most");
  CHECK(typed(schema, "id: a\nlist: [a, 四个字吗]") == "x:2:11: error E027: item 2 of `list` has 4 characters; 3 are the most");
  CHECK(typed(schema, "id: a\nlist: ['']") == "x:2:8: error E027: item 1 of `list` is empty");
  CHECK(typed(schema, "id: a\nwhen: 2026-11-01") == "x:2:7: error E028: `when` is `2026-11-01`, not a moment with its offset (like 2026-11-01T10:00:00+08:00)");
  CHECK(typed(schema, "id: a\nfree: {x: y}") == "x:2:11: error E023: `x` must be a whole number, not `y`");
  CHECK(typed(schema, "[id]") == "x:1:1: error E023: the document must be a map, not a list");
}

TEST_CASE("forms") {
  const auto schema = load(R"({"type":"object","properties":{
    "use":{"oneOf":[{"type":"string"},{"type":"object","title":"use","required":["check"],"additionalProperties":false,"properties":{"check":{"type":"string"}}}]},
    "pick":{"type":"object","title":"pick","properties":{"a":{},"b":{}},"oneOf":[{"required":["a"]},{"required":["b"]}]}}})");
  CHECK(typed(schema, "use: x") == R"({"use":"x"})");
  CHECK(typed(schema, "use: {check: x}") == R"({"use":{"check":"x"}})");
  CHECK(typed(schema, "use: [x]") == "x:1:6: error E023: `use` must be text or a map, not a list");
  CHECK(typed(schema, "use: {chek: x}") == "x:1:7: error E021: unknown key `chek` in this use (did you mean `check`?)");
  CHECK(typed(schema, "pick: {a: 1}") == R"({"pick":{"a":1}})");
  CHECK(typed(schema, "pick: {}") == "x:1:7: error E022: this pick needs `a` or `b`");
  CHECK(typed(schema, "pick: {b: 1, a: 1}") == "x:1:8: error E029: `b` can't stand beside `a` in this pick (keep one of them)");
  CHECK(validate(Json{{"pick", {{"a", 1}, {"b", 1}}}}, schema.root()).size() == 1);
  CHECK(validate(Json{{"use", 1}}, schema.root()).front().pointer == "/use");
}

TEST_CASE("schemas that can't be honoured are refused") {
  CHECK(refusal(R"({"properties":{"a":{"uniqueItems":true}}})") == "schema test at /properties/a/uniqueItems: the keyword is not supported");
  CHECK(refusal(R"({"$ref":"#/$defs/x"})") == "schema test at /$ref: #/$defs/x leads nowhere; only # and #/$defs/name of the same file are followed");
  CHECK(refusal(R"({"$defs":{"x":{"$ref":"#/$defs/x"}}})") == "schema test at /: a $ref leads back to itself");
  CHECK(refusal(R"({"pattern":"("})").starts_with("schema test at /pattern: bad regular expression"));
  CHECK(refusal(R"({"type":"text"})") == "schema test at /type: there is no type \"text\"");
  CHECK(refusal(R"({"$defs":"x"})") == "schema test at /$defs: must be an object");
  CHECK(refusal(R"({"format":"uri"})") == "schema test at /format: only the format date-time is checked");
  CHECK(refusal(R"({"type":"object","oneOf":[{"type":"string"}]})").ends_with("may only list {required: [name]}"));
}

TEST_CASE("facts are checked as JSON, and paths have types") {
  const auto schema = load(R"({"type":"object","required":["n"],"properties":{"n":{"type":"integer"},"v":{"type":"object","additionalProperties":false,
    "properties":{"on":{"$ref":"#/$defs/answer"}}},"list":{"type":"array","items":{"type":"string"}}},
    "$defs":{"answer":{"enum":["yes","no","unknown"],"x-unknown":"unknown"}}})");
  CHECK(validate(Json{{"n", 1}, {"v", {{"on", "yes"}}}}, schema.root()).empty());
  const auto found = validate(Json{{"v", {{"on", 1}, {"of", 2}}}, {"list", {1}}}, schema.root());
  REQUIRE(found.size() == 4);
  CHECK(found[0].pointer + " " + found[0].message == "/list/0 must be text, not 1");
  CHECK(found[1].pointer + " " + found[1].message == "/v/of is not a known member");
  CHECK(found[2].pointer + " " + found[2].message == "/v/on must be text, not 1");
  CHECK(found[3].pointer + " " + found[3].message == " has no `n`");
  CHECK(validate(Json{{"list", {"a"}}}, schema.root(), schema::Missing::allowed).empty());
  const schema::Node* v = schema::member(schema.root(), "v");
  REQUIRE(v != nullptr);
  CHECK(schema::resolve(*schema::member(*v, "on")).unknown == "unknown");
  CHECK(schema::member(*v, "off") == nullptr);
  CHECK(schema::element(*schema::member(schema.root(), "list"))->types == schema::string);
  CHECK(schema::member_names(schema.root()) == std::vector<std::string>{"list", "n", "v"});
}

TEST_CASE("a document finds the place of a value") {
  std::vector<Diagnostic> diagnostics;
  auto tree = yaml::parse("a:\n- {b: 1, c/d: 2}\n", "x", diagnostics);
  REQUIRE(tree);
  const Document document{"x", std::move(*tree), {}};
  CHECK(document.at("/a/0/b").column == 7);
  CHECK(document.key_at("/a/0/c~1d").column == 10);
  CHECK(document.at("/a/0/zzz").column == 3);
  CHECK(document.at("").line == 1);
}

TEST_CASE("defaults are put in") {
  const auto schema = load(R"({"properties":{"count":{"type":"integer","default":2000},"x":{"properties":{"y":{"default":"z"}}}}})");
  CHECK(schema::with_defaults(Json::object(), schema.root()) == Json{{"count", 2000}});
  CHECK(schema::with_defaults(Json{{"count", 1}, {"x", Json::object()}}, schema.root()) == Json{{"count", 1}, {"x", {{"y", "z"}}}});
}
