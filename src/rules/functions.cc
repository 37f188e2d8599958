#include "rules/functions.h"

#include <re2/re2.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "rules/compare.h"
#include "rules/reasons.h"

namespace lintel::rules {
namespace {

constexpr Function kFunctions[] = {
    {FunctionId::size, "size", "size(list or text)", 1, false},
    {FunctionId::lower, "lower", "lower(text)", 1, false},
    {FunctionId::upper, "upper", "upper(text)", 1, false},
    {FunctionId::starts, "starts", "starts(text, beginning)", 2, false},
    {FunctionId::ends, "ends", "ends(text, ending)", 2, false},
    {FunctionId::contains, "contains", "contains(list or text, part)", 2, false},
    {FunctionId::matches, "matches", "matches(text, pattern)", 2, false},
    {FunctionId::unique, "unique", "unique(list)", 1, false},
    {FunctionId::sorted, "sorted", "sorted(list)", 1, false},
    {FunctionId::min, "min", "min(list)", 1, false},
    {FunctionId::max, "max", "max(list)", 1, false},
    {FunctionId::sum, "sum", "sum(list)", 1, false},
    {FunctionId::mean, "mean", "mean(list)", 1, false},
    {FunctionId::has, "has", "has(path)", 1, false},
    {FunctionId::version_cmp, "version_cmp", "version_cmp(version, version)", 2, false},
    {FunctionId::all, "all", "all(list, name, condition)", 2, true},
    {FunctionId::any, "any", "any(list, name, condition)", 2, true},
    {FunctionId::count, "count", "count(list, name, condition)", 2, true},
    {FunctionId::map, "map", "map(list, name, value)", 2, true},
    {FunctionId::where, "where", "where(list, name, condition)", 2, true},
};

// All elements, when every one is known; else notes the first that is not.
std::optional<std::span<Value>> known_elements(const Value& list, const Node& node, Evaluation& evaluation) {
  const std::size_t size = list_size(list);
  if (!evaluation.charge(size)) return std::nullopt;
  const std::span<Value> elements = evaluation.arena().values(size);
  for (std::size_t i = 0; i < size; ++i) {
    elements[i] = element_of(list, i, evaluation.arena());
    if (!elements[i].known()) return evaluation.note_unknown_element(&node, elements[i]), std::nullopt;
  }
  return elements;
}

Value change_case(const Value& text, const Node& node, Evaluation& evaluation, bool upper) {
  if (text.text.size() > kMaxTextBytes) return evaluation.problem(&node, reasons::kTooLong);
  if (!evaluation.charge(text.text.size() / 16)) return {};
  std::string out(text.text);
  for (char& c : out)
    if (upper ? (c >= 'a' && c <= 'z') : (c >= 'A' && c <= 'Z')) c = static_cast<char>(c ^ 0x20);
  return make_text(evaluation.arena().copy(out));
}

Value match(const Value& text, const Node& node, Evaluation& evaluation) {
  if (!node.pattern) return {};
  return from_kleene(matches_pattern(*node.pattern, text.text, &node, evaluation));
}

Value contains(const Value& whole, const Value& part, const Node& node, Evaluation& evaluation) {
  if (whole.kind == ValueKind::text && part.kind == ValueKind::text) {
    if (!evaluation.charge((whole.text.size() + part.text.size()) / 16)) return {};
    return make_boolean(whole.text.find(part.text) != std::string_view::npos);
  }
  if (whole.kind != ValueKind::list) return evaluation.problem(&node, reasons::kUnexpectedType);
  Membership list(whole, &node, evaluation);
  const Kleene found = list.has(part);
  if (found == Kleene::unknown) list.note_unknown();
  return from_kleene(found);
}

Value sort(const Value& list, const Node& node, Evaluation& evaluation) {
  const auto elements = known_elements(list, node, evaluation);
  if (!elements || !evaluation.charge(4 * elements->size())) return {};
  const auto all = [&](auto test) { return std::all_of(elements->begin(), elements->end(), test); };
  const bool texts = all([](const Value& value) { return value.kind == ValueKind::text; });
  if (!texts && !all([](const Value& value) { return is_numeric(value); }))
    return evaluation.problem(&node, reasons::kUnexpectedType);
  std::stable_sort(elements->begin(), elements->end(), [texts](const Value& a, const Value& b) {
    return texts ? a.text < b.text : compare_numbers(a, b) < 0;
  });
  return make_list(*elements);
}

Value aggregate(const Value& list, const Node& node, Evaluation& evaluation) {
  const auto elements = known_elements(list, node, evaluation);
  if (!elements) return {};
  const FunctionId id = node.function->id;
  Value result = make_integer(0);
  bool whole = true;
  double sum = 0;
  for (const Value& element : *elements) {
    if (!is_numeric(element)) return evaluation.problem(&node, reasons::kUnexpectedType);
    const bool first = &element == elements->data();
    if (first || (id == FunctionId::min && compare_numbers(element, result) < 0) ||
        (id == FunctionId::max && compare_numbers(element, result) > 0)) {
      if (id == FunctionId::min || id == FunctionId::max) result = element;
    }
    if (id == FunctionId::min || id == FunctionId::max) continue;
    sum += to_double(element);
    whole = whole && element.kind == ValueKind::integer;
    if (whole && __builtin_add_overflow(result.integer, element.integer, &result.integer)) {
      if (id == FunctionId::sum) return evaluation.problem(&node, reasons::kIntegerRange);
      whole = false;
    }
  }
  if (elements->empty() && id != FunctionId::sum) return evaluation.problem(&node, reasons::kEmptyList);
  if (id == FunctionId::min || id == FunctionId::max || (id == FunctionId::sum && whole)) return result;
  const Value number =
      make_number(id == FunctionId::mean ? sum / static_cast<double>(elements->size()) : sum);
  return number.known() ? number : evaluation.problem(&node, reasons::kNumberRange);
}

Value distinct(const Value& list, const Node& node, Evaluation& evaluation) {
  const Duplicates found = find_duplicates(list, &node, evaluation);
  if (found.unknown) return {};
  const std::span<Value> kept = evaluation.arena().values(found.distinct.size());
  std::copy(found.distinct.begin(), found.distinct.end(), kept.begin());
  return make_list(kept);
}

}  // namespace

const Function* find_function(std::string_view name) {
  for (const Function& function : kFunctions)
    if (function.name == name) return &function;
  return nullptr;
}

bool is_binding_form(std::string_view name) {
  const Function* function = find_function(name);
  return function != nullptr && function->binds;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const Function& function : kFunctions) names.emplace_back(function.name);
  return names;
}

