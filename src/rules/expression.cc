#include "rules/expression.h"

namespace lintel::rules {

std::string on_one_line(std::string_view text) {
  std::string out;
  bool space = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank && (space || out.empty())) continue;
    out += blank ? ' ' : c;
    space = blank;
  }
  if (space) out.pop_back();
  return out;
}

std::string source_of(const Expression& expression, const Node& node) {
  return on_one_line(
      std::string_view(expression.source)
          .substr(static_cast<std::size_t>(node.begin), static_cast<std::size_t>(node.end - node.begin)));
}

bool is_path(const Node& node) {
  if (node.kind == NodeKind::name) return true;
  return (node.kind == NodeKind::member || node.kind == NodeKind::index) && is_path(*node.children[0]);
}

std::string_view operator_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::negate:
    case NodeKind::subtract:
      return "-";
    case NodeKind::logical_not:
      return "!";
    case NodeKind::multiply:
      return "*";
    case NodeKind::divide:
      return "/";
    case NodeKind::remainder:
      return "%";
    case NodeKind::add:
      return "+";
    case NodeKind::less:
      return "<";
    case NodeKind::less_equal:
      return "<=";
    case NodeKind::greater:
      return ">";
    case NodeKind::greater_equal:
      return ">=";
    case NodeKind::equal:
      return "==";
    case NodeKind::not_equal:
      return "!=";
    case NodeKind::in:
      return "in";
    case NodeKind::logical_and:
      return "&&";
    case NodeKind::logical_or:
      return "||";
    case NodeKind::conditional:
      return "? :";
    case NodeKind::boolean:
    case NodeKind::integer:
    case NodeKind::number:
    case NodeKind::text:
    case NodeKind::unknown:
    case NodeKind::list:
    case NodeKind::name:
    case NodeKind::member:
    case NodeKind::index:
    case NodeKind::slice:
    case NodeKind::call:
    case NodeKind::bind:
      return "";
  }
  return "";
}

}  // namespace lintel::rules
