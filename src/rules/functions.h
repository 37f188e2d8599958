// The functions of the expression language: names, number of arguments, and what they compute from values.
// Their types are in type_check.cc; the forms that bind a name are run by eval.cc.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/value.h"

namespace re2 {
class RE2;
}

namespace lintel::rules {

class Evaluation;
struct Node;

enum class FunctionId {
  size,
  lower,
  upper,
  starts,
  ends,
  contains,
  matches,
  unique,
  sorted,
  min,
  max,
  sum,
  mean,
  has,
  version_cmp,
  all,
  any,
  count,
  map,
  where,
};

struct Function {
  FunctionId id;
  std::string_view name;
  std::string_view usage;
  std::size_t arguments;
  bool binds;  // all(list, x, condition)
};

const Function* find_function(std::string_view name);
bool is_binding_form(std::string_view name);
std::vector<std::string> function_names();

// Runs a function that binds no name (not `has`, which looks at a path and not at a value). Arguments of a
// kind that the function can't take, and unknown ones, give unknown.
Value call_function(const Node& node, std::span<const Value> arguments, Evaluation& evaluation);

// Whether the whole text matches. Long texts and large patterns cost steps.
Kleene matches_pattern(const re2::RE2& pattern, std::string_view text, const Node* node,
                       Evaluation& evaluation);

// -1, 0 or 1; 2 when one of them is no version. "1.10" > "1.9", "1.2" = "1.2.0", "1.0-rc1" < "1.0", "v" and
// "+build" ignored.
int compare_versions(std::string_view a, std::string_view b);

}  // namespace lintel::rules