Kleene matches_pattern(const re2::RE2& pattern, std::string_view text, const Node* node,
                       Evaluation& evaluation) {
  if (text.size() > kMaxTextBytes) return to_kleene(evaluation.problem(node, reasons::kTooLong));
  // RE2 is linear in the text; a large program may be run without its automaton, slower by its size.
  const auto program = static_cast<std::size_t>(std::max(pattern.ProgramSize(), 1));
  if (!evaluation.charge(1 + text.size() * program / 256)) return Kleene::unknown;
  const bool matched = pattern.Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                                     re2::RE2::ANCHOR_BOTH, nullptr, 0);
  return matched ? Kleene::yes : Kleene::no;
}

Value call_function(const Node& node, std::span<const Value> arguments, Evaluation& evaluation) {
  if (arguments.size() != node.function->arguments) return {};
  for (const Value& argument : arguments)
    if (!argument.known()) return {};
  const Value& first = arguments[0];
  const auto wanted = [&](ValueKind kind) {
    return std::all_of(arguments.begin(), arguments.end(),
                       [kind](const Value& value) { return value.kind == kind; });
  };
  const auto unexpected = [&] { return evaluation.problem(&node, reasons::kUnexpectedType); };
  const bool texts = wanted(ValueKind::text);
  const bool list = first.kind == ValueKind::list;
  switch (node.function->id) {
    case FunctionId::size:
      if (list) return make_integer(static_cast<std::int64_t>(list_size(first)));
      if (!texts) return unexpected();
      if (!evaluation.charge(first.text.size() / 64)) return {};
      return make_integer(static_cast<std::int64_t>(character_count(first.text)));
    case FunctionId::lower:
      return texts ? change_case(first, node, evaluation, false) : unexpected();
    case FunctionId::upper:
      return texts ? change_case(first, node, evaluation, true) : unexpected();
    case FunctionId::starts:
      return texts ? make_boolean(first.text.starts_with(arguments[1].text)) : unexpected();
    case FunctionId::ends:
      return texts ? make_boolean(first.text.ends_with(arguments[1].text)) : unexpected();
    case FunctionId::contains:
      return contains(first, arguments[1], node, evaluation);
    case FunctionId::matches:
      return texts ? match(first, node, evaluation) : unexpected();
    case FunctionId::unique:
      return list ? distinct(first, node, evaluation) : unexpected();
    case FunctionId::sorted:
      return list ? sort(first, node, evaluation) : unexpected();
    case FunctionId::min:
    case FunctionId::max:
    case FunctionId::sum:
    case FunctionId::mean:
      return list ? aggregate(first, node, evaluation) : unexpected();
    case FunctionId::version_cmp: {
      if (!texts) return unexpected();
      if (!evaluation.charge((first.text.size() + arguments[1].text.size()) / 16)) return {};
      const int order = compare_versions(first.text, arguments[1].text);
      return order == 2 ? evaluation.problem(&node, reasons::kNoVersion) : make_integer(order);
    }
    case FunctionId::has:
    case FunctionId::all:
    case FunctionId::any:
    case FunctionId::count:
    case FunctionId::map:
    case FunctionId::where:
      return {};  // run by eval.cc
  }
  return {};
}

}  // namespace lintel::rules
