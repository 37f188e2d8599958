// Runs checked expressions over one Scope, in Kleene logic: a value or unknown. Every fact that was read is
// noted, and what did not decide is dropped again on the way up, so that what is left explains the result,
// decisive first.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rules/assertion.h"
#include "rules/expression.h"
#include "rules/value.h"

namespace lintel::rules {

inline constexpr std::int64_t kMaxSteps = 1'000'000;      // per assertion
inline constexpr std::size_t kMaxListElements = 100'000;  // of a computed list
inline constexpr std::size_t kMaxTextBytes = 64 * 1024;   // of a computed or matched text

// One fact that was read, or one thing that could not be computed (then problem says what, in both
// languages).
struct Read {
  const Expression* expression = nullptr;
  const Node* node = nullptr;
  Value value;
  bool decides = true;  // its being unknown made the result unknown
  const model::Text* problem = nullptr;
};

class Evaluation {
 public:
  explicit Evaluation(const Scope& scope);

  Value run(const Expression& expression);

  // The names of for_all and for_some. Slots are numbered by nesting; requires slot < 64.
  void bind(int slot, const Value& value);
  Value bound(int slot) const { return slots_[static_cast<std::size_t>(slot)]; }

  // The value of a path, without noting it; Value::missing tells "not there" from "could not tell".
  Value look_up(const Expression& expression, const Node& node);
  // Whether a path has a value: unknown for one that the probe could have learned but did not finish.
  Kleene exists(const Expression& expression, const Node& path);

  // Counts work; false when the budget is used up: everything is unknown from then on.
  bool charge(std::size_t steps);
  bool exhausted() const { return exhausted_; }
  // Explaining a result that stands must not change it: a budget of its own, and the old one afterwards.
  std::int64_t set_spent(std::int64_t steps) {
    exhausted_ = false;
    return std::exchange(steps_, steps);
  }

  // Reads and problems that are noted from here on belong to this expression.
  void at(const Expression& expression) { expression_ = &expression; }
  // Unknown, with the reason noted.
  Value problem(const Node* node, const model::Text& reason);
  void note(const Expression& expression, const Node& node, const Value& value);
  // An element of a list that could not be told.
  void note_unknown_element(const Node* node, const Value& element);

  Arena& arena() { return arena_; }
  std::vector<Read>& reads() { return reads_; }
  // Moves reads [middle, end) before [first, middle): the later ones decided.
  void decisive_last(std::size_t first, std::size_t middle);
  // The result is known whatever was unknown since `first`.
  void settle(std::size_t first);

 private:
  Value eval(const Node& node);
  Value eval_and_or(const Node& node);
  Value eval_conditional(const Node& node);
  Value eval_comparison(const Node& node);
  Value eval_arithmetic(const Node& node);
  Value eval_slice(const Node& node);
  Value eval_call(const Node& node);
  Value eval_bind(const Node& node);
  Value eval_list(const Node& node);

  const Scope& scope_;
  Arena arena_;
  const Expression* expression_ = nullptr;
  std::vector<Value> slots_;
  std::vector<Read> reads_;
  std::int64_t steps_ = 0;
  bool exhausted_ = false;
};

}  // namespace lintel::rules
