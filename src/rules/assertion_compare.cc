// The assertions that compare a value with another, with a list or with a pattern (assertion_run.h).
#include <algorithm>

#include "rules/assertion_run.h"
#include "rules/functions.h"
#include "rules/reasons.h"

namespace lintel::rules {
namespace {

constexpr std::size_t kShownOffenders = 10;

Kleene of(bool value) { return value ? Kleene::yes : Kleene::no; }

}  // namespace

Kleene AssertionRun::compare(const Assertion& assertion, Words words) {
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
    const model::Text shown = render(other);
    const std::string source = source_of(assertion.other, *assertion.other.root);
    words.observed->zh += "，而 " + source + " 为 " + shown.zh;
    words.observed->en += ", while " + source + " is " + shown.en;
  }
  return result;
}

Kleene AssertionRun::compare_one(const Assertion& assertion, const Value& value, const Value& other) {
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

Kleene AssertionRun::between(const Assertion& assertion, const Value& value, const Value& low) {
  const Node* node = assertion.path.root;
  const Value high = evaluation_.run(assertion.high);
  evaluation_.at(assertion.path);
  const std::optional<int> above = order_values(value, low, node, evaluation_);
  const std::optional<int> below = order_values(value, high, node, evaluation_);
  if ((above && *above < 0) || (below && *below > 0)) return Kleene::no;
  return above && below ? Kleene::yes : Kleene::unknown;
}

Kleene AssertionRun::contains(const Assertion& assertion, const Value& value, const Value& part) {
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

Kleene AssertionRun::element_fits(const Assertion& assertion, const Value& element, Membership* others) {
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
Kleene AssertionRun::each_element(const Assertion& assertion, const Value& list, const Value& other) {
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

Kleene AssertionRun::count(const Assertion& assertion, const Value& value) {
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

Kleene AssertionRun::unique(const Assertion& assertion, const Value& list) {
  const Duplicates found = find_duplicates(list, assertion.path.root, evaluation_);
  offender_count_ = found.repeated.size();
  offenders_.assign(found.repeated.begin(), found.repeated.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                         offender_count_, kShownOffenders)));
  if (offender_count_ > 0) return note_offender(assertion), Kleene::no;
  return found.unknown && list_size(list) > 1 ? Kleene::unknown : Kleene::yes;
}

}  // namespace lintel::rules
