#include "rules/types.h"

#include <algorithm>
#include <set>

#include "data/json.h"

namespace lintel::rules {
namespace {

constexpr int kMaxSchemaDepth = 16;

const Json* resolve(const Json& document, std::string_view reference) {
  if (reference == "#") return &document;
  if (!reference.starts_with("#/")) return nullptr;
  const Json* at = &document;
  for (std::size_t begin = 2; begin <= reference.size();) {
    const std::size_t end = std::min(reference.find('/', begin), reference.size());
    at = &lintel::member(*at, reference.substr(begin, end - begin));
    begin = end + 1;
  }
  return at->is_object() ? at : nullptr;
}

// A schema and all it is combined with: what it refers to and the branches of allOf, anyOf, oneOf.
void flatten(const Json& schema, const Json& document, int depth, std::vector<const Json*>& out) {
  if (!schema.is_object() || depth > kMaxSchemaDepth || out.size() > 64) return;
  if (std::find(out.begin(), out.end(), &schema) != out.end()) return;
  out.push_back(&schema);
  if (const Json& reference = member(schema, "$ref"); reference.is_string())
    if (const Json* found = resolve(document, reference.get_ref<const std::string&>()))
      flatten(*found, document, depth + 1, out);
  for (const char* key : {"allOf", "anyOf", "oneOf"})
    if (const Json& branches = member(schema, key); branches.is_array())
      for (const Json& branch : branches) flatten(branch, document, depth + 1, out);
}

std::optional<TypeKind> kind_of_word(std::string_view word) {
  if (word == "boolean") return TypeKind::boolean;
  if (word == "integer") return TypeKind::integer;
  if (word == "number") return TypeKind::number;
  if (word == "string") return TypeKind::text;
  if (word == "array") return TypeKind::list;
  if (word == "object") return TypeKind::object;
  return std::nullopt;
}

std::optional<TypeKind> kind_of_value(const Json& value) {
  if (value.is_boolean()) return TypeKind::boolean;
  if (value.is_number_integer()) return TypeKind::integer;
  if (value.is_number()) return TypeKind::number;
  if (value.is_string()) return TypeKind::text;
  return std::nullopt;
}

void add_kinds(const Json& schema, std::set<TypeKind>& kinds) {
  const auto add = [&](std::optional<TypeKind> kind) {
    if (kind) kinds.insert(*kind);
  };
  const Json& type = member(schema, "type");
  if (type.is_string()) add(kind_of_word(type.get_ref<const std::string&>()));
  if (type.is_array())
    for (const Json& word : type)
      if (word.is_string()) add(kind_of_word(word.get_ref<const std::string&>()));
  if (!type.is_null()) return;
  if (member(schema, "properties").is_object()) kinds.insert(TypeKind::object);
  if (member(schema, "items").is_object()) kinds.insert(TypeKind::list);
  if (const Json& words = member(schema, "enum"); words.is_array())
    for (const Json& word : words) add(kind_of_value(word));
  add(kind_of_value(member(schema, "const")));
}

// Adds the words a text may take; false when any text will do.
bool add_words(const Json& schema, std::vector<std::string>& words) {
  const Json& list = member(schema, "enum");
  const Json& constant = member(schema, "const");
  if (list.is_array()) {
    for (const Json& word : list)
      if (word.is_string()) words.push_back(word.get<std::string>());
  } else if (constant.is_string()) {
    words.push_back(constant.get<std::string>());
  } else {
    return text_or(schema, "type") != "string";
  }
  return true;
}

}  // namespace

TypeTable::TypeTable() {
  for (const TypeKind kind : {TypeKind::any, TypeKind::boolean, TypeKind::integer, TypeKind::number,
                              TypeKind::text, TypeKind::list, TypeKind::object}) {
    Type type;
    type.kind = kind;
    simple_.push_back(add(std::move(type)));
  }
}

const Type* TypeTable::add(Type type) { return &types_.emplace_back(std::move(type)); }

const Type* TypeTable::of(TypeKind kind) const { return simple_[static_cast<std::size_t>(kind)]; }

const Type* TypeTable::list_of(const Type* element) {
  Type type;
  type.kind = TypeKind::list;
  type.element = element;
  return add(std::move(type));
}

const Type* TypeTable::text_of(std::vector<std::string> words) {
  Type type;
  type.kind = TypeKind::text;
  type.words = std::move(words);
  return add(std::move(type));
}

const Type* TypeTable::object_of(std::vector<std::pair<std::string, const Type*>> members) {
  Type type;
  type.kind = TypeKind::object;
  type.members = std::move(members);
  return add(std::move(type));
}

const Type* TypeTable::of_schema(const Json& schema, const Json& document) {
  return of_schemas({&schema}, document, 0);
}

const Type* TypeTable::of_schemas(std::vector<const Json*> roots, const Json& document, int depth) {
  Type type;
  type.document = &document;
  for (const Json* root : roots) flatten(*root, document, 0, type.schemas);
  std::set<TypeKind> kinds;
  bool closed = true;
  std::vector<const Json*> items;
  for (const Json* schema : type.schemas) {
    add_kinds(*schema, kinds);
    closed = add_words(*schema, type.words) && closed;
    if (const Json& unknown = lintel::member(*schema, "x-unknown"); !unknown.is_null() && !type.unknown_value)
      type.unknown_value = std::make_shared<const Json>(unknown);
    if (const Json& item = lintel::member(*schema, "items"); item.is_object()) items.push_back(&item);
  }
  if (kinds.contains(TypeKind::number)) kinds.erase(TypeKind::integer);
  type.kind = kinds.size() == 1 ? *kinds.begin() : TypeKind::any;
  if (type.kind != TypeKind::text || !closed) type.words.clear();
  if (type.kind == TypeKind::list && !items.empty() && depth < kMaxSchemaDepth)
    type.element = of_schemas(std::move(items), document, depth + 1);
  return add(std::move(type));
}

const Type* TypeTable::member(const Type& object, std::string_view name) {
  for (const auto& [known, type] : object.members)
    if (known == name) return type;
  if (!object.members.empty()) return nullptr;
  std::vector<const Json*> found;
  const Json* rest = nullptr;  // of members without a name of their own
  bool open = true;
  for (const Json* schema : object.schemas) {
    const Json& properties = lintel::member(*schema, "properties");
    if (properties.is_object()) open = false;
    if (const auto it = properties.is_object() ? properties.find(name) : properties.end();
        it != properties.end())
      found.push_back(&*it);
    if (const Json& additional = lintel::member(*schema, "additionalProperties"); additional.is_object())
      rest = &additional;
    else if (additional.is_boolean() && additional.get<bool>())
      open = true;
  }
  if (!found.empty()) return of_schemas(std::move(found), *object.document, 0);
  if (rest != nullptr) return of_schema(*rest, *object.document);
  return open ? of(TypeKind::any) : nullptr;
}

std::vector<std::string> member_names(const Type& object) {
  std::vector<std::string> names;
  for (const auto& [name, type] : object.members) names.push_back(name);
  for (const Json* schema : object.schemas)
    if (const Json& properties = member(*schema, "properties"); properties.is_object())
      for (const auto& [name, property] : properties.items()) names.push_back(name);
  return names;
}

std::string describe(const Type& type) {
  switch (type.kind) {
    case TypeKind::any:
      return "value";
    case TypeKind::boolean:
      return "truth value";
    case TypeKind::integer:
      return "integer";
    case TypeKind::number:
      return "number";
    case TypeKind::text:
      return "text";
    case TypeKind::object:
      return "object";
    case TypeKind::list:
      if (type.element == nullptr || type.element->kind == TypeKind::any) return "list";
      return type.element->kind == TypeKind::list ? "list of lists"
                                                  : "list of " + describe(*type.element) + "s";
  }
  return "value";
}

bool is_numeric(const Type& type) {
  return type.kind == TypeKind::integer || type.kind == TypeKind::number || type.kind == TypeKind::any;
}

bool comparable(const Type& a, const Type& b) {
  if (a.kind == TypeKind::object || b.kind == TypeKind::object) return false;
  if (a.kind == TypeKind::any || b.kind == TypeKind::any) return true;
  if (is_numeric(a) && is_numeric(b)) return true;
  if (a.kind != b.kind) return false;
  if (a.kind != TypeKind::list || a.element == nullptr || b.element == nullptr) return true;
  return comparable(*a.element, *b.element);
}

const Type* common(TypeTable& table, const Type* a, const Type* b) {
  if (a == b || b->kind == TypeKind::any) return a;
  if (a->kind == TypeKind::any) return b;
  if (is_numeric(*a) && is_numeric(*b)) return a->kind == b->kind ? a : table.of(TypeKind::number);
  if (a->kind != b->kind) return nullptr;
  if (a->kind == TypeKind::list) {
    if (a->element == nullptr || b->element == nullptr) return table.of(TypeKind::list);
    const Type* element = common(table, a->element, b->element);
    return element == nullptr ? nullptr : table.list_of(element);
  }
  return table.of(a->kind);
}

}  // namespace lintel::rules
