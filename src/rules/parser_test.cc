// How expressions are cut and nested, and what is said about those that can't be.
#include "rules/parser.h"

#include <doctest/doctest.h>

#include "rules/lexer.h"

using namespace lintel;
using namespace lintel::rules;

namespace {

// Fully bracketed: (a + (b * c)).
std::string shape(const Node* node) {
  if (node == nullptr) return "";
  const auto child = [&](std::size_t i) { return shape(node->children[i]); };
  switch (node->kind) {
    case NodeKind::boolean:
      return node->boolean ? "true" : "false";
    case NodeKind::integer:
      return std::to_string(node->integer);
    case NodeKind::number:
      return fmt::format("{}", node->number);
    case NodeKind::text:
      return "'" + node->text + "'";
    case NodeKind::unknown:
      return "unknown";
    case NodeKind::name:
      return node->text;
    case NodeKind::member:
      return child(0) + "." + node->text;
    case NodeKind::index:
      return child(0) + "[" + child(1) + "]";
    case NodeKind::slice:
      return child(0) + "[" + child(1) + ":" + child(2) + "]";
    case NodeKind::conditional:
      return "(" + child(0) + " ? " + child(1) + " : " + child(2) + ")";
    case NodeKind::bind:
      return "bind(" + child(0) + ", " + node->text + ", " + child(1) + ")";
    case NodeKind::list:
    case NodeKind::call: {
      std::string out = node->kind == NodeKind::list ? "[" : node->text + "(";
      for (std::size_t i = 0; i < node->children.size(); ++i) out += (i > 0 ? ", " : "") + child(i);
      return out + (node->kind == NodeKind::list ? "]" : ")");
    }
    case NodeKind::negate:
    case NodeKind::logical_not:
      return std::string(operator_of(node->kind)) + child(0);
    case NodeKind::multiply:
    case NodeKind::divide:
    case NodeKind::remainder:
    case NodeKind::add:
    case NodeKind::subtract:
    case NodeKind::less:
    case NodeKind::less_equal:
    case NodeKind::greater:
    case NodeKind::greater_equal:
    case NodeKind::equal:
    case NodeKind::not_equal:
    case NodeKind::in:
    case NodeKind::logical_and:
    case NodeKind::logical_or:
      return "(" + child(0) + " " + std::string(operator_of(node->kind)) + " " + child(1) + ")";
  }
  return "";
}

std::string parsed(std::string_view source) {
  const Result<Expression> result = parse_expression(source);
  return result ? shape(result->root) : result.error().message;
}

std::string repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("operators bind as documented") {
  const std::pair<const char*, const char*> rows[] = {
      {"a + b * c", "(a + (b * c))"},
      {"a * b + c", "((a * b) + c)"},
      {"a - b - c", "((a - b) - c)"},
      {"a / b % c * d", "(((a / b) % c) * d)"},
      {"(a + b) * c", "((a + b) * c)"},
      {"-a * b", "(-a * b)"},
      {"- - a", "--a"},
      {"!a && b", "(!a && b)"},
      {"!(a && b)", "!(a && b)"},
      {"!a.b[0]", "!a.b[0]"},
      {"a || b && c", "(a || (b && c))"},
      {"a && b || c && d", "((a && b) || (c && d))"},
      {"a && b && c", "((a && b) && c)"},
      {"a + 1 < b * 2", "((a + 1) < (b * 2))"},
      {"a == 1 && b != 2", "((a == 1) && (b != 2))"},
      {"a <= 1 || b >= 2 || c > 3", "(((a <= 1) || (b >= 2)) || (c > 3))"},
      {"x in list && y", "((x in list) && y)"},
      {"x + 1 in list", "((x + 1) in list)"},
      {"a ? b : c", "(a ? b : c)"},
      {"a ? b : c ? d : e", "(a ? b : (c ? d : e))"},
      {"a ? b ? c : d : e", "(a ? (b ? c : d) : e)"},
      {"a || b ? c : d", "((a || b) ? c : d)"},
      {"a == (b == c)", "(a == (b == c))"},
      {"list[i + 1].name", "list[(i + 1)].name"},
      {"text[1:2]", "text[1:2]"},
      {"text[:2]", "text[:2]"},
      {"text[1:]", "text[1:]"},
      {"text[:]", "text[:]"},
      {"list[c ? 1 : 2]", "list[(c ? 1 : 2)]"},
      {"[1, 2.5, 'x', []]", "[1, 2.5, 'x', []]"},
      {"size(a) > 1e3", "(size(a) > 1000)"},
      {"all(list, x, x > 3)", "bind(list, x, (x > 3))"},
      {"map(where(l, s, s.a == \"t\"), s, s.b)", "bind(bind(l, s, (s.a == 't')), s, s.b)"},
      {"count >= 500 ? bits >= 64 : unknown", "((count >= 500) ? (bits >= 64) : unknown)"},
      {"a.in", "a.in"},
      {"true && !false", "(true && !false)"},
      {"'it\\'s' + \"\\u4e2d\\n\\t\\\\\\\"\"", "('it's' + '中\n\t\\\"')"},
      {"  a\n  ||\tb ", "(a || b)"},
      {"9223372036854775807", "9223372036854775807"},
      {"1.5e-3", "0.0015"},
  };
  for (const auto& [source, expected] : rows) CHECK_MESSAGE(parsed(source) == expected, source);
}

TEST_CASE("a mistake is told with its character") {
  const std::pair<const char*, const char*> rows[] = {
      {"", "the expression is empty"},
      {"   ", "the expression is empty"},
      {"a +", "at character 4: a value is needed here, not the end"},
      {"a b", "at character 3: an operator or the end is needed here, not 'b'"},
      {"(a", "at character 3: ')' is needed here, not the end"},
      {"a)", "at character 2: an operator or the end is needed here, not ')'"},
      {"[1, 2", "at character 6: ',' or ']' is needed here, not the end"},
      {"[1,]", "at character 4: a value is needed here, not ']'"},
      {"f(1 2)", "at character 5: ',' or ')' is needed here, not '2'"},
      {"a[1", "at character 4: ']' is needed here, not the end"},
      {"a[1:2:3]", "at character 6: ']' is needed here, not ':'"},
      {"a ? b", "at character 6: ':' is needed here, not the end"},
      {"a.", "at character 3: a member's name is needed here, not the end"},
      {"a.1", "at character 3: a member's name is needed here, not '1'"},
      {"a < b < c", "at character 7: comparisons do not chain; use && or parentheses"},
      {"a == b != c", "at character 8: comparisons do not chain; use && or parentheses"},
      {"a = b", "at character 3: a single '='; equality is written =="},
      {"a & b", "at character 3: a single '&'; write &&"},
      {"a | b", "at character 3: a single '|'; write ||"},
      {"a # b", "at character 3: '#' is no part of the language"},
      {"'中' + §", "at character 7: '§' is no part of the language"},
      {"'open", "at character 1: the text has no closing '"},
      {"'a\\q'", "at character 3: unknown escape; there are \\n \\t \\\\ \\\" \\' \\uXXXX"},
      {"'\\u12'", "at character 2: \\u needs four hexadecimal digits of a character"},
      {"'\\ud800'", "at character 2: \\u needs four hexadecimal digits of a character"},
      {"'\xff'", "at character 1: the text is not UTF-8"},
      {"12ab", "at character 1: a name can't start with a digit"},
      {"9223372036854775808", "at character 1: the number 9223372036854775808 is too large"},
      {"1e999", "at character 1: the number 1e999 is too large"},
      {"all(list)", "at character 9: ',' is needed here, not ')'"},
      {"all(list, 1, x)", "at character 11: a name for the element is needed here, not '1'"},
      {"all(list, x)", "at character 12: ',' is needed here, not ')'"},
      {"a in", "at character 5: a value is needed here, not the end"},
      {"in a", "at character 1: a value is needed here, not 'in'"},
  };
  for (const auto& [source, expected] : rows) CHECK_MESSAGE(parsed(source) == expected, source);
}

TEST_CASE("size and depth are capped, nested or chained") {
  CHECK(parsed(repeat("(", 99) + "a" + repeat(")", 99)) == "a");
  CHECK(parsed(repeat("(", 100) + "a" + repeat(")", 100)) == "at character 101: nested deeper than 100");
  CHECK(parsed(repeat("(", 2000)) == "at character 101: nested deeper than 100");
  CHECK(parsed(repeat("!", 98) + "a") == repeat("!", 98) + "a");
  CHECK(parsed(repeat("!", 4000) + "a") == "at character 101: nested deeper than 100");
  CHECK(parsed(repeat("[", 3000)) == "at character 101: nested deeper than 100");
  CHECK(parsed("a" + repeat("+a", 99)).starts_with("((("));
  CHECK(parsed("a" + repeat("+a", 100)) == "at character 1: nested deeper than 100");
  CHECK(parsed("a" + repeat(".a", 100)) == "at character 201: nested deeper than 100");
  CHECK(parsed(repeat("a ? b : ", 150) + "c") == "at character 797: nested deeper than 100");
  CHECK(parsed("'" + std::string(kMaxSourceBytes - 2, 'x') + "'").size() == kMaxSourceBytes);
  CHECK(parsed("'" + std::string(kMaxSourceBytes - 1, 'x') + "'") ==
        "the expression has 4097 bytes; at most 4096 are read");
  CHECK(parse_expression(std::string(5000, ' ')).error().code == ErrorCode::limit);
}

TEST_CASE("a node's source keeps its parentheses and loses line breaks") {
  const Result<Expression> expression = parse_expression("(a ||\n   b) && c");
  REQUIRE(expression);
  CHECK(source_of(*expression, *expression->root) == "(a || b) && c");
  CHECK(source_of(*expression, *expression->root->children[0]) == "(a || b)");
}
