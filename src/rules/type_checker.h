// The walk behind type_check.h, one member function a kind of node. Split over type_check.cc (names,
// operators), type_check_words.cc (what may be compared) and type_check_calls.cc (functions); nobody else
// includes it.
#pragma once
#include <fmt/format.h>

#include "rules/expression.h"
#include "rules/type_check.h"

namespace lintel::rules {

// "an integer", "a list of texts"
std::string with_article(const Type& type);
// "did you mean 'x'?", or nothing.
std::string nearest_hint(std::string_view name, const std::vector<std::string>& candidates);

class TypeChecker {
 public:
  TypeChecker(const Expression& expression, Environment& environment, std::vector<Problem>& problems)
      : expression_(expression), environment_(environment), types_(environment.types), problems_(problems) {}

  const Type* check(Node& node) {
    node.type = find_type(node);
    return node.type;
  }

  void check_pair(const Node& left, const Node& right, Against against, int at);
  void check_words(const Type& type, const Node& literal);
  void need_condition(const Node& node) {
    if (node.type->kind != TypeKind::boolean && node.type->kind != TypeKind::any)
      error("E062", node.at,
            fmt::format("a truth value is needed here, but {} is {}", source_of(expression_, node),
                        with_article(*node.type)));
  }

 private:
  const Type* any() const { return types_.of(TypeKind::any); }
  const Type* of(TypeKind kind) const { return types_.of(kind); }

  const Type* error(std::string code, int at, const std::string& message, std::string hint = "") {
    // Literals of a document (`value: ...`) stand at character 0: the loader knows their line.
    problems_.push_back({"", std::move(code),
                         at > 0 ? fmt::format("at character {}: {}", at, message) : message,
                         std::move(hint)});
    return any();
  }

  const Type* find_type(Node& node);
  const Type* name_type(Node& node);
  const Type* member_type(Node& node);
  const Type* index_type(Node& node);
  const Type* arithmetic_type(Node& node);
  const Type* order_type(Node& node);
  const Type* list_type(Node& node);
  const Type* conditional_type(Node& node);
  const Type* call_type(Node& node);
  const Type* call_result(Node& node);
  const Type* bind_type(Node& node);
  bool need(const Node& node, TypeKind kind);

  const Expression& expression_;
  Environment& environment_;
  TypeTable& types_;
  std::vector<Problem>& problems_;
};

}  // namespace lintel::rules
