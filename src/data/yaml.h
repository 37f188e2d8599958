// YAML as Lintel accepts it: maps, lists, scalars and nothing else, every node with its place. The loader in rules/
// validates the tree by schema; nothing else reads YAML.
// Built from yaml-cpp's events, so that an alias is refused where it stands instead of being expanded: 330 bytes of
// nested aliases would make 12 million nodes. Refused as well, each with its place: anchors, merge keys, tags, duplicate
// keys, second documents, tabs as indentation, invalid UTF-8, and all that is above the limits below.
// A tree is immutable after parse(); reading it from several threads is fine.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/diagnostic.h"

namespace lintel::yaml {

constexpr std::size_t kMaxBytes = 4u << 20;
constexpr std::size_t kMaxNodes = 500'000;
constexpr std::size_t kMaxDepth = 60;
constexpr std::size_t kMaxDiagnostics = 50;  // of one file; the rest is cut off

enum class Kind : std::uint8_t { null, scalar, list, map };

class Tree;

// A place in a Tree; cheap to copy, valid while the tree lives and stays where it is.
class Node {
 public:
  Node(const Tree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}
  Kind kind() const;
  Mark mark() const;
  std::string_view text() const;  // of a scalar, unescaped; empty for the rest
  bool quoted() const;            // a scalar that is text whatever it looks like: quotes, | or >
  std::size_t size() const;       // items of a list, entries of a map

  std::optional<Node> find(std::string_view key) const;  // value in a map; linear in its entries
  std::optional<Node> item(std::size_t position) const;  // of a list; linear

  template <class Visit>  // visit(Node item)
  void each_item(Visit visit) const;
  template <class Visit>  // visit(Node key, Node value), in the order written
  void each_entry(Visit visit) const;

 private:
  const Tree* tree_;
  std::uint32_t index_;
};

// 20 bytes a node and one string for all text: a 4 MiB document costs about 10 MB.
class Tree {
 public:
  Node root() const { return Node(*this, 0); }

 private:
  friend class Node;
  friend class Builder;
  struct Record {
    std::uint32_t first = 0;  // scalar: offset into text_; list, map: index of the first child
    std::uint32_t size = 0;   // scalar: bytes; list: items; map: entries
    std::uint32_t next = 0;   // next sibling, 0 for none; a map's children are key, value, key, value...
    std::uint32_t line = 0;
    std::uint32_t column : 29 = 0;
    std::uint32_t kind : 2 = 0;
    std::uint32_t quoted : 1 = 0;
  };
  std::vector<Record> records_;
  std::string text_;
};

// nullopt when anything is refused; the reasons are added to diagnostics under the file name given.
std::optional<Tree> parse(std::string_view source, const std::string& file, std::vector<Diagnostic>& diagnostics);

template <class Visit>
void Node::each_item(Visit visit) const {
  if (kind() != Kind::list || size() == 0) return;
  for (std::uint32_t at = tree_->records_[index_].first; at != 0; at = tree_->records_[at].next)
    visit(Node(*tree_, at));
}

template <class Visit>
void Node::each_entry(Visit visit) const {
  if (kind() != Kind::map || size() == 0) return;
  for (std::uint32_t key = tree_->records_[index_].first; key != 0;) {
    const std::uint32_t value = tree_->records_[key].next;
    visit(Node(*tree_, key), Node(*tree_, value));
    key = tree_->records_[value].next;
  }
}

}  // namespace lintel::yaml
