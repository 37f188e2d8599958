// Compiles `assert:` (assertion.h): the walk over assertions, their titles, and the sentence of what is
// expected.
#include <fmt/format.h>

#include "base/text.h"
#include "data/json.h"
#include "rules/assertion_compiler.h"
#include "rules/eval.h"
#include "rules/sentences.h"

namespace lintel::rules {
namespace {

constexpr int kMaxNesting = 16;

}  // namespace

AssertionCompiler::AssertionCompiler(TypeTable& types, const Schemas& schemas, std::vector<Problem>& problems)
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

void AssertionCompiler::compile_children(Assertion& assertion, const Json& list, const std::string& pointer,
                                         int depth) {
  if (!list.is_array() || list.empty())
    return problem(assertion, pointer, "E065", "a list of assertions is needed here");
  for (std::size_t i = 0; i < list.size(); ++i) {
    assertion.children.push_back(compile(list[i], pointer + "/" + std::to_string(i), depth + 1));
    assertion.broken = assertion.broken || assertion.children.back()->broken;
  }
}

void AssertionCompiler::compile_quantifier(Assertion& assertion, const Json& body, const std::string& pointer,
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

void AssertionCompiler::compile_title(Assertion& assertion, const Json& json, const std::string& pointer) {
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

void AssertionCompiler::write_expected(Assertion& assertion) {
  const auto shown = [&](const Expression& expression) {
    if (expression.root == nullptr) return model::Text{};
    if (assertion.computed) return both(source_of(expression, *expression.root));
    const Scope nothing;
    Evaluation evaluation(nothing);
    return render(evaluation.run(expression));
  };
  assertion.expected = expected_sentence(assertion, shown(assertion.other), shown(assertion.high));
}

std::unique_ptr<Assertion> AssertionCompiler::compile(const Json& json, const std::string& pointer,
                                                      int depth) {
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

CompiledAssertions compile_assertions(const Json& assertions, const Schemas& schemas,
                                      std::vector<Problem>& problems) {
  auto set = std::make_shared<AssertionSet>();
  if (!assertions.is_array() || assertions.empty()) {
    problems.push_back({"", "E065", "assert is a list with at least one assertion", ""});
    return CompiledAssertions(std::move(set));
  }
  AssertionCompiler compiler(set->types, schemas, problems);
  for (std::size_t i = 0; i < assertions.size(); ++i)
    set->assertions.push_back(compiler.compile(assertions[i], "/" + std::to_string(i), 0));
  for (const auto& assertion : set->assertions) set->words.push_back({assertion->source, assertion->title, assertion->expected});
  return CompiledAssertions(std::move(set));
}

std::size_t CompiledAssertions::size() const { return set_ ? set_->assertions.size() : 0; }

}  // namespace lintel::rules
