// For the tests of this folder: one fixed probe with schemas and facts, and "source in, text out".
#pragma once
#include <string>
#include <vector>

#include "base/text.h"
#include "data/json.h"
#include "rules/eval.h"
#include "rules/parser.h"
#include "rules/type_check.h"

namespace lintel::rules::testing {

inline const Json& facts_schema() {
  static const Json schema = *parse_json(R"J({
    "type": "object", "additionalProperties": false,
    "$defs": {"answer": {"type": "string", "enum": ["yes", "no", "unknown"], "x-unknown": "unknown"},
              "version": {"type": "object", "additionalProperties": false,
                          "properties": {"offered": {"$ref": "#/$defs/answer"}, "suite": {"type": "string"}, "alert": {"type": "integer"}}}},
    "properties": {
      "complete": {"type": "boolean"}, "denied": {"type": "boolean"}, "absent_flag": {"type": "boolean"},
      "count": {"type": "integer"}, "zero": {"type": "integer"}, "big": {"type": "integer"}, "lowest": {"type": "integer"},
      "absent_count": {"type": "integer"}, "days": {"type": "integer", "x-unknown": -1},
      "bits": {"type": "number"}, "whole": {"type": "integer"}, "ratio": {"type": "number"},
      "name": {"type": "string"}, "chinese": {"type": "string"}, "absent_name": {"type": "string"}, "empty_name": {"type": "string"},
      "date": {"type": "string"}, "spoken": {"$ref": "#/$defs/answer"}, "told": {"$ref": "#/$defs/answer"},
      "ports": {"type": "array", "items": {"type": "integer"}}, "absent_ports": {"type": "array", "items": {"type": "integer"}},
      "none": {"type": "array", "items": {"type": "integer"}}, "repeated": {"type": "array", "items": {"type": "integer"}},
      "names": {"type": "array", "items": {"type": "string"}}, "flags": {"type": "array", "items": {"type": "boolean"}},
      "numbers": {"type": "array", "items": {"type": "number"}},
      "answers": {"type": "array", "items": {"$ref": "#/$defs/answer"}},
      "rows": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
      "digests": {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties": {
        "algorithm": {"type": "string", "enum": ["sha256", "sm3", "md5"]}, "matches": {"type": "boolean"}, "bits": {"type": "integer"}}}},
      "versions": {"type": "object", "additionalProperties": false, "properties": {
        "ssl3": {"$ref": "#/$defs/version"}, "tls1_2": {"$ref": "#/$defs/version"}, "tls1_3": {"$ref": "#/$defs/version"}}},
      "extra": {"type": "object", "additionalProperties": {"type": "integer"}},
      "free": {}, "wrong": {"type": "integer"}
    }})J");
  return schema;
}

inline const Json& facts() {
  static const Json value = *parse_json(R"J({
    "complete": true, "denied": false, "count": 12, "zero": 0, "big": 9223372036854775807, "lowest": -9223372036854775808,
    "days": -1, "bits": 25.5, "whole": 3.0, "ratio": 0.25, "name": "Lamp-1", "chinese": "智能灯", "empty_name": "",
    "date": "2026-11-01T10:00:00+08:00", "spoken": "yes", "told": "unknown",
    "ports": [23, 443, 8883], "none": [], "repeated": [1, 2, 2, 3, 1], "names": ["telnet", "https"], "flags": [true, false],
    "numbers": [1, 2.5], "answers": ["yes", "unknown", "no"], "rows": [[1, 2], [3]],
    "digests": [{"algorithm": "sha256", "matches": true, "bits": 256}, {"algorithm": "md5", "matches": false}],
    "versions": {"ssl3": {"offered": "no", "alert": 40}, "tls1_2": {"offered": "unknown"}},
    "extra": {"a": 1}, "free": {"deep": [1, "two"]}, "wrong": "text"
  })J");
  return value;
}

inline const Json& target_schema() {
  static const Json schema =
      *parse_json(R"J({"$defs": {"host": {"type": "object", "additionalProperties": false, "properties": {
    "address": {"type": "string"}, "services": {"type": "array", "items": {"$ref": "#/$defs/service"}}}},
    "service": {"type": "object", "additionalProperties": false, "properties": {
      "port": {"type": "integer"}, "protocol": {"type": "string"}, "tls": {"enum": ["required", "optional", "none"]},
      "transport": {"type": "string", "enum": ["tcp", "udp"]}}}}})J");
  return schema;
}

inline const Json& item() {
  static const Json value = *parse_json(R"J({"address": "127.0.0.1", "services": [
    {"port": 443, "transport": "tcp", "protocol": "https", "tls": "required"},
    {"port": 53, "transport": "udp", "tls": "none"}]})J");
  return value;
}

inline const Json& asset() {
  static const Json value =
      *parse_json(R"J({"id": "lamp", "role": "device", "level": 2, "name": {"zh": "灯", "en": "Lamp"}})J");
  return value;
}

inline const Json& params() {
  static const Json value = *parse_json(R"J({"range": "1-1024"})J");
  return value;
}

inline const Json& params_schema() {
  static const Json value =
      *parse_json(R"J({"type": "object", "properties": {"range": {"type": "string"}}})J");
  return value;
}

inline Schemas schemas() { return {&facts_schema(), &params_schema(), &target_schema(), "host"}; }

inline Scope scope(bool finished = true) {
  Scope out;
  out.facts = &facts();
  out.probe_finished = finished;
  out.item = &item();
  out.asset = &asset();
  out.params = &params();
  return out;
}

inline std::string problem_text(const Problem& problem) {
  return problem.code + " " + problem.message + (problem.hint.empty() ? "" : " (" + problem.hint + ")");
}

// A parsed and typed expression, or its first problem.
struct Checked {
  TypeTable types;
  Expression expression;
  std::string problem;
};

inline void check(Checked& out, std::string_view source, bool condition = false) {
  Result<Expression> parsed = parse_expression(source);
  if (!parsed) {
    out.problem = parsed.error().message;
    return;
  }
  out.expression = *std::move(parsed);
  TypeTable& types = out.types;
  const Json& host = target_schema()["$defs"]["host"];
  Environment environment{
      types,
      types.of_schema(facts_schema(), facts_schema()),
      types.of_schema(host, target_schema()),
      types.object_of({{"id", types.of(TypeKind::text)}, {"level", types.of(TypeKind::integer)}}),
      types.of_schema(params_schema(), params_schema()),
      {}};
  std::vector<Problem> problems;
  check_types(out.expression, environment, problems);
  if (condition && problems.empty()) need_condition(out.expression, environment, problems);
  if (!problems.empty()) out.problem = problem_text(problems.front());
}

// The value as English text; what could not be computed as "unknown: reason"; a mistake as "! problem".
inline std::string value_of(std::string_view source, bool finished = true) {
  Checked checked;
  check(checked, source);
  if (!checked.problem.empty()) return "! " + checked.problem;
  const Scope where = scope(finished);
  Evaluation evaluation(where);
  const Value value = evaluation.run(checked.expression);
  if (!value.known())
    for (const Read& read : evaluation.reads())
      if (read.problem != nullptr) return "unknown: " + read.problem->en;
  return render(value).en;
}

}  // namespace lintel::rules::testing
