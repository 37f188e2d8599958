#include "rules/value.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "data/json.h"

namespace lintel::rules {

Value make_boolean(bool boolean) {
  Value value;
  value.kind = ValueKind::boolean;
  value.boolean = boolean;
  return value;
}

Value make_integer(std::int64_t integer) {
  Value value;
  value.kind = ValueKind::integer;
  value.integer = integer;
  return value;
}

Value make_number(double number) {
  Value value;
  if (!std::isfinite(number)) return value;
  value.kind = ValueKind::number;
  value.number = number;
  return value;
}

Value make_text(std::string_view text) {
  Value value;
  value.kind = ValueKind::text;
  value.text = text;
  return value;
}

Value make_list(std::span<const Value> elements) {
  Value value;
  value.kind = ValueKind::list;
  value.elements = elements;
  return value;
}

Value from_kleene(Kleene kleene) {
  return kleene == Kleene::unknown ? Value{} : make_boolean(kleene == Kleene::yes);
}

Kleene to_kleene(const Value& value) {
  if (value.kind != ValueKind::boolean) return Kleene::unknown;
  return value.boolean ? Kleene::yes : Kleene::no;
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  auto* bytes = static_cast<char*>(memory_.allocate(text.size(), 1));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

std::span<Value> Arena::values(std::size_t count) {
  if (count == 0) return {};
  auto* first = static_cast<Value*>(memory_.allocate(count * sizeof(Value), alignof(Value)));
  std::uninitialized_default_construct_n(first, count);
  return {first, count};
}

const Origin* Arena::origin(const Origin* parent, std::string_view name) {
  if (parent == nullptr) return nullptr;
  return new (memory_.allocate(sizeof(Origin), alignof(Origin))) Origin{parent, parent->root, name, -1};
}

const Origin* Arena::origin(const Origin* parent, std::int64_t index) {
  if (parent == nullptr) return nullptr;
  return new (memory_.allocate(sizeof(Origin), alignof(Origin))) Origin{parent, parent->root, {}, index};
}

namespace {

bool fits(ValueKind kind, TypeKind type) {
  switch (type) {
    case TypeKind::any:
      return true;
    case TypeKind::boolean:
      return kind == ValueKind::boolean;
    case TypeKind::integer:
      return kind == ValueKind::integer;
    case TypeKind::number:
      return kind == ValueKind::integer || kind == ValueKind::number;
    case TypeKind::text:
      return kind == ValueKind::text;
    case TypeKind::list:
      return kind == ValueKind::list;
    case TypeKind::object:
      return kind == ValueKind::object;
  }
  return false;
}

Value read_json(const Json& json) {
  Value value;
  switch (json.type()) {
    case Json::value_t::boolean:
      return make_boolean(json.get<bool>());
    case Json::value_t::number_integer:
      return make_integer(json.get<std::int64_t>());
    case Json::value_t::number_unsigned: {
      const auto number = json.get<std::uint64_t>();
      return number > INT64_MAX ? value : make_integer(static_cast<std::int64_t>(number));
    }
    case Json::value_t::number_float:
      return make_number(json.get<double>());
    case Json::value_t::string:
      return make_text(json.get_ref<const std::string&>());
    case Json::value_t::array:
      value.kind = ValueKind::list;
      break;
    case Json::value_t::object:
      value.kind = ValueKind::object;
      break;
    case Json::value_t::null:
    case Json::value_t::binary:
    case Json::value_t::discarded:
      return value;
  }
  value.json = &json;
  return value;
}

}  // namespace

Value from_json(const Json& json, const Type* type, const Origin* origin) {
  Value value = read_json(json);
  if (type != nullptr) {
    // JSON writers turn 3 into 3.0; a schema that says integer means the same number.
    if (type->kind == TypeKind::integer && value.kind == ValueKind::number &&
        std::trunc(value.number) == value.number && std::fabs(value.number) < 9007199254740992.0)
      value = make_integer(static_cast<std::int64_t>(value.number));
    if (!fits(value.kind, type->kind) || (type->unknown_value && *type->unknown_value == json)) value = {};
    if (value.json != nullptr) value.type = type;
  }
  value.origin = origin;
  return value;
}

std::size_t list_size(const Value& list) {
  return list.json != nullptr ? list.json->size() : list.elements.size();
}

Value element_of(const Value& list, std::size_t index, Arena& arena) {
  if (list.json == nullptr) return list.elements[index];
  return from_json((*list.json)[index], list.type == nullptr ? nullptr : list.type->element,
                   arena.origin(list.origin, static_cast<std::int64_t>(index)));
}

bool is_numeric(const Value& value) {
  return value.kind == ValueKind::integer || value.kind == ValueKind::number;
}

double to_double(const Value& value) {
  return value.kind == ValueKind::integer ? static_cast<double>(value.integer) : value.number;
}

namespace {

int compare_integer(std::int64_t a, double b) {
  if (b >= 9223372036854775808.0) return -1;
  if (b < -9223372036854775808.0) return 1;
  const double whole = std::trunc(b);
  const auto rounded = static_cast<std::int64_t>(whole);
  if (a != rounded) return a < rounded ? -1 : 1;
  if (b == whole) return 0;
  return whole < b ? -1 : 1;
}

}  // namespace

int compare_numbers(const Value& a, const Value& b) {
  if (a.kind == ValueKind::integer && b.kind == ValueKind::integer)
    return a.integer == b.integer ? 0 : (a.integer < b.integer ? -1 : 1);
  if (a.kind == ValueKind::integer) return compare_integer(a.integer, b.number);
  if (b.kind == ValueKind::integer) return -compare_integer(b.integer, a.number);
  return a.number == b.number ? 0 : (a.number < b.number ? -1 : 1);
}

Root root_of(const Origin* origin) { return origin == nullptr ? Root::facts : origin->root; }

std::string path_of(const Origin* origin) {
  if (origin == nullptr) return {};
  if (origin->parent == nullptr) {
    switch (origin->root) {
      case Root::facts:
        return {};
      case Root::item:
        return "item";
      case Root::asset:
        return "asset";
      case Root::params:
        return "params";
    }
  }
  std::string path = path_of(origin->parent);
  if (origin->index >= 0 || origin->name.empty()) return path + "[" + std::to_string(origin->index) + "]";
  if (!path.empty()) path += '.';
  return path.append(origin->name);
}

}  // namespace lintel::rules
