// Equality, order and membership of values, in Kleene logic. What can't be compared is unknown, with the
// reason noted.
#pragma once
#include <functional>
#include <optional>
#include <unordered_set>

#include "rules/eval.h"

namespace lintel::rules {

Kleene equal_values(const Value& a, const Value& b, const Node* node, Evaluation& evaluation);
// Numbers by size; texts only of equal length, and times only with the same offset. nullopt: unknown.
std::optional<int> order_values(const Value& a, const Value& b, const Node* node, Evaluation& evaluation);

// A list that many values are looked up in: hashed when it is long.
class Membership {
 public:
  // Requires a list.
  Membership(const Value& list, const Node* node, Evaluation& evaluation);
  // yes when an element equals the value; unknown when none does but one can't be told.
  Kleene has(const Value& value);
  // The elements that can't be told become part of the explanation.
  void note_unknown();

 private:
  struct Hash {
    std::size_t operator()(const Value& value) const;
  };
  struct Equal {
    bool operator()(const Value& a, const Value& b) const;
  };
  static bool hashable(const Value& value);

  const Value list_;
  const Node* node_;
  Evaluation& evaluation_;
  bool hashed_ = false;
  bool unknown_ = false;
  std::unordered_set<Value, Hash, Equal> set_;
};

// The same scalar twice in a list; nullopt when there is none. Values that can't be told are skipped and
// reported in unknown.
struct Duplicates {
  std::vector<Value> repeated;  // each once, in order of its second appearance
  std::vector<Value> distinct;  // each once, in order
  bool unknown = false;
};
Duplicates find_duplicates(const Value& list, const Node* node, Evaluation& evaluation);

}  // namespace lintel::rules
