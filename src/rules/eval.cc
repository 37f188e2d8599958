#include "rules/eval.h"

#include <algorithm>

#include "data/json.h"
#include "rules/compare.h"
#include "rules/functions.h"
#include "rules/reasons.h"

namespace lintel::rules {
namespace {

constexpr Origin kFactsRoot{nullptr, Root::facts, {}, -1};
constexpr Origin kItemRoot{nullptr, Root::item, {}, -1};
constexpr Origin kAssetRoot{nullptr, Root::asset, {}, -1};
constexpr Origin kParamsRoot{nullptr, Root::params, {}, -1};
constexpr std::size_t kSlots = 64;

Value unknown_at(const Origin* origin, bool missing) {
  Value value;
  value.origin = origin;
  value.missing = missing;
  return value;
}

// The character at a position of a text, and the byte offset of a character; npos beyond the end.
std::size_t byte_of_character(std::string_view text, std::int64_t character) {
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (character-- == 0) return i;
  }
  return std::string_view::npos;
}

}  // namespace

Evaluation::Evaluation(const Scope& scope) : scope_(scope) { reads_.reserve(8); }

Value Evaluation::run(const Expression& expression) {
  expression_ = &expression;
  return eval(*expression.root);
}

void Evaluation::bind(int slot, const Value& value) {
  if (slots_.empty()) slots_.resize(kSlots);
  slots_[static_cast<std::size_t>(slot)] = value;
}

bool Evaluation::charge(std::size_t steps) {
  if (exhausted_) return false;
  steps_ += static_cast<std::int64_t>(steps);
  if (steps_ <= kMaxSteps) return true;
  exhausted_ = true;
  reads_.push_back({expression_, nullptr, {}, true, &reasons::kBudget});
  return false;
}

Value Evaluation::problem(const Node* node, const model::Text& reason) {
  reads_.push_back({expression_, node, {}, true, &reason});
  return {};
}

void Evaluation::note(const Expression& expression, const Node& node, const Value& value) {
  reads_.push_back({&expression, &node, value, true, nullptr});
}

void Evaluation::note_unknown_element(const Node* node, const Value& element) {
  if (element.origin != nullptr) reads_.push_back({expression_, node, element, true, nullptr});
}

void Evaluation::decisive_last(std::size_t first, std::size_t middle) {
  const auto begin = reads_.begin();
  std::rotate(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(middle),
              reads_.end());
}

void Evaluation::settle(std::size_t first) {
  for (std::size_t i = first; i < reads_.size(); ++i) reads_[i].decides = false;
}

Value Evaluation::look_up(const Expression& expression, const Node& node) {
  expression_ = &expression;
  if (node.kind == NodeKind::name) {
    const auto root = [&](const Json* json, const Origin& origin) {
      return json == nullptr ? unknown_at(&origin, false) : from_json(*json, node.type, &origin);
    };
    switch (node.role) {
      case NameRole::item:
        return root(scope_.item, kItemRoot);
      case NameRole::asset:
        return root(scope_.asset, kAssetRoot);
      case NameRole::params:
        return root(scope_.params, kParamsRoot);
      case NameRole::bound:
        return slots_[static_cast<std::size_t>(node.slot)];
      case NameRole::fact: {
        const Origin* origin = arena_.origin(&kFactsRoot, node.text);
        if (scope_.facts == nullptr || !scope_.facts->is_object()) return unknown_at(origin, false);
        const auto found = scope_.facts->find(node.text);
        if (found == scope_.facts->end()) return unknown_at(origin, true);
        return from_json(*found, node.type, origin);
      }
      case NameRole::unresolved:
        return {};
    }
  }
  const Node& parent_node = *node.children[0];
  const Value parent = is_path(parent_node) ? look_up(expression, parent_node) : eval(parent_node);
  if (node.kind == NodeKind::member) {
    const Origin* origin = arena_.origin(parent.origin, std::string_view(node.text));
    if (parent.kind != ValueKind::object) return unknown_at(origin, parent.missing);
    const auto found = parent.json->find(node.text);
    if (found == parent.json->end()) return unknown_at(origin, true);
    return from_json(*found, node.type, origin);
  }
  const Value index = eval(*node.children[1]);
  if (index.kind != ValueKind::integer) return {};
  if (parent.kind == ValueKind::text) {
    if (is_path(parent_node)) note(expression, parent_node, parent);
    const std::size_t begin =
        index.integer < 0 ? std::string_view::npos : byte_of_character(parent.text, index.integer);
    if (begin >= parent.text.size()) return problem(&node, reasons::kIndex);
    return make_text(parent.text.substr(begin, byte_of_character(parent.text.substr(begin), 1)));
  }
  if (parent.kind != ValueKind::list)
    return unknown_at(arena_.origin(parent.origin, index.integer), parent.missing);
  if (index.integer >= 0 && static_cast<std::uint64_t>(index.integer) < list_size(parent))
    return element_of(parent, static_cast<std::size_t>(index.integer), arena_);
  if (parent.origin == nullptr) return problem(&node, reasons::kIndex);
  return unknown_at(arena_.origin(parent.origin, index.integer), true);
}

