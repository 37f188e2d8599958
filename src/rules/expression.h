// The syntax tree of an expression. Made by parser.h, given types and slots by type_check.h, run by eval.h.
// Nodes live in the expression's arena, so a child is a plain pointer and a tree moves cheaply.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace lintel::rules {

struct Type;
struct Function;

enum class NodeKind {
  boolean,
  integer,
  number,
  text,
  unknown,  // literals
  list,     // [a, b]
  name,     // the first part of a path: fact, root or bound name (`role` says which)
  member,   // children[0].text
  index,    // children[0][children[1]]
  slice,    // children[0][children[1]:children[2]], either bound may be null
  negate,
  logical_not,
  multiply,
  divide,
  remainder,
  add,
  subtract,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  in,
  logical_and,
  logical_or,
  conditional,  // children[0] ? children[1] : children[2]
  call,         // function(children...)
  bind,         // function(children[0], text, children[1])
};

enum class NameRole { unresolved, fact, item, asset, params, bound };

struct Node {
  NodeKind kind = NodeKind::unknown;
  int at = 1;     // first character in the source, from 1, for messages
  int begin = 0;  // bytes of the source: [begin, end)
  int end = 0;
  int depth = 1;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;  // name, member, text literal, bound name
  std::vector<Node*> children;

  // Filled by the type checker.
  const Type* type = nullptr;
  NameRole role = NameRole::unresolved;
  int slot = -1;  // bound name: where its value stands
  const Function* function = nullptr;
  std::shared_ptr<const re2::RE2> pattern;  // of matches()
};

struct Expression {
  std::string source;
  std::deque<Node> nodes;
  Node* root = nullptr;
};

// Line breaks and runs of spaces made one space.
std::string on_one_line(std::string_view text);
// The node as written, on one line.
std::string source_of(const Expression& expression, const Node& node);
// Whether the node is a path: a name, then members and indexes.
bool is_path(const Node& node);
std::string_view operator_of(NodeKind kind);

}  // namespace lintel::rules
