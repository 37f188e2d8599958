// The parts of eval.h that compute numbers, and the forms that bind a name: all, any, count, map, where.
#include <cmath>

#include "rules/eval.h"
#include "rules/functions.h"
#include "rules/reasons.h"

namespace lintel::rules {

Value Evaluation::eval_arithmetic(const Node& node) {
  const Value a = eval(*node.children[0]);
  const Value b = node.children.size() > 1 ? eval(*node.children[1]) : make_integer(0);
  if (!a.known() || !b.known()) return {};
  if (node.kind == NodeKind::add && a.kind == ValueKind::text && b.kind == ValueKind::text) {
    if (a.text.size() + b.text.size() > kMaxTextBytes) return problem(&node, reasons::kTooLong);
    if (!charge((a.text.size() + b.text.size()) / 64)) return {};
    return make_text(arena_.copy(std::string(a.text).append(b.text)));
  }
  if (!is_numeric(a) || !is_numeric(b)) return problem(&node, reasons::kUnexpectedType);
  const bool whole = a.kind == ValueKind::integer && b.kind == ValueKind::integer;
  if (node.kind == NodeKind::divide || node.kind == NodeKind::remainder) {
    if (to_double(b) == 0) return problem(&node, reasons::kDivisionByZero);
    if (node.kind == NodeKind::remainder) {
      if (!whole) return problem(&node, reasons::kUnexpectedType);
      return make_integer(b.integer == -1 ? 0 : a.integer % b.integer);
    }
    const Value result = make_number(to_double(a) / to_double(b));
    return result.known() ? result : problem(&node, reasons::kNumberRange);
  }
  if (whole) {
    std::int64_t result = 0;
    const bool overflow =
        node.kind == NodeKind::negate     ? __builtin_sub_overflow(std::int64_t{0}, a.integer, &result)
        : node.kind == NodeKind::add      ? __builtin_add_overflow(a.integer, b.integer, &result)
        : node.kind == NodeKind::subtract ? __builtin_sub_overflow(a.integer, b.integer, &result)
                                          : __builtin_mul_overflow(a.integer, b.integer, &result);
    return overflow ? problem(&node, reasons::kIntegerRange) : make_integer(result);
  }
  const double x = to_double(a), y = to_double(b);
  const Value result = make_number(node.kind == NodeKind::negate     ? -x
                                   : node.kind == NodeKind::add      ? x + y
                                   : node.kind == NodeKind::subtract ? x - y
                                                                     : x * y);
  return result.known() ? result : problem(&node, reasons::kNumberRange);
}

Value Evaluation::eval_bind(const Node& node) {
  constexpr int kExplained = 3;  // elements whose unknown facts are kept
  const std::size_t first = reads_.size();
  const Value list = eval(*node.children[0]);
  if (!list.known() || node.function == nullptr) return {};
  if (list.kind != ValueKind::list) return problem(&node, reasons::kUnexpectedType);
  const std::size_t middle = reads_.size();
  const std::size_t size = list_size(list);
  const FunctionId id = node.function->id;
  const bool collects = id == FunctionId::map || id == FunctionId::where;
  if (collects && size > kMaxListElements) return problem(&node, reasons::kTooLong);
  if (collects && !charge(size)) return {};
  const std::span<Value> kept = collects ? arena_.values(size) : std::span<Value>{};
  std::size_t count = 0;
  int unknowns = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!charge(1)) return {};
    const Value element = element_of(list, i, arena_);
    bind(node.slot, element);
    const std::size_t before = reads_.size();
    const Value value = eval(*node.children[1]);
    if (exhausted_) return {};
    const Kleene holds = to_kleene(value);
    const bool unknown = id == FunctionId::map ? !value.known() : holds == Kleene::unknown;
    if (unknown && ++unknowns > kExplained) reads_.resize(before);
    if (id == FunctionId::map) {
      kept[count++] = value;
    } else if ((id == FunctionId::all && holds == Kleene::no) ||
               (id == FunctionId::any && holds == Kleene::yes)) {
      reads_.erase(reads_.begin() + static_cast<std::ptrdiff_t>(middle),
                   reads_.begin() + static_cast<std::ptrdiff_t>(before));
      decisive_last(first, middle);
      return settle(first), make_boolean(holds == Kleene::yes);
    } else if (holds == Kleene::yes) {
      if (id == FunctionId::where) kept[count] = element;
      ++count;
    }
    if (!unknown) reads_.resize(before);
  }
  if (id == FunctionId::map) return make_list(kept);
  if (unknowns > 0) return decisive_last(first, middle), Value{};
  if (id == FunctionId::where) return make_list(kept.first(count));
  if (id == FunctionId::count) return make_integer(static_cast<std::int64_t>(count));
  return settle(first), make_boolean(id == FunctionId::all);
}

}  // namespace lintel::rules
