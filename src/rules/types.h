// Static types of expressions, taken from JSON Schemas: what a path may hold, which words a text may take,
// and which value means "could not tell" (x-unknown). Members of objects are looked up in the schema on
// demand, while compiling; evaluation reads only kind, element and unknown_value, so the schemas may go once
// compiling is done.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/json_fwd.h"

namespace lintel::rules {

enum class TypeKind { any, boolean, integer, number, text, list, object };

struct Type {
  TypeKind kind = TypeKind::any;
  const Type* element = nullptr;              // of a list; null: any
  std::vector<std::string> words;             // all a text may be; empty: anything
  std::shared_ptr<const Json> unknown_value;  // x-unknown; null: none
  // An object: the schemas that describe it together (refs and allOf/anyOf/oneOf resolved), or fixed members.
  std::vector<const Json*> schemas;
  const Json* document = nullptr;  // where $ref points into
  std::vector<std::pair<std::string, const Type*>> members;
};

class TypeTable {
 public:
  TypeTable();
  const Type* of(TypeKind kind) const;
  const Type* list_of(const Type* element);
  const Type* text_of(std::vector<std::string> words);
  const Type* object_of(std::vector<std::pair<std::string, const Type*>> members);
  // The type a schema describes. document holds its "#/..." references.
  const Type* of_schema(const Json& schema, const Json& document);
  // The type of a member; null when the object has no such member. any when the object is open.
  const Type* member(const Type& object, std::string_view name);

 private:
  const Type* add(Type type);
  const Type* of_schemas(std::vector<const Json*> schemas, const Json& document, int depth);
  std::deque<Type> types_;
  std::vector<const Type*> simple_;
};

// Names that an object's schema knows, for hints.
std::vector<std::string> member_names(const Type& object);

// For messages: "truth value", "integer", "list of texts".
std::string describe(const Type& type);

bool is_numeric(const Type& type);
// Whether values of the two may be equal: same kind, int and number mixed, any with all; objects never.
bool comparable(const Type& a, const Type& b);
// The type of a value that is one or the other; null when they don't fit.
const Type* common(TypeTable& table, const Type* a, const Type* b);

}  // namespace lintel::rules