Kleene Evaluation::exists(const Expression& expression, const Node& path) {
  const Value value = look_up(expression, path);
  note(expression, path, value);
  if (value.known()) return Kleene::yes;
  const bool complete = root_of(value.origin) != Root::facts || scope_.probe_finished;
  return value.missing && value.origin != nullptr && complete ? Kleene::no : Kleene::unknown;
}

Value Evaluation::eval(const Node& node) {
  if (!charge(1)) return {};
  switch (node.kind) {
    case NodeKind::boolean:
      return make_boolean(node.boolean);
    case NodeKind::integer:
      return make_integer(node.integer);
    case NodeKind::number:
      return make_number(node.number);
    case NodeKind::text:
      return make_text(node.text);
    case NodeKind::unknown:
      return {};
    case NodeKind::list:
      return eval_list(node);
    case NodeKind::name:
    case NodeKind::member:
    case NodeKind::index: {
      const Value value = look_up(*expression_, node);
      if (value.origin != nullptr || node.kind == NodeKind::name) note(*expression_, node, value);
      return value;
    }
    case NodeKind::slice:
      return eval_slice(node);
    case NodeKind::negate:
    case NodeKind::multiply:
    case NodeKind::divide:
    case NodeKind::remainder:
    case NodeKind::add:
    case NodeKind::subtract:
      return eval_arithmetic(node);
    case NodeKind::logical_not: {
      const Kleene value = to_kleene(eval(*node.children[0]));
      return value == Kleene::unknown ? Value{} : make_boolean(value == Kleene::no);
    }
    case NodeKind::less:
    case NodeKind::less_equal:
    case NodeKind::greater:
    case NodeKind::greater_equal:
    case NodeKind::equal:
    case NodeKind::not_equal:
    case NodeKind::in:
      return eval_comparison(node);
    case NodeKind::logical_and:
    case NodeKind::logical_or:
      return eval_and_or(node);
    case NodeKind::conditional:
      return eval_conditional(node);
    case NodeKind::call:
      return eval_call(node);
    case NodeKind::bind:
      return eval_bind(node);
  }
  return {};
}

Value Evaluation::eval_list(const Node& node) {
  const std::span<Value> elements = arena_.values(node.children.size());
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = eval(*node.children[i]);
  return make_list(elements);
}

Value Evaluation::eval_and_or(const Node& node) {
  const Kleene decisive = node.kind == NodeKind::logical_and ? Kleene::no : Kleene::yes;
  const std::size_t first = reads_.size();
  const Kleene left = to_kleene(eval(*node.children[0]));
  if (left == decisive) return settle(first), from_kleene(left);
  const std::size_t middle = reads_.size();
  const Kleene right = to_kleene(eval(*node.children[1]));
  if (right == decisive) {
    reads_.erase(reads_.begin() + static_cast<std::ptrdiff_t>(first),
                 reads_.begin() + static_cast<std::ptrdiff_t>(middle));
    return settle(first), from_kleene(right);
  }
  if (left == Kleene::unknown || right == Kleene::unknown) {
    if (left != Kleene::unknown) decisive_last(first, middle);
    return {};
  }
  return settle(first), from_kleene(right);
}

