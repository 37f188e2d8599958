// Gives every node of an expression its type, role and slot, and finds what can't be right whatever the facts
// are: unknown paths, words a fact never takes, kinds that can't be compared, bad regular expressions.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "rules/expression.h"
#include "rules/problem.h"
#include "rules/types.h"

namespace re2 {
class RE2;
}

namespace lintel::rules {

inline constexpr int kMaxSlots = 64;

struct BoundName {
  std::string name;
  const Type* type = nullptr;
};

// The names an expression can see. The slot of a bound name is its place in `bound`.
struct Environment {
  TypeTable& types;
  const Type* facts = nullptr;
  const Type* item = nullptr;
  const Type* asset = nullptr;
  const Type* params = nullptr;
  std::vector<BoundName> bound;
};

// The type of the whole. Problems have an empty pointer; after one the type is `any`, so that one mistake is
// said once.
const Type* check_types(Expression& expression, Environment& environment, std::vector<Problem>& problems);

// A problem when the whole is no truth value. Requires check_types before.
void need_condition(const Expression& expression, Environment& environment, std::vector<Problem>& problems);

// Problems of comparing two typed expressions with == (as `equals` and the list assertions do). in_list: the
// right one is a list whose elements are compared.
enum class Against { value, elements };
void check_comparable(Environment& environment, const Expression& left, const Expression& right,
                      Against against, std::vector<Problem>& problems);

// Binds a name; a problem when it is taken or there are too many. Unbind by bound.pop_back().
bool bind_name(Environment& environment, const std::string& name, const Type* type, int at,
               std::vector<Problem>& problems);

// Compiles a pattern that has to match the whole text; null and a problem when it is bad.
std::shared_ptr<const re2::RE2> compile_pattern(const std::string& pattern, int at,
                                                std::vector<Problem>& problems);

}  // namespace lintel::rules
