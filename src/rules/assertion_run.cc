// Combinators, quantifiers and conditions (assertion_run.h), and the results of a whole check (assertion.h).
#include "rules/assertion_run.h"

#include <algorithm>

#include "rules/assertion.h"
#include "rules/reasons.h"
#include "rules/trace.h"

namespace lintel::rules {

using model::Text;

namespace {

constexpr std::size_t kShownChildren = 4;

}  // namespace

Kleene AssertionRun::run(const Assertion& assertion, Words words) {
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

Kleene AssertionRun::decide(const Assertion& assertion, Words words) {
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

Kleene AssertionRun::combine(const Assertion& assertion, Words words) {
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

Kleene AssertionRun::quantify(const Assertion& assertion, Words words) {
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

Kleene AssertionRun::condition(const Assertion& assertion, Words words) {
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

Kleene AssertionRun::presence(const Assertion& assertion, Words words) {
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

std::vector<model::AssertionResult> evaluate(const CompiledAssertions& assertions, const Scope& scope) {
  std::vector<model::AssertionResult> results;
  if (assertions.get() == nullptr) return results;
  results.reserve(assertions.size());
  const AssertionSet& set = *assertions.get();
  for (std::size_t i = 0; i < set.assertions.size(); ++i) {
    model::AssertionResult& result = results.emplace_back();
    result.source = set.words[i].source;
    result.title = set.words[i].title;
    result.expected = set.words[i].expected;
    Evaluation evaluation(scope);
    Text expected;  // stays empty when the value of `of` has no part in it
    Text observed;
    result.holds = AssertionRun(evaluation).run(*set.assertions[i], {&expected, &observed});
    if (!expected.en.empty()) result.expected = std::move(expected);
    result.observed = std::move(observed);
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
