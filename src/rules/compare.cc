#include "rules/compare.h"

#include "data/json.h"
#include "rules/reasons.h"

namespace lintel::rules {
namespace {

constexpr std::size_t kWorthHashing = 16;
constexpr std::size_t kTextStep = 64;  // bytes compared for one step

// "+08:00" or "Z" of an RFC 3339 time; empty when the text is none.
std::string_view offset_of(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't')) return {};
  const std::size_t at = text.find_first_of("Zz+-", 19);
  return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

}  // namespace

Kleene equal_values(const Value& a, const Value& b, const Node* node, Evaluation& evaluation) {
  if (!a.known() || !b.known()) return Kleene::unknown;
  if (is_numeric(a) && is_numeric(b)) return compare_numbers(a, b) == 0 ? Kleene::yes : Kleene::no;
  if (a.kind != b.kind || a.kind == ValueKind::object)
    return to_kleene(evaluation.problem(node, reasons::kDifferentTypes));
  if (a.kind == ValueKind::boolean) return a.boolean == b.boolean ? Kleene::yes : Kleene::no;
  if (a.kind == ValueKind::text) {
    if (!evaluation.charge(a.text.size() / kTextStep)) return Kleene::unknown;
    return a.text == b.text ? Kleene::yes : Kleene::no;
  }
  const std::size_t size = list_size(a);
  if (size != list_size(b)) return Kleene::no;
  Kleene result = Kleene::yes;
  for (std::size_t i = 0; i < size; ++i) {
    if (!evaluation.charge(1)) return Kleene::unknown;
    const Value left = element_of(a, i, evaluation.arena());
    const Value right = element_of(b, i, evaluation.arena());
    const Kleene same = equal_values(left, right, node, evaluation);
    if (same == Kleene::no) return Kleene::no;
    if (same == Kleene::unknown && result == Kleene::yes) {
      result = Kleene::unknown;
      evaluation.note_unknown_element(node, left.known() ? right : left);
    }
  }
  return result;
}

std::optional<int> order_values(const Value& a, const Value& b, const Node* node, Evaluation& evaluation) {
  if (!a.known() || !b.known()) return std::nullopt;
  if (is_numeric(a) && is_numeric(b)) return compare_numbers(a, b);
  if (a.kind != ValueKind::text || b.kind != ValueKind::text) {
    evaluation.problem(node, reasons::kDifferentTypes);
    return std::nullopt;
  }
  if (a.text.size() != b.text.size() || offset_of(a.text) != offset_of(b.text)) {
    evaluation.problem(
        node, a.text.size() != b.text.size() ? reasons::kDifferentLengths : reasons::kDifferentOffsets);
    return std::nullopt;
  }
  if (!evaluation.charge(a.text.size() / kTextStep)) return std::nullopt;
  const int order = a.text.compare(b.text);
  return order == 0 ? 0 : (order < 0 ? -1 : 1);
}

std::size_t Membership::Hash::operator()(const Value& value) const {
  switch (value.kind) {
    case ValueKind::boolean:
      return value.boolean ? 1 : 2;
    case ValueKind::integer:
    case ValueKind::number:
      return std::hash<double>{}(to_double(value));
    case ValueKind::text:
      return std::hash<std::string_view>{}(value.text);
    case ValueKind::unknown:
    case ValueKind::list:
    case ValueKind::object:
      return 0;
  }
  return 0;
}

bool Membership::Equal::operator()(const Value& a, const Value& b) const {
  if (is_numeric(a) && is_numeric(b)) return compare_numbers(a, b) == 0;
  if (a.kind != b.kind) return false;
  return a.kind == ValueKind::boolean ? a.boolean == b.boolean : a.text == b.text;
}

bool Membership::hashable(const Value& value) {
  return is_numeric(value) || value.kind == ValueKind::boolean || value.kind == ValueKind::text;
}

