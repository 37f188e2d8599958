// What may be compared: kinds, words of an enum, regular expressions (type_check.h).
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "rules/type_checker.h"

namespace lintel::rules {

std::string with_article(const Type& type) {
  const std::string name = describe(type);
  return (name[0] == 'i' || name[0] == 'o' ? "an " : "a ") + name;
}

std::string nearest_hint(std::string_view name, const std::vector<std::string>& candidates) {
  const auto nearest = nearest_name(name, candidates);
  return nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string();
}

void TypeChecker::check_pair(const Node& left, const Node& right, Against against, int at) {
  const bool in = against == Against::elements;
  const Type& b = in ? (right.type->element == nullptr ? *any() : *right.type->element) : *right.type;
  if (left.type->kind == TypeKind::object || b.kind == TypeKind::object) {
    error("E062", at, "objects can't be compared", "compare their members");
    return;
  }
  if (!comparable(*left.type, b)) {
    if (in)
      error("E062", at, fmt::format("a {} never holds {}", describe(*right.type), with_article(*left.type)));
    else
      error("E062", at, fmt::format("{} never equals {}", with_article(*left.type), with_article(b)));
    return;
  }
  if (!in) return check_words(*left.type, right), check_words(*right.type, left);
  if (right.kind == NodeKind::list)
    for (const Node* element : right.children) check_words(*left.type, *element);
  check_words(b, left);
}

// A literal that is compared with something of the type must be a value the type can have.
void TypeChecker::check_words(const Type& type, const Node& literal) {
  if (literal.kind == NodeKind::list && type.kind == TypeKind::list && type.element != nullptr) {
    for (const Node* element : literal.children) check_words(*type.element, *element);
    return;
  }
  if (literal.kind != NodeKind::text || type.kind != TypeKind::text) return;
  if (type.unknown_value && *type.unknown_value == literal.text) {
    error("E063", literal.at,
          fmt::format("'{}' means that the probe could not tell, and never equals anything", literal.text),
          "leave it out: such a fact makes the result inconclusive");
    return;
  }
  if (type.words.empty() || std::find(type.words.begin(), type.words.end(), literal.text) != type.words.end())
    return;
  std::vector<std::string> words = type.words;
  if (type.unknown_value && type.unknown_value->is_string())
    std::erase(words, type.unknown_value->get_ref<const std::string&>());
  std::string hint = nearest_hint(literal.text, words);
  if (hint.empty()) hint = fmt::format("it is one of: {}", join(words, ", "));
  error("E063", literal.at, fmt::format("the value is never '{}'", literal.text), std::move(hint));
}

void check_comparable(Environment& environment, const Expression& left, const Expression& right,
                      Against against, std::vector<Problem>& problems) {
  TypeChecker(left, environment, problems)
      .check_pair(*left.root, *right.root, against, std::min(left.root->at, right.root->at));
}

std::shared_ptr<const re2::RE2> compile_pattern(const std::string& pattern, int at,
                                                std::vector<Problem>& problems) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(1 << 20);
  auto compiled = std::make_shared<const re2::RE2>(pattern, options);
  if (compiled->ok()) return compiled;
  const std::string place = at > 0 ? fmt::format("at character {}: ", at) : std::string();
  problems.push_back({"", "E064",
                      fmt::format("{}bad regular expression: {}", place, printable(compiled->error())),
                      "the syntax is RE2's: no look-around, no back references"});
  return nullptr;
}

}  // namespace lintel::rules
