// What followed each context of up to 16 symbols, for the predictors that learn. A node is a context; its child by symbol b is the context one symbol
// longer, b in front. At most 2^24 nodes. Not thread-safe.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lintel::random::sp800_90b {

// Numbers by 32-bit keys, open addressing; keys are never taken out.
class KeyTable {
 public:
  // The place of the key's number, put there as 0 when it is new. Good until the next call.
  std::uint32_t& at(std::uint32_t key) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    Slot& slot = place(key + 1);
    if (slot.key == 0) {
      slot.key = key + 1;
      ++used_;
    }
    return slot.value;
  }
  // 0 when there is none.
  std::uint32_t find(std::uint32_t key) { return slots_.empty() ? 0 : place(key + 1).value; }

 private:
  struct Slot {
    std::uint32_t key = 0;  // one more than the caller's; 0: free
    std::uint32_t value = 0;
  };
  Slot& place(std::uint32_t key) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = (std::uint64_t{key} * 0x9e3779b97f4a7c15) >> shift_;; ++i)
      if (Slot& slot = slots_[i & mask]; slot.key == key || slot.key == 0) return slot;
  }
  void grow() {
    std::vector<Slot> old(std::max<std::size_t>(1024, 2 * slots_.size()));
    old.swap(slots_);
    shift_ = 64;
    for (std::size_t size = slots_.size(); size > 1; size /= 2) --shift_;
    for (const Slot& slot : old)
      if (slot.key != 0) place(slot.key) = slot;
  }
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  int shift_ = 64;
};

class ContextTree {
 public:
  static constexpr std::uint32_t kRoot = 0, kNone = 0;  // the root is nobody's child
  struct Node {
    std::uint32_t best = 0;     // how often the symbol followed that followed most
    std::uint32_t first = 0;    // how often `first_symbol` followed; further symbols are in a table
    std::uint8_t best_symbol = 0, first_symbol = 0;
    bool stored = false;        // it counts; a node may be there only because a longer context is
  };
  ContextTree() : nodes_(1) {}
  const Node& node(std::uint32_t node) const { return nodes_[node]; }
  std::uint32_t child(std::uint32_t parent, std::uint8_t symbol) { return children_.find(parent << 8 | symbol); }
  std::uint32_t add_child(std::uint32_t parent, std::uint8_t symbol) {
    std::uint32_t& place = children_.at(parent << 8 | symbol);
    if (place == kNone) {
      place = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
    }
    return place;
  }
  enum class Counted { left_out, again, first_time };
  // One more time that `symbol` followed; left out when it never did and may_add is false. Of symbols that followed equally often the larger is
  // the best.
  Counted count(std::uint32_t at, std::uint8_t symbol, bool may_add) {
    Node& node = nodes_[at];
    std::uint32_t seen = 0;
    if (node.first == 0 || node.first_symbol == symbol) {
      if (node.first == 0 && !may_add) return Counted::left_out;
      node.first_symbol = symbol;
      seen = ++node.first;
    } else {
      const std::uint32_t key = at << 8 | symbol;
      if (!may_add && further_.find(key) == 0) return Counted::left_out;
      seen = ++further_.at(key);
    }
    node.stored = true;
    if (seen > node.best || (seen == node.best && symbol > node.best_symbol)) {
      node.best = seen;
      node.best_symbol = symbol;
    }
    return seen == 1 ? Counted::first_time : Counted::again;
  }
  // How often `symbol` followed.
  std::uint32_t times(std::uint32_t at, std::uint8_t symbol) {
    const Node& node = nodes_[at];
    return node.first > 0 && node.first_symbol == symbol ? node.first : further_.find(at << 8 | symbol);
  }

 private:
  std::vector<Node> nodes_;
  KeyTable children_, further_;
};

}  // namespace lintel::random::sp800_90b
