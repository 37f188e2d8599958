#include "rules/lexer.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"

namespace lintel::rules {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

struct Operator {
  std::string_view spelling;
  TokenKind kind;
};
// Longer spellings first.
constexpr Operator kOperators[] = {
    {"<=", TokenKind::less_equal},   {">=", TokenKind::greater_equal}, {"==", TokenKind::equal},
    {"!=", TokenKind::not_equal},    {"&&", TokenKind::and_and},       {"||", TokenKind::or_or},
    {"(", TokenKind::left_paren},    {")", TokenKind::right_paren},    {"[", TokenKind::left_bracket},
    {"]", TokenKind::right_bracket}, {",", TokenKind::comma},          {".", TokenKind::dot},
    {"?", TokenKind::question},      {":", TokenKind::colon},          {"+", TokenKind::plus},
    {"-", TokenKind::minus},         {"*", TokenKind::star},           {"/", TokenKind::slash},
    {"%", TokenKind::percent},       {"!", TokenKind::bang},           {"<", TokenKind::less},
    {">", TokenKind::greater},
};

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    for (;;) {
      while (!done() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) advance();
      Token token;
      token.at = at_;
      token.begin = static_cast<int>(position_);
      if (!done()) TRY(read(token));
      token.end = static_cast<int>(position_);
      tokens.push_back(std::move(token));
      if (tokens.back().kind == TokenKind::end) return tokens;
    }
  }

 private:
  bool done() const { return position_ >= source_.size(); }
  char peek(std::size_t ahead = 0) const {
    return position_ + ahead < source_.size() ? source_[position_ + ahead] : '\0';
  }
  void advance(std::size_t bytes = 1) {
    for (; bytes > 0 && !done(); --bytes, ++position_)
      if ((static_cast<unsigned char>(source_[position_]) & 0xC0U) != 0x80U) ++at_;
  }

  Result<void> read(Token& token) {
    const char c = peek();
    if (is_digit(c)) return read_number(token);
    if (c == '"' || c == '\'') return read_text(token);
    if (is_name_start(c)) {
      while (is_name_start(peek()) || is_digit(peek())) token.text += peek(), advance();
      token.kind = token.text == "in" ? TokenKind::in : TokenKind::name;
      return {};
    }
    for (const Operator& candidate : kOperators)
      if (source_.substr(position_).starts_with(candidate.spelling)) {
        token.kind = candidate.kind;
        advance(candidate.spelling.size());
        return {};
      }
    if (c == '=')
      return fail(ErrorCode::invalid_input, "at character {}: a single '='; equality is written ==", at_);
    if (c == '&' || c == '|')
      return fail(ErrorCode::invalid_input, "at character {}: a single '{}'; write {}{}", at_, c, c, c);
    return fail(ErrorCode::invalid_input, "at character {}: '{}' is no part of the language", at_,
                character());
  }

  // The whole character at the position, printable.
  std::string character() const {
    std::size_t bytes = 1;
    while ((static_cast<unsigned char>(peek(bytes)) & 0xC0U) == 0x80U) ++bytes;
    return printable(source_.substr(position_, bytes));
  }

  Result<void> read_number(Token& token) {
    const std::size_t begin = position_;
    bool whole = true;
    while (is_digit(peek())) advance();
    if (peek() == '.' && is_digit(peek(1))) {
      whole = false;
      advance();
      while (is_digit(peek())) advance();
    }
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
      whole = false;
      advance(1 + sign);
      while (is_digit(peek())) advance();
    }
    if (is_name_start(peek()))
      return fail(ErrorCode::invalid_input, "at character {}: a name can't start with a digit", token.at);
    const char* first = source_.data() + begin;
    const char* last = source_.data() + position_;
    token.kind = whole ? TokenKind::integer : TokenKind::number;
    const auto result =
        whole ? std::from_chars(first, last, token.integer) : std::from_chars(first, last, token.number);
    if (result.ec != std::errc() || !std::isfinite(token.number))
      return fail(ErrorCode::invalid_input, "at character {}: the number {} is too large", token.at,
                  std::string_view(first, static_cast<std::size_t>(last - first)));
    return {};
  }

  Result<void> read_text(Token& token) {
    const char quote = peek();
    token.kind = TokenKind::text;
    advance();
    while (!done() && peek() != quote) {
      if (peek() == '\\') {
        TRY(read_escape(token.text));
      } else {
        token.text += peek();
        advance();
      }
    }
    if (done())
      return fail(ErrorCode::invalid_input, "at character {}: the text has no closing {}", token.at, quote);
    advance();
    if (!is_utf8(token.text))
      return fail(ErrorCode::invalid_input, "at character {}: the text is not UTF-8", token.at);
    return {};
  }

  Result<void> read_escape(std::string& out) {
    const int at = at_;
    advance();
    const char c = peek();
    advance();
    switch (c) {
      case 'n':
        out += '\n';
        return {};
      case 't':
        out += '\t';
        return {};
      case '\\':
      case '"':
      case '\'':
        out += c;
        return {};
      case 'u':
        break;
      default:
        return fail(ErrorCode::invalid_input,
                    "at character {}: unknown escape; there are \\n \\t \\\\ \\\" \\' \\uXXXX", at);
    }
    unsigned code = 0;
    const std::string_view digits = source_.substr(std::min(position_, source_.size()), 4);
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 4 || result.ptr != digits.data() + 4 || code == 0 ||
        (code >= 0xD800 && code <= 0xDFFF))
      return fail(ErrorCode::invalid_input,
                  "at character {}: \\u needs four hexadecimal digits of a character", at);
    advance(4);
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0U | (code >> 6U));
      out += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
      out += static_cast<char>(0xE0U | (code >> 12U));
      out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
      out += static_cast<char>(0x80U | (code & 0x3FU));
    }
    return {};
  }

  std::string_view source_;
  std::size_t position_ = 0;
  int at_ = 1;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view source) {
  if (source.size() > kMaxSourceBytes)
    return fail(ErrorCode::limit, "the expression has {} bytes; at most {} are read", source.size(),
                kMaxSourceBytes);
  return Lexer(source).run();
}

std::string describe(const Token& token, std::string_view source) {
  if (token.kind == TokenKind::end) return "the end";
  const auto begin = static_cast<std::size_t>(token.begin);
  return "'" + printable(source.substr(begin, static_cast<std::size_t>(token.end - token.begin))) + "'";
}

}  // namespace lintel::rules