Value Evaluation::eval_conditional(const Node& node) {
  const std::size_t first = reads_.size();
  const Kleene condition = to_kleene(eval(*node.children[0]));
  if (condition == Kleene::unknown) return {};
  const std::size_t middle = reads_.size();
  const Value value = eval(*node.children[condition == Kleene::yes ? 1 : 2]);
  decisive_last(first, middle);
  return value;
}

Value Evaluation::eval_comparison(const Node& node) {
  const std::size_t first = reads_.size();
  const Value left = eval(*node.children[0]);
  const Value right = eval(*node.children[1]);
  Kleene result = Kleene::unknown;
  if (node.kind == NodeKind::equal || node.kind == NodeKind::not_equal) {
    result = equal_values(left, right, &node, *this);
    if (node.kind == NodeKind::not_equal && result != Kleene::unknown)
      result = result == Kleene::yes ? Kleene::no : Kleene::yes;
  } else if (node.kind == NodeKind::in) {
    if (right.kind == ValueKind::list) {
      Membership list(right, &node, *this);
      result = list.has(left);
      if (result == Kleene::unknown && left.known()) list.note_unknown();
    } else if (right.known()) {
      problem(&node, reasons::kUnexpectedType);
    }
  } else if (const std::optional<int> order = order_values(left, right, &node, *this)) {
    const bool holds = node.kind == NodeKind::less         ? *order < 0
                       : node.kind == NodeKind::less_equal ? *order <= 0
                       : node.kind == NodeKind::greater    ? *order > 0
                                                           : *order >= 0;
    result = holds ? Kleene::yes : Kleene::no;
  }
  if (result != Kleene::unknown) settle(first);
  return from_kleene(result);
}

Value Evaluation::eval_slice(const Node& node) {
  const Value of = eval(*node.children[0]);
  const Value low = node.children[1] == nullptr ? make_integer(0) : eval(*node.children[1]);
  const Value high = node.children[2] == nullptr ? Value{} : eval(*node.children[2]);
  if (!of.known() || low.kind != ValueKind::integer) return {};
  if (node.children[2] != nullptr && high.kind != ValueKind::integer) return {};
  if (of.kind != ValueKind::text && of.kind != ValueKind::list)
    return problem(&node, reasons::kUnexpectedType);
  const bool text = of.kind == ValueKind::text;
  const auto size = static_cast<std::int64_t>(text ? character_count(of.text) : list_size(of));
  const std::int64_t end = node.children[2] == nullptr ? size : high.integer;
  if (low.integer < 0 || end < low.integer || end > size) return problem(&node, reasons::kIndex);
  const auto begin = static_cast<std::size_t>(low.integer);
  const auto length = static_cast<std::size_t>(end - low.integer);
  if (!charge(1 + (text ? of.text.size() / 64 : length))) return {};
  if (text) {
    const std::size_t first = byte_of_character(of.text, low.integer);
    return make_text(of.text.substr(first, byte_of_character(of.text, end) - first));
  }
  if (length > kMaxListElements) return problem(&node, reasons::kTooLong);
  const std::span<Value> elements = arena_.values(length);
  for (std::size_t i = 0; i < length; ++i) elements[i] = element_of(of, begin + i, arena_);
  return make_list(elements);
}

Value Evaluation::eval_call(const Node& node) {
  const std::size_t first = reads_.size();
  if (node.function == nullptr) return {};
  if (node.function->id == FunctionId::has) {
    const Kleene result = exists(*expression_, *node.children[0]);
    if (result != Kleene::unknown) settle(first);
    return from_kleene(result);
  }
  std::array<Value, 4> arguments;
  const std::size_t count = std::min(arguments.size(), node.children.size());
  for (std::size_t i = 0; i < count; ++i) arguments[i] = eval(*node.children[i]);
  const Value result = call_function(node, std::span(arguments).first(count), *this);
  if (result.kind == ValueKind::boolean) settle(first);
  return result;
}

}  // namespace lintel::rules
