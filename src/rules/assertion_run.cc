// Evaluates compiled assertions (assertion.h). Each one first decides, then says in words what was seen;
// elements of for_all and for_some are put into words only when they decide, so a long list costs no
// sentences.
#include <algorithm>

#include "rules/assertion.h"
#include "rules/assertion_set.h"
#include "rules/compare.h"
#include "rules/functions.h"
#include "rules/reasons.h"
#include "rules/sentences.h"
#include "rules/trace.h"

namespace lintel::rules {
namespace {

using model::Text;

constexpr std::size_t kShownOffenders = 10;
constexpr std::size_t kShownChildren = 4;

Kleene opposite(Kleene value) {
  return value == Kleene::unknown ? value : (value == Kleene::yes ? Kleene::no : Kleene::yes);
}

Kleene of(bool value) { return value ? Kleene::yes : Kleene::no; }

// What run() is asked to put into words; null pointers: nothing.
struct Words {
  Text* expected = nullptr;  // replaced when the value of `of` is known
  Text* observed = nullptr;
};

class Run {
 public:
  explicit Run(Evaluation& evaluation) : evaluation_(evaluation) {}

  Kleene run(const Assertion& assertion, Words words) {
    if (assertion.broken) {
      evaluation_.problem(nullptr, reasons::kNotCompiled);
      if (words.observed != nullptr) *words.observed = observed_unknown(std::span(reads()).last(1));
      return Kleene::unknown;
    }
    if (!evaluation_.charge(1)) {
      if (words.observed != nullptr) *words.observed = observed_unknown(reads());
      return Kleene::unknown;
    }
    const std::size_t first = reads().size();
    const Kleene result = decide(assertion, words);
    if (result != Kleene::unknown) evaluation_.settle(first);
    return result;
  }

 private:
  std::vector<Read>& reads() { return evaluation_.reads(); }
  void drop(std::size_t first, std::size_t last) {
    reads().erase(reads().begin() + static_cast<std::ptrdiff_t>(first),
                  reads().begin() + static_cast<std::ptrdiff_t>(last));
  }

