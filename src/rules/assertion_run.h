// The work behind evaluate, split over assertion_run.cc (combinators, quantifiers, conditions) and
// assertion_compare.cc (comparisons); nobody else includes it. Each assertion first decides, then says in
// words what was seen; elements of for_all and for_some are put into words only when they decide, so a long
// list costs no sentences.
#pragma once
#include "rules/assertion_set.h"
#include "rules/compare.h"
#include "rules/sentences.h"

namespace lintel::rules {

inline Kleene opposite(Kleene value) {
  return value == Kleene::unknown ? value : (value == Kleene::yes ? Kleene::no : Kleene::yes);
}

// What run() is asked to put into words; null pointers: nothing.
struct Words {
  model::Text* expected = nullptr;  // replaced when the value of `of` is known
  model::Text* observed = nullptr;
};

class AssertionRun {
 public:
  explicit AssertionRun(Evaluation& evaluation) : evaluation_(evaluation) {}

  Kleene run(const Assertion& assertion, Words words);

 private:
  std::vector<Read>& reads() { return evaluation_.reads(); }
  void drop(std::size_t first, std::size_t last) {
    reads().erase(reads().begin() + static_cast<std::ptrdiff_t>(first),
                  reads().begin() + static_cast<std::ptrdiff_t>(last));
  }

  Kleene decide(const Assertion& assertion, Words words);
  Kleene combine(const Assertion& assertion, Words words);
  Kleene quantify(const Assertion& assertion, Words words);
  Kleene condition(const Assertion& assertion, Words words);
  Kleene presence(const Assertion& assertion, Words words);
  Kleene compare(const Assertion& assertion, Words words);

  Kleene compare_one(const Assertion& assertion, const Value& value, const Value& other);
  Kleene each_element(const Assertion& assertion, const Value& list, const Value& other);
  Kleene element_fits(const Assertion& assertion, const Value& element, Membership* others);
  Kleene count(const Assertion& assertion, const Value& value);
  Kleene unique(const Assertion& assertion, const Value& list);
  Kleene between(const Assertion& assertion, const Value& value, const Value& low);
  Kleene contains(const Assertion& assertion, const Value& value, const Value& part);

  // The first offender decides: it comes before the list it stands in.
  void note_offender(const Assertion& assertion) {
    const std::size_t end = reads().size();
    if (offenders_.front().origin == nullptr) return;
    evaluation_.note(assertion.path, *assertion.path.root, offenders_.front());
    evaluation_.decisive_last(start_, end);
  }

  Evaluation& evaluation_;
  std::size_t start_ = 0;  // reads before the comparison that ran last
  // Of the comparison that ran last: elements that stand in the way.
  std::vector<Value> offenders_;
  std::size_t offender_count_ = 0;
};

}  // namespace lintel::rules
