// The paths, values and patterns of an assertion, and whether their types fit (assertion_compiler.h).
#include <fmt/format.h>

#include <algorithm>

#include "data/json.h"
#include "rules/assertion_compiler.h"
#include "rules/parser.h"
#include "rules/sentences.h"

namespace lintel::rules {
namespace {

// A literal of the document as an expression.
bool add_literal(const Json& json, Expression& expression, int depth, Node*& out) {
  out = &expression.nodes.emplace_back();
  out->at = 0;
  if (json.is_boolean()) {
    out->kind = NodeKind::boolean;
    out->boolean = json.get<bool>();
  } else if (json.is_number_integer()) {
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) return false;
    out->kind = NodeKind::integer;
    out->integer = json.get<std::int64_t>();
  } else if (json.is_number()) {
    out->kind = NodeKind::number;
    out->number = json.get<double>();
  } else if (json.is_string()) {
    out->kind = NodeKind::text;
    out->text = json.get<std::string>();
  } else if (json.is_array() && depth < 4) {
    out->kind = NodeKind::list;
    Node* list = out;
    for (const Json& element : json) {
      Node* child = nullptr;
      if (!add_literal(element, expression, depth + 1, child)) return false;
      list->children.push_back(child);
    }
    out = list;
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool AssertionCompiler::parse(Assertion& assertion, const Json& json, const std::string& pointer,
                              Expression& out) {
  if (!json.is_string())
    return problem(assertion, pointer, "E065", "an expression is written as text"), false;
  Result<Expression> parsed = parse_expression(json.get_ref<const std::string&>());
  if (!parsed) {
    const bool limit = parsed.error().code == ErrorCode::limit;
    return problem(assertion, pointer, limit ? "E066" : "E060", parsed.error().message), false;
  }
  out = *std::move(parsed);
  return true;
}

void AssertionCompiler::literal(Assertion& assertion, const Json& json, const std::string& pointer,
                                Expression& out) {
  out.source = one_line(json);
  if (!add_literal(json, out, 0, out.root))
    return problem(assertion, pointer, "E065",
                   "a value is a text, a number, a truth value or a list of those");
  out.root->end = static_cast<int>(out.source.size());
  located(assertion, pointer, [&] { check_types(out, environment_, problems_); });
}

void AssertionCompiler::need_kind(Assertion& assertion, const std::string& pointer,
                                  std::initializer_list<TypeKind> kinds, std::string_view wanted) {
  const TypeKind kind = assertion.path.root->type->kind;
  if (kind == TypeKind::any || std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) return;
  problem(assertion, pointer, "E062",
          fmt::format("{} is needed here, but {} is of type {}", wanted,
                      source_of(assertion.path, *assertion.path.root), describe(*assertion.path.root->type)));
}

void AssertionCompiler::compile_path(Assertion& assertion, const Json& body, const std::string& pointer) {
  if (!parse(assertion, body, pointer, assertion.path)) return;
  located(assertion, pointer, [&] { check_types(assertion.path, environment_, problems_); });
  assertion.path_type = assertion.path.root->type->kind;
}

void AssertionCompiler::compile_order(Assertion& assertion, const std::string& pointer, Expression& bound) {
  const Type& a = *assertion.path.root->type;
  const Type& b = *bound.root->type;
  const bool numbers = is_numeric(a) && is_numeric(b);
  const bool texts = (a.kind == TypeKind::text || a.kind == TypeKind::any) && b.kind == TypeKind::text;
  if (!numbers && !texts)
    problem(assertion, pointer, "E062",
            fmt::format("numbers or texts have an order, not {} and {}", describe(a), describe(b)));
}

void AssertionCompiler::compile_count(Assertion& assertion, const Json& body, const std::string& pointer) {
  const auto number = [&](const char* name, std::optional<std::int64_t>& out) {
    const Json& value = member(body, name);
    if (value.is_null()) return;
    if (!value.is_number_integer() || value < 0 ||
        (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX))
      return problem(assertion, pointer + "/" + name, "E065", "a count is a whole number from 0");
    out = value.get<std::int64_t>();
  };
  number("at_least", assertion.at_least);
  number("at_most", assertion.at_most);
  number("equals", assertion.equals);
  if (!assertion.at_least && !assertion.at_most && !assertion.equals && !assertion.broken)
    problem(assertion, pointer, "E065", "count needs 'at_least', 'at_most' or 'equals'");
}

void AssertionCompiler::compile_operands(Assertion& assertion, const Json& body, const std::string& pointer) {
  compile_path(assertion, member(body, "path"), pointer + "/path");
  const char* operand = nullptr;
  for (const char* name : {"value", "values", "of", "low"})
    if (body.contains(name)) operand = name;
  const std::string place = operand == nullptr ? pointer : pointer + "/" + operand;
  if (operand != nullptr) {
    assertion.computed = std::string_view(operand) == "of";
    if (!assertion.computed) {
      literal(assertion, body[operand], place, assertion.other);
    } else if (parse(assertion, body[operand], place, assertion.other)) {
      located(assertion, place, [&] { check_types(assertion.other, environment_, problems_); });
    }
  }
  if (body.contains("high")) literal(assertion, body["high"], pointer + "/high", assertion.high);
  if (assertion.kind == AssertionKind::count) compile_count(assertion, body, pointer);
  if (assertion.kind == AssertionKind::matches) {
    if (!body["pattern"].is_string())
      return problem(assertion, pointer + "/pattern", "E065", "a pattern is written as text");
    assertion.pattern_text = body["pattern"].get<std::string>();
    located(assertion, pointer + "/pattern",
            [&] { assertion.pattern = compile_pattern(assertion.pattern_text, 0, problems_); });
  }
  if (assertion.broken) return;
  const std::string path = pointer + "/path";
  const auto compare = [&](Against against) {
    located(assertion, place,
            [&] { check_comparable(environment_, assertion.path, assertion.other, against, problems_); });
  };
  const Type& type = *assertion.path.root->type;
  switch (assertion.kind) {
    case AssertionKind::equals:
    case AssertionKind::not_equals:
      return compare(Against::value);
    case AssertionKind::subset_of:
      need_kind(assertion, path, {TypeKind::list}, "a list");
      [[fallthrough]];
    case AssertionKind::one_of:
    case AssertionKind::none_of: {
      if (assertion.other.root->type->kind != TypeKind::list &&
          assertion.other.root->type->kind != TypeKind::any)
        return problem(assertion, place, "E062",
                       fmt::format("a list is needed here, not {}", describe(*assertion.other.root->type)));
      if (type.kind != TypeKind::list) return compare(Against::elements);
      return compare(Against::value);
    }
    case AssertionKind::contains:
      need_kind(assertion, path, {TypeKind::list, TypeKind::text}, "a list or a text");
      if (type.kind == TypeKind::list)
        located(assertion, place, [&] {
          check_comparable(environment_, assertion.other, assertion.path, Against::elements, problems_);
        });
      else if (assertion.other.root->type->kind != TypeKind::text && type.kind == TypeKind::text)
        problem(assertion, place, "E062", "the part of a text is a text");
      return;
    case AssertionKind::at_least:
    case AssertionKind::at_most:
      return compile_order(assertion, place, assertion.other);
    case AssertionKind::between:
      compile_order(assertion, place, assertion.other);
      return compile_order(assertion, pointer + "/high", assertion.high);
    case AssertionKind::matches:
      need_kind(assertion, path, {TypeKind::list, TypeKind::text}, "a text or a list of texts");
      if (type.kind == TypeKind::list && type.element != nullptr && type.element->kind != TypeKind::text &&
          type.element->kind != TypeKind::any)
        problem(assertion, path, "E062",
                fmt::format("texts match a pattern, not the elements of a {}", describe(type)));
      return;
    case AssertionKind::exists:
    case AssertionKind::absent:
      if (!is_path(*assertion.path.root))
        problem(assertion, path, "E062", "a path is needed here, not a computed value");
      return;
    case AssertionKind::count:
      return need_kind(assertion, path, {TypeKind::list, TypeKind::text}, "a list or a text");
    case AssertionKind::unique:
      need_kind(assertion, path, {TypeKind::list}, "a list");
      if (type.element != nullptr &&
          (type.element->kind == TypeKind::object || type.element->kind == TypeKind::list))
        problem(assertion, path, "E062",
                fmt::format("texts, numbers or truth values can be unique, not the elements of a {}",
                            describe(type)));
      return;
    case AssertionKind::all:
    case AssertionKind::any:
    case AssertionKind::negation:
    case AssertionKind::for_all:
    case AssertionKind::for_some:
    case AssertionKind::that:
      return;
  }
}

}  // namespace lintel::rules
