// What is wrong in an expression or assertion, before the loader turns the pointer into file:line:column.
//
//   E060  the expression can't be parsed
//   E061  unknown fact, member, function or name
//   E062  a type that does not fit
//   E063  a word that the fact never takes
//   E064  bad regular expression
//   E065  an assertion of the wrong form: unknown, missing or extra member
//   E066  too long or nested too deep
#pragma once
#include <string>

namespace lintel::rules {

struct Problem {
  std::string pointer;  // JSON pointer inside the assertions: "/0/subset_of/of"
  std::string code;     // "E061"
  std::string message;  // names the place inside an expression: "at character 12: ..."
  std::string hint;     // nearest name or next step; may be empty
};

}  // namespace lintel::rules
