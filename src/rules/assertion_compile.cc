// Compiles `assert:` (assertion.h): checks the form of every assertion, parses and types its expressions, and
// writes the sentence of what is expected.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "rules/assertion.h"
#include "rules/assertion_set.h"
#include "rules/eval.h"
#include "rules/parser.h"
#include "rules/sentences.h"
#include "rules/type_check.h"

namespace lintel::rules {
namespace {

constexpr int kMaxNesting = 16;

// Members: "path value|of" wants path and one of value and of; "?" before a name makes it optional.
struct Form {
  AssertionKind kind;
  std::string_view name;
  std::string_view members;
};
constexpr Form kForms[] = {
    {AssertionKind::equals, "equals", "path value|of"},
    {AssertionKind::not_equals, "not_equals", "path value|of"},
    {AssertionKind::one_of, "one_of", "path values"},
    {AssertionKind::none_of, "none_of", "path values"},
    {AssertionKind::subset_of, "subset_of", "path values|of"},
    {AssertionKind::contains, "contains", "path value"},
    {AssertionKind::at_least, "at_least", "path value"},
    {AssertionKind::at_most, "at_most", "path value"},
    {AssertionKind::between, "between", "path low high"},
    {AssertionKind::matches, "matches", "path pattern"},
    {AssertionKind::exists, "exists", "path"},
    {AssertionKind::absent, "absent", "path"},
    {AssertionKind::count, "count", "path ?at_least ?at_most ?equals"},
    {AssertionKind::unique, "unique", "path"},
    {AssertionKind::for_all, "for_all", "in as assert"},
    {AssertionKind::for_some, "for_some", "in as assert"},
    {AssertionKind::all, "all", ""},
    {AssertionKind::any, "any", ""},
    {AssertionKind::negation, "not", ""},
    {AssertionKind::that, "that", ""},
};

const Form* find_form(std::string_view name) {
  for (const Form& form : kForms)
    if (form.name == name) return &form;
  return nullptr;
}

std::string escape_pointer(std::string_view key) {
  std::string out;
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

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

class Compiler {
 public:
  Compiler(TypeTable& types, const Schemas& schemas, std::vector<Problem>& problems)
      : types_(types), environment_{types, nullptr, nullptr, nullptr, nullptr, {}}, problems_(problems) {
    if (schemas.facts != nullptr) environment_.facts = types.of_schema(*schemas.facts, *schemas.facts);
    if (schemas.params != nullptr) environment_.params = types.of_schema(*schemas.params, *schemas.params);
    if (schemas.target != nullptr) {
      const Json& item = member(member(*schemas.target, "$defs"), schemas.item_kind);
      if (item.is_object()) environment_.item = types.of_schema(item, *schemas.target);
    }
    const Type* text = types.of(TypeKind::text);
    environment_.asset =
        types.object_of({{"id", text},
                         {"role", types.text_of({"platform", "gateway", "device", "app", "line"})},
                         {"level", types.of(TypeKind::integer)},
                         {"name", types.object_of({{"zh", text}, {"en", text}})}});
  }

  std::unique_ptr<Assertion> compile(const Json& json, const std::string& pointer, int depth);

 private:
  void problem(Assertion& assertion, const std::string& pointer, std::string code, std::string message,
               std::string hint = "") {
    assertion.broken = true;
    problems_.push_back({pointer, std::move(code), std::move(message), std::move(hint)});
  }
  // Runs a step of the type checker and gives its problems their place.
  template <class Step>
  void located(Assertion& assertion, const std::string& pointer, Step&& step) {
    const std::size_t before = problems_.size();
    step();
    for (std::size_t i = before; i < problems_.size(); ++i) problems_[i].pointer = pointer;
    assertion.broken = assertion.broken || problems_.size() > before;
  }

  const Form* form_of(Assertion& assertion, const Json& json, const std::string& pointer);
  bool check_members(Assertion& assertion, const Form& form, const Json& body, const std::string& pointer);
  bool parse(Assertion& assertion, const Json& json, const std::string& pointer, Expression& out);
  void literal(Assertion& assertion, const Json& json, const std::string& pointer, Expression& out);
  void need_kind(Assertion& assertion, const std::string& pointer, std::initializer_list<TypeKind> kinds,
                 std::string_view wanted);
  void compile_path(Assertion& assertion, const Json& body, const std::string& pointer);
  void compile_operands(Assertion& assertion, const Json& body, const std::string& pointer);
  void compile_order(Assertion& assertion, const std::string& pointer, Expression& bound);
  void compile_count(Assertion& assertion, const Json& body, const std::string& pointer);
  void compile_children(Assertion& assertion, const Json& list, const std::string& pointer, int depth);
  void compile_quantifier(Assertion& assertion, const Json& body, const std::string& pointer, int depth);
  void compile_title(Assertion& assertion, const Json& json, const std::string& pointer);
  void write_expected(Assertion& assertion);

  TypeTable& types_;
  Environment environment_;
  std::vector<Problem>& problems_;
};

const Form* Compiler::form_of(Assertion& assertion, const Json& json, const std::string& pointer) {
  if (!json.is_object())
    return problem(assertion, pointer, "E065",
                   "an assertion is a mapping like {equals: {path: complete, value: true}}"),
           nullptr;
  const Form* form = nullptr;
  for (const auto& [key, value] : json.items()) {
    if (key == "title") continue;
    const Form* found = find_form(key);
    if (found == nullptr) {
      std::vector<std::string> names;
      for (const Form& known : kForms) names.emplace_back(known.name);
      const auto nearest = nearest_name(key, names);
      return problem(
                 assertion, pointer + "/" + escape_pointer(key), "E065",
                 fmt::format("there is no assertion '{}'", printable(key)),
                 nearest ? fmt::format("did you mean '{}'?", *nearest) : "the list is in docs/documents.md"),
             nullptr;
    }
    if (form != nullptr)
      return problem(assertion, pointer, "E065",
                     fmt::format("one mapping holds two assertions, '{}' and '{}'", form->name, key),
                     "write each as its own list element"),
             nullptr;
    form = found;
  }
  if (form == nullptr)
    problem(assertion, pointer, "E065", "the assertion is empty",
            "write one like {equals: {path: complete, value: true}}");
  return form;
}

bool Compiler::check_members(Assertion& assertion, const Form& form, const Json& body,
                             const std::string& pointer) {
  if (!body.is_object())
    return problem(assertion, pointer, "E065",
                   fmt::format("{} takes a mapping with: {}", form.name, form.members)),
           false;
  std::vector<std::string> known;
  bool fine = true;
  for (const std::string_view wanted : split(form.members, ' ')) {
    const bool optional = wanted.starts_with('?');
    int found = 0;
    for (const std::string_view name : split(optional ? wanted.substr(1) : wanted, '|')) {
      known.emplace_back(name);
      found += body.contains(name) ? 1 : 0;
    }
    std::string spoken(wanted);
    if (const std::size_t bar = spoken.find('|'); bar != std::string::npos) spoken.replace(bar, 1, "' or '");
    if (found == 0 && !optional)
      problem(assertion, pointer, "E065", fmt::format("{} needs '{}'", form.name, spoken)), fine = false;
    if (found > 1)
      problem(assertion, pointer, "E065", fmt::format("{} takes '{}', not both", form.name, spoken)),
          fine = false;
  }
  for (const auto& [key, value] : body.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const auto nearest = nearest_name(key, known);
    problem(assertion, pointer + "/" + escape_pointer(key), "E065",
            fmt::format("{} has no member '{}'", form.name, printable(key)),
            nearest ? fmt::format("did you mean '{}'?", *nearest)
                    : fmt::format("it takes: {}", join(known, ", ")));
    fine = false;
  }
  return fine;
}

bool Compiler::parse(Assertion& assertion, const Json& json, const std::string& pointer, Expression& out) {
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

void Compiler::literal(Assertion& assertion, const Json& json, const std::string& pointer, Expression& out) {
  out.source = one_line(json);
  if (!add_literal(json, out, 0, out.root))
    return problem(assertion, pointer, "E065",
                   "a value is a text, a number, a truth value or a list of those");
  out.root->end = static_cast<int>(out.source.size());
  located(assertion, pointer, [&] { check_types(out, environment_, problems_); });
}

void Compiler::need_kind(Assertion& assertion, const std::string& pointer,
                         std::initializer_list<TypeKind> kinds, std::string_view wanted) {
  const TypeKind kind = assertion.path.root->type->kind;
  if (kind == TypeKind::any || std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) return;
  problem(assertion, pointer, "E062",
          fmt::format("{} is needed here, but {} is of type {}", wanted,
                      source_of(assertion.path, *assertion.path.root), describe(*assertion.path.root->type)));
}

void Compiler::compile_path(Assertion& assertion, const Json& body, const std::string& pointer) {
  if (!parse(assertion, body, pointer, assertion.path)) return;
  located(assertion, pointer, [&] { check_types(assertion.path, environment_, problems_); });
  assertion.path_type = assertion.path.root->type->kind;
}

void Compiler::compile_order(Assertion& assertion, const std::string& pointer, Expression& bound) {
  const Type& a = *assertion.path.root->type;
  const Type& b = *bound.root->type;
  const bool numbers = is_numeric(a) && is_numeric(b);
  const bool texts = (a.kind == TypeKind::text || a.kind == TypeKind::any) && b.kind == TypeKind::text;
  if (!numbers && !texts)
    problem(assertion, pointer, "E062",
            fmt::format("numbers or texts have an order, not {} and {}", describe(a), describe(b)));
}

void Compiler::compile_count(Assertion& assertion, const Json& body, const std::string& pointer) {
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

void Compiler::compile_operands(Assertion& assertion, const Json& body, const std::string& pointer) {
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

void Compiler::compile_children(Assertion& assertion, const Json& list, const std::string& pointer,
                                int depth) {
  if (!list.is_array() || list.empty())
    return problem(assertion, pointer, "E065", "a list of assertions is needed here");
  for (std::size_t i = 0; i < list.size(); ++i) {
    assertion.children.push_back(compile(list[i], pointer + "/" + std::to_string(i), depth + 1));
    assertion.broken = assertion.broken || assertion.children.back()->broken;
  }
}

void Compiler::compile_quantifier(Assertion& assertion, const Json& body, const std::string& pointer,
                                  int depth) {
  compile_path(assertion, member(body, "in"), pointer + "/in");
  const Json& name = member(body, "as");
  static const std::string kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  if (!name.is_string() || name.get_ref<const std::string&>().empty() ||
      name.get_ref<const std::string&>().find_first_not_of(kLetters) != std::string::npos ||
      (name.get_ref<const std::string&>()[0] >= '0' && name.get_ref<const std::string&>()[0] <= '9'))
    return problem(assertion, pointer + "/as", "E065", "a name of letters, digits and _ is needed here");
  assertion.name = name.get<std::string>();
  const Type* element = types_.of(TypeKind::any);
  if (assertion.path.root != nullptr && assertion.path.root->type != nullptr) {
    need_kind(assertion, pointer + "/in", {TypeKind::list}, "a list");
    if (assertion.path.root->type->element != nullptr) element = assertion.path.root->type->element;
  }
  assertion.slot = static_cast<int>(environment_.bound.size());
  bool bound = false;
  located(assertion, pointer + "/as",
          [&] { bound = bind_name(environment_, assertion.name, element, 0, problems_); });
  if (!bound) return;
  compile_children(assertion, member(body, "assert"), pointer + "/assert", depth);
  environment_.bound.pop_back();
}

void Compiler::compile_title(Assertion& assertion, const Json& json, const std::string& pointer) {
  const Json& title = member(json, "title");
  if (title.is_null()) {
    if (assertion.kind == AssertionKind::that && !json.contains("title"))
      problem(assertion, pointer, "E065", "that needs a 'title' with zh and en",
              "the report can't say an expression in words");
    return;
  }
  assertion.title = {text_or(title, "zh"), text_or(title, "en")};
  if (assertion.title.zh.empty() || assertion.title.en.empty())
    problem(assertion, pointer + "/title", "E065", "a title is a mapping with texts zh and en");
}

void Compiler::write_expected(Assertion& assertion) {
  const auto shown = [&](const Expression& expression) {
    if (expression.root == nullptr) return model::Text{};
    if (assertion.computed) return both(source_of(expression, *expression.root));
    const Scope nothing;
    Evaluation evaluation(nothing);
    return render(evaluation.run(expression));
  };
  assertion.expected = expected_sentence(assertion, shown(assertion.other), shown(assertion.high));
}

std::unique_ptr<Assertion> Compiler::compile(const Json& json, const std::string& pointer, int depth) {
  auto assertion = std::make_unique<Assertion>();
  const Form* form = form_of(*assertion, json, pointer);
  if (form == nullptr) {
    assertion->source = one_line(json);
    assertion->expected = both(assertion->source);
    return assertion;
  }
  const std::string place = pointer + "/" + std::string(form->name);
  const Json& body = *json.find(form->name);
  assertion->kind = form->kind;
  assertion->source = fmt::format(
      "{}: {}", form->name,
      body.is_string() ? on_one_line(printable(body.get_ref<const std::string&>())) : one_line(body));
  if (depth > kMaxNesting) {
    problem(*assertion, place, "E066", fmt::format("assertions are nested deeper than {}", kMaxNesting));
  } else if (form->kind == AssertionKind::that) {
    compile_path(*assertion, body, place);
    if (!assertion->broken) {
      Assertion& that = *assertion;
      located(that, place, [&] { need_condition(that.path, environment_, problems_); });
    }
  } else if (form->kind == AssertionKind::negation) {
    assertion->children.push_back(compile(body, place, depth + 1));
    assertion->broken = assertion->children.back()->broken;
  } else if (form->members.empty()) {
    compile_children(*assertion, body, place, depth);
  } else if (check_members(*assertion, *form, body, place)) {
    if (body.contains("in"))
      compile_quantifier(*assertion, body, place, depth);
    else
      compile_operands(*assertion, body, place);
  }
  compile_title(*assertion, json, pointer);
  if (assertion->broken)
    assertion->expected = both(assertion->source);
  else
    write_expected(*assertion);
  return assertion;
}

}  // namespace

CompiledAssertions compile_assertions(const Json& assertions, const Schemas& schemas,
                                      std::vector<Problem>& problems) {
  auto set = std::make_shared<AssertionSet>();
  if (!assertions.is_array() || assertions.empty()) {
    problems.push_back({"", "E065", "assert is a list with at least one assertion", ""});
    return CompiledAssertions(std::move(set));
  }
  Compiler compiler(set->types, schemas, problems);
  for (std::size_t i = 0; i < assertions.size(); ++i)
    set->assertions.push_back(compiler.compile(assertions[i], "/" + std::to_string(i), 0));
  return CompiledAssertions(std::move(set));
}

std::size_t CompiledAssertions::size() const { return set_ ? set_->assertions.size() : 0; }

}  // namespace lintel::rules
