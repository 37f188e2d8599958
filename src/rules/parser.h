// Text → syntax tree: a Pratt parser. Names and types are not looked at here.
//
//   lowest   c ? a : b            (right to left)
//            ||
//            &&
//            == != < <= > >= in   (do not chain)
//            + -
//            * / %
//   highest  ! - (prefix)   .name [i] [a:b]
#pragma once
#include "base/error.h"
#include "rules/expression.h"

namespace lintel::rules {

inline constexpr int kMaxDepth = 100;

// Errors: invalid_input "at character N: ..."; limit above 4 KiB or when nested deeper than 100.
Result<Expression> parse_expression(std::string_view source);

}  // namespace lintel::rules
