// The compiled form of `assert:` (assertion.h): made by assertion_compile.cc, run by assertion_run.cc, put
// into words by sentences.h. Nobody else needs it.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/shared.h"
#include "model/text.h"
#include "rules/expression.h"
#include "rules/types.h"

namespace lintel::rules {

enum class AssertionKind {
  equals,
  not_equals,
  one_of,
  none_of,
  subset_of,
  contains,
  at_least,
  at_most,
  between,
  matches,
  exists,
  absent,
  count,
  unique,
  all,
  any,
  negation,
  for_all,
  for_some,
  that,
};

struct Assertion {
  AssertionKind kind = AssertionKind::that;
  bool broken = false;  // has a problem: always unknown
  std::string source;   // as written, one line
  model::Text title;
  model::Text expected;

  Expression path;   // `path`, `in` or `that`
  Expression other;  // `value`, `values`, `of` or `low`
  Expression high;
  bool computed = false;  // other was written as an expression (`of`): its value is worth telling
  TypeKind path_type = TypeKind::any;
  std::string pattern_text;
  std::shared_ptr<const re2::RE2> pattern;
  std::optional<std::int64_t> at_least, at_most, equals;  // count
  std::string name;                                       // `as`
  int slot = -1;
  std::vector<std::unique_ptr<Assertion>> children;
};

// What is the same in every result of an assertion.
struct FixedWords {
  model::Shared<std::string> source;
  model::Shared<model::Text> title;
  model::Shared<model::Text> expected;
};

struct AssertionSet {
  TypeTable types;
  std::vector<std::unique_ptr<Assertion>> assertions;
  std::vector<FixedWords> words;  // of the assertions, in the same order
};

}  // namespace lintel::rules