Membership::Membership(const Value& list, const Node* node, Evaluation& evaluation)
    : list_(list), node_(node), evaluation_(evaluation) {
  const std::size_t size = list_size(list_);
  if (size < kWorthHashing || !evaluation_.charge(size)) return;
  // Lists of one kind only: then a miss in the set is a no, never a mismatch of types.
  std::optional<bool> text;
  for (std::size_t i = 0; i < size; ++i) {
    const Value element = element_of(list_, i, evaluation_.arena());
    if (!element.known()) {
      unknown_ = true;
      continue;
    }
    const bool is_text = element.kind == ValueKind::text;
    if (!hashable(element) || element.kind == ValueKind::boolean || text.value_or(is_text) != is_text ||
        !evaluation_.charge(element.text.size() / kTextStep)) {
      set_.clear();
      return;
    }
    text = is_text;
    set_.insert(element);
  }
  hashed_ = true;
}

Kleene Membership::has(const Value& value) {
  if (!value.known() || !evaluation_.charge(1)) return Kleene::unknown;
  const bool same_kind = hashed_ && !set_.empty() &&
                         (value.kind == ValueKind::text ? set_.begin()->kind == ValueKind::text
                                                        : is_numeric(value) && is_numeric(*set_.begin()));
  if (same_kind) {
    if (!evaluation_.charge(value.text.size() / kTextStep)) return Kleene::unknown;
    if (set_.contains(value)) return Kleene::yes;
    return unknown_ ? Kleene::unknown : Kleene::no;
  }
  Kleene result = Kleene::no;
  const std::size_t size = list_size(list_);
  for (std::size_t i = 0; i < size; ++i) {
    if (i % 16 == 15 && !evaluation_.charge(1)) return Kleene::unknown;
    const Kleene same = equal_values(element_of(list_, i, evaluation_.arena()), value, node_, evaluation_);
    if (same == Kleene::yes) return Kleene::yes;
    if (same == Kleene::unknown) result = Kleene::unknown;
  }
  return result;
}

void Membership::note_unknown() {
  const std::size_t size = list_size(list_);
  int noted = 0;
  for (std::size_t i = 0; i < size && noted < 3 && evaluation_.charge(1); ++i) {
    const Value element = element_of(list_, i, evaluation_.arena());
    if (element.known()) continue;
    evaluation_.note_unknown_element(node_, element);
    ++noted;
  }
}

Duplicates find_duplicates(const Value& list, const Node* node, Evaluation& evaluation) {
  Duplicates result;
  const std::size_t size = list_size(list);
  const auto hash = [](const Value& value) {
    if (value.kind == ValueKind::text) return std::hash<std::string_view>{}(value.text);
    return is_numeric(value) ? std::hash<double>{}(to_double(value))
                             : static_cast<std::size_t>(value.boolean);
  };
  const auto equal = [](const Value& a, const Value& b) {
    if (is_numeric(a) && is_numeric(b)) return compare_numbers(a, b) == 0;
    return a.kind == b.kind && a.boolean == b.boolean && a.text == b.text;
  };
  std::unordered_set<Value, decltype(hash), decltype(equal)> seen(std::min(size, kMaxListElements), hash,
                                                                  equal),
      twice(16, hash, equal);
  for (std::size_t i = 0; i < size; ++i) {
    const Value value = element_of(list, i, evaluation.arena());
    if (!evaluation.charge(1 + value.text.size() / kTextStep)) {
      result.unknown = true;
      return result;
    }
    if (!value.known() || value.kind == ValueKind::list || value.kind == ValueKind::object) {
      if (!result.unknown && !value.known()) evaluation.note_unknown_element(node, value);
      if (value.known()) evaluation.problem(node, reasons::kUnexpectedType);
      result.unknown = true;
    } else if (seen.insert(value).second) {
      result.distinct.push_back(value);
    } else if (twice.insert(value).second) {
      result.repeated.push_back(value);
    }
  }
  return result;
}

}  // namespace lintel::rules
