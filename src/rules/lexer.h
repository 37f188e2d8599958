// Cuts an expression into tokens. Called by the parser only. Positions count characters, not bytes: people
// read them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lintel::rules {

enum class TokenKind {
  end,
  integer,
  number,
  text,
  name,
  left_paren,
  right_paren,
  left_bracket,
  right_bracket,
  comma,
  dot,
  question,
  colon,
  plus,
  minus,
  star,
  slash,
  percent,
  bang,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  and_and,
  or_or,
  in,
};

struct Token {
  TokenKind kind = TokenKind::end;
  int at = 1;     // character, from 1
  int begin = 0;  // bytes of the source: [begin, end)
  int end = 0;
  std::string text;  // a name, or a text literal with its escapes resolved
  std::int64_t integer = 0;
  double number = 0;
};

inline constexpr std::size_t kMaxSourceBytes = 4096;

// The last token is `end`. Errors: invalid_input, whose message starts with "at character N: "; limit above 4
// KiB. Text stands in "double" or 'single' quotes with \n \t \\ \" \' \uXXXX; numbers are decimal, integers
// fit 64 bits.
Result<std::vector<Token>> tokenize(std::string_view source);

// How a token looks in a message: "'>='", "the name 'port'", "the end".
std::string describe(const Token& token, std::string_view source);

}  // namespace lintel::rules
