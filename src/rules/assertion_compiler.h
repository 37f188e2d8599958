// The work behind compile_assertions, split over assertion_compile.cc (the walk), assertion_form.cc (which
// members an assertion has) and assertion_operands.cc (paths, values and their types); nobody else includes
// it.
#pragma once
#include "rules/assertion.h"
#include "rules/assertion_set.h"
#include "rules/type_check.h"

namespace lintel::rules {

// Members: "path value|of" wants path and one of value and of; "?" before a name makes it optional.
struct Form {
  AssertionKind kind;
  std::string_view name;
  std::string_view members;
};

class AssertionCompiler {
 public:
  AssertionCompiler(TypeTable& types, const Schemas& schemas, std::vector<Problem>& problems);

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

}  // namespace lintel::rules