  Kleene decide(const Assertion& assertion, Words words) {
    switch (assertion.kind) {
      case AssertionKind::all:
      case AssertionKind::any:
        return combine(assertion, words);
      case AssertionKind::negation:
        return opposite(run(*assertion.children.front(), {nullptr, words.observed}));
      case AssertionKind::for_all:
      case AssertionKind::for_some:
        return quantify(assertion, words);
      case AssertionKind::that:
        return condition(assertion, words);
      case AssertionKind::exists:
      case AssertionKind::absent:
        return presence(assertion, words);
      case AssertionKind::equals:
      case AssertionKind::not_equals:
      case AssertionKind::one_of:
      case AssertionKind::none_of:
      case AssertionKind::subset_of:
      case AssertionKind::contains:
      case AssertionKind::at_least:
      case AssertionKind::at_most:
      case AssertionKind::between:
      case AssertionKind::matches:
      case AssertionKind::count:
      case AssertionKind::unique:
        return compare(assertion, words);
    }
    return Kleene::unknown;
  }

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

Kleene Run::combine(const Assertion& assertion, Words words) {
  const Kleene decisive = assertion.kind == AssertionKind::all ? Kleene::no : Kleene::yes;
  const std::size_t first = reads().size();
  std::vector<Text> known, unknown;
  std::size_t unknown_end = first;  // reads of unknown children come first
  bool open = false;
  for (const auto& child : assertion.children) {
    const std::size_t before = reads().size();
    Text text;
    const Kleene result = run(*child, {nullptr, words.observed == nullptr ? nullptr : &text});
    if (result == decisive) {
      drop(first, before);
      if (words.observed != nullptr) *words.observed = std::move(text);
      return result;
    }
    if (result == Kleene::unknown) {
      open = true;
      const std::size_t added = reads().size() - before;
      std::rotate(reads().begin() + static_cast<std::ptrdiff_t>(unknown_end),
                  reads().begin() + static_cast<std::ptrdiff_t>(before), reads().end());
      unknown_end += added;
    }
    std::vector<Text>& texts = result == Kleene::unknown ? unknown : known;
    if (texts.size() < kShownChildren) texts.push_back(std::move(text));
  }
  if (words.observed != nullptr) *words.observed = joined(open ? unknown : known);
  return open ? Kleene::unknown : opposite(decisive);
}

Kleene Run::quantify(const Assertion& assertion, Words words) {
  const bool all = assertion.kind == AssertionKind::for_all;
  const Kleene decisive = all ? Kleene::no : Kleene::yes;
  const std::size_t first = reads().size();
  const Value list = evaluation_.run(assertion.path);
  if (list.kind != ValueKind::list) {
    if (list.known()) evaluation_.problem(assertion.path.root, reasons::kUnexpectedType);
    if (words.observed != nullptr) *words.observed = observed_unknown(std::span(reads()).subspan(first));
    return Kleene::unknown;
  }
  const std::size_t middle = reads().size();
  const std::size_t size = list_size(list);
  std::optional<std::size_t> chosen, undecided;
  // One element: all its assertions must hold.
  const auto element_holds = [&](std::size_t index, Text* observed) {
    evaluation_.bind(assertion.slot, element_of(list, index, evaluation_.arena()));
    Kleene result = Kleene::yes;
    for (const auto& child : assertion.children) {
      const std::size_t before = reads().size();
      Text text;
      const Kleene holds = run(*child, {nullptr, observed == nullptr ? nullptr : &text});
      if (holds == Kleene::no) drop(middle, before);
      if (observed != nullptr && (holds == Kleene::no || result != holds || observed->en.empty()))
        *observed = text;
      if (holds == Kleene::no) return holds;
      if (holds == Kleene::unknown) result = holds;
    }
    return result;
  };
  for (std::size_t i = 0; i < size && !chosen && evaluation_.charge(1); ++i) {
    const Kleene holds = element_holds(i, nullptr);
    if (evaluation_.exhausted()) break;
    reads().resize(middle);
    if (holds == decisive) chosen = i;
    if (holds == Kleene::unknown && !undecided) undecided = i;
  }
  if (evaluation_.exhausted()) {
    if (words.observed != nullptr) *words.observed = observed_unknown(std::span(reads()).subspan(first));
    return Kleene::unknown;
  }
  if (!chosen && !undecided) {
    const Text number = both(with_separators(size));
    if (words.observed != nullptr) {
      const Text name = subject(assertion);
      if (size == 0)
        *words.observed = {name.zh + " 没有任何项", name.en + " has no element"};
      else if (all)
        *words.observed = {name.zh + " 的全部 " + number.zh + " 项都成立",
                           "it holds for all " + number.en + " elements of " + name.en};
      else
        *words.observed = {name.zh + " 的 " + number.zh + " 项都不成立",
                           "it holds for none of the " + number.en + " elements of " + name.en};
    }
    return opposite(decisive);
  }
  if (words.observed != nullptr) {
    const std::size_t shown = chosen ? *chosen : *undecided;
    const std::int64_t spent = evaluation_.set_spent(0);
    Text text;
    element_holds(shown, &text);
    evaluation_.set_spent(spent);
    evaluation_.decisive_last(first, middle);
    const std::string path = path_of(element_of(list, shown, evaluation_.arena()).origin);
    const Text place =
        path.empty() ? Text{"第 " + std::to_string(shown + 1) + " 项", "element " + std::to_string(shown + 1)}
                     : both(path);
    *words.observed = {place.zh + "：" + text.zh, place.en + ": " + text.en};
  }
  return chosen ? decisive : Kleene::unknown;
}

Kleene Run::condition(const Assertion& assertion, Words words) {
  const std::size_t first = reads().size();
  const Value value = evaluation_.run(assertion.path);
  if (value.known() && value.kind != ValueKind::boolean)
    evaluation_.problem(assertion.path.root, reasons::kUnexpectedType);
  const Kleene result = to_kleene(value);
  if (words.observed == nullptr) return result;
  const auto seen = std::span(reads()).subspan(first);
  *words.observed = result == Kleene::unknown ? observed_unknown(seen) : observed_facts(seen);
  if (words.observed->en.empty())
    *words.observed = result == Kleene::yes ? Text{"成立", "it holds"} : Text{"不成立", "it does not hold"};
  return result;
}

Kleene Run::presence(const Assertion& assertion, Words words) {
  const std::size_t first = reads().size();
  const Kleene there = evaluation_.exists(assertion.path, *assertion.path.root);
  if (words.observed != nullptr) {
    const Text name = subject(assertion);
    if (there == Kleene::yes)
      *words.observed = observed_value(assertion, reads().back().value);
    else if (there == Kleene::no)
      *words.observed = {"没有 " + name.zh, "there is no " + name.en};
    else
      *words.observed = observed_unknown(std::span(reads()).subspan(first));
  }
  return assertion.kind == AssertionKind::exists ? there : opposite(there);
}

Kleene Run::compare(const Assertion& assertion, Words words) {
  const std::size_t first = reads().size();
  start_ = first;
  offenders_.clear();
  offender_count_ = 0;
  const Value value = evaluation_.run(assertion.path);
  const Value other = assertion.other.root == nullptr ? Value{} : evaluation_.run(assertion.other);
  if (words.expected != nullptr && assertion.computed && other.known())
    *words.expected = expected_sentence(assertion, render(other), {});
  evaluation_.at(assertion.path);
  const Kleene result = compare_one(assertion, value, other);
  if (words.observed == nullptr) return result;
  if (result == Kleene::unknown) {
    *words.observed = observed_unknown(std::span(reads()).subspan(first));
    return result;
  }
  if (offender_count_ > 0)
    *words.observed = observed_offenders(assertion, offenders_, offender_count_);
  else if (assertion.kind == AssertionKind::count)
    *words.observed = observed_size(
        assertion, value, value.kind == ValueKind::list ? list_size(value) : character_count(value.text));
  else
    *words.observed = observed_value(assertion, value);
  if (words.expected == nullptr && assertion.computed && other.known()) {
    // Inside another assertion the expected sentence can't show the value, so this one does.
    const Text shown = render(other);
    const std::string source = source_of(assertion.other, *assertion.other.root);
    words.observed->zh += "，而 " + source + " 为 " + shown.zh;
    words.observed->en += ", while " + source + " is " + shown.en;
  }
  return result;
}

Kleene Run::compare_one(const Assertion& assertion, const Value& value, const Value& other) {
  const Node* node = assertion.path.root;
  const bool list = value.kind == ValueKind::list;
  if (!value.known() || (assertion.other.root != nullptr && !other.known())) return Kleene::unknown;
  switch (assertion.kind) {
    case AssertionKind::equals:
      return equal_values(value, other, node, evaluation_);
    case AssertionKind::not_equals:
      return opposite(equal_values(value, other, node, evaluation_));
    case AssertionKind::one_of:
    case AssertionKind::none_of:
    case AssertionKind::subset_of: {
      if (other.kind != ValueKind::list || (assertion.kind == AssertionKind::subset_of && !list)) break;
      if (list) return each_element(assertion, value, other);
      Membership others(other, node, evaluation_);
      const Kleene found = others.has(value);
      return assertion.kind == AssertionKind::none_of ? opposite(found) : found;
    }
    case AssertionKind::contains:
      return contains(assertion, value, other);
    case AssertionKind::at_least:
    case AssertionKind::at_most: {
      const std::optional<int> order = order_values(value, other, node, evaluation_);
      if (!order) return Kleene::unknown;
      return of(assertion.kind == AssertionKind::at_least ? *order >= 0 : *order <= 0);
    }
    case AssertionKind::between:
      return between(assertion, value, other);
    case AssertionKind::matches:
      if (list) return each_element(assertion, value, {});
      if (value.kind == ValueKind::text)
        return matches_pattern(*assertion.pattern, value.text, node, evaluation_);
      break;
    case AssertionKind::count:
      return count(assertion, value);
    case AssertionKind::unique:
      if (list) return unique(assertion, value);
      break;
    case AssertionKind::all:
    case AssertionKind::any:
    case AssertionKind::negation:
    case AssertionKind::for_all:
    case AssertionKind::for_some:
    case AssertionKind::that:
    case AssertionKind::exists:
    case AssertionKind::absent:
      return Kleene::unknown;  // decide() sends these elsewhere
  }
  evaluation_.problem(node, reasons::kUnexpectedType);
  return Kleene::unknown;
}

Kleene Run::between(const Assertion& assertion, const Value& value, const Value& low) {
  const Node* node = assertion.path.root;
  const Value high = evaluation_.run(assertion.high);
  evaluation_.at(assertion.path);
  const std::optional<int> above = order_values(value, low, node, evaluation_);
  const std::optional<int> below = order_values(value, high, node, evaluation_);
  if ((above && *above < 0) || (below && *below > 0)) return Kleene::no;
  return above && below ? Kleene::yes : Kleene::unknown;
}

Kleene Run::contains(const Assertion& assertion, const Value& value, const Value& part) {
  const Node* node = assertion.path.root;
  if (value.kind == ValueKind::text && part.kind == ValueKind::text) {
    if (!evaluation_.charge((value.text.size() + part.text.size()) / 16)) return Kleene::unknown;
    return of(value.text.find(part.text) != std::string_view::npos);
  }
  if (value.kind != ValueKind::list) {
    evaluation_.problem(node, reasons::kUnexpectedType);
    return Kleene::unknown;
  }
  Membership elements(value, node, evaluation_);
  const Kleene found = elements.has(part);
  if (found == Kleene::unknown) elements.note_unknown();
  return found;
}

Kleene Run::element_fits(const Assertion& assertion, const Value& element, Membership* others) {
  if (!element.known()) return Kleene::unknown;
  if (others == nullptr) {
    if (element.kind == ValueKind::text)
      return matches_pattern(*assertion.pattern, element.text, assertion.path.root, evaluation_);
    evaluation_.problem(assertion.path.root, reasons::kUnexpectedType);
    return Kleene::unknown;
  }
  const Kleene found = others->has(element);
  return assertion.kind == AssertionKind::none_of ? opposite(found) : found;
}

// one_of, none_of, subset_of and matches on a list; matches has no other list.
Kleene Run::each_element(const Assertion& assertion, const Value& list, const Value& other) {
  const Node* node = assertion.path.root;
  std::optional<Membership> others;
  if (other.known()) others.emplace(other, node, evaluation_);
  const std::size_t size = list_size(list);
  const std::size_t first = reads().size();
  bool unknown = false, unknown_other = false;
  for (std::size_t i = 0; i < size; ++i) {
    if (!evaluation_.charge(1)) return Kleene::unknown;
    const std::size_t before = reads().size();
    const Value element = element_of(list, i, evaluation_.arena());
    const Kleene fits = element_fits(assertion, element, others ? &*others : nullptr);
    if (evaluation_.exhausted()) return Kleene::unknown;
    if (unknown && fits == Kleene::unknown) reads().resize(before);  // the first one explains enough
    if (fits == Kleene::unknown) {
      if (!unknown) evaluation_.note_unknown_element(node, element.known() ? Value{} : element);
      unknown_other = unknown_other || element.known();
      unknown = true;
    } else if (fits == Kleene::no) {
      if (offenders_.size() < kShownOffenders) offenders_.push_back(element);
      ++offender_count_;
    }
  }
  if (offender_count_ == 0) {
    if (unknown_other && others) others->note_unknown();
    return unknown ? Kleene::unknown : Kleene::yes;
  }
  reads().resize(first);
  note_offender(assertion);
  return Kleene::no;
}

Kleene Run::count(const Assertion& assertion, const Value& value) {
  std::int64_t size = 0;
  if (value.kind == ValueKind::list)
    size = static_cast<std::int64_t>(list_size(value));
  else if (value.kind == ValueKind::text)
    size = static_cast<std::int64_t>(character_count(value.text));
  else
    return evaluation_.problem(assertion.path.root, reasons::kUnexpectedType), Kleene::unknown;
  return of((!assertion.at_least || size >= *assertion.at_least) &&
            (!assertion.at_most || size <= *assertion.at_most) &&
            (!assertion.equals || size == *assertion.equals));
}

Kleene Run::unique(const Assertion& assertion, const Value& list) {
  const Duplicates found = find_duplicates(list, assertion.path.root, evaluation_);
  offender_count_ = found.repeated.size();
  offenders_.assign(found.repeated.begin(), found.repeated.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                         offender_count_, kShownOffenders)));
  if (offender_count_ > 0) return note_offender(assertion), Kleene::no;
  return found.unknown && list_size(list) > 1 ? Kleene::unknown : Kleene::yes;
}

}  // namespace

std::vector<model::AssertionResult> evaluate(const CompiledAssertions& assertions, const Scope& scope) {
  std::vector<model::AssertionResult> results;
  if (assertions.get() == nullptr) return results;
  results.reserve(assertions.size());
  for (const auto& assertion : assertions.get()->assertions) {
    model::AssertionResult& result = results.emplace_back();
    result.source = assertion->source;
    result.title = assertion->title;
    result.expected = assertion->expected;
    Evaluation evaluation(scope);
    result.holds = Run(evaluation).run(*assertion, {&result.expected, &result.observed});
    if (result.holds == Kleene::unknown) result.missing = missing_paths(evaluation.reads());
    result.steps = trace_of(evaluation.reads(), scope);
  }
  return results;
}

model::Kleene all_hold(std::span<const model::AssertionResult> results) {
  bool unknown = results.empty();
  for (const model::AssertionResult& result : results) {
    if (result.holds == Kleene::no) return Kleene::no;
    unknown = unknown || result.holds == Kleene::unknown;
  }
  return unknown ? Kleene::unknown : Kleene::yes;
}

}  // namespace lintel::rules
