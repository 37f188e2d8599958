// Values while an expression runs. Facts are not copied: a value points into the JSON it came from, and
// remembers the way there (Origin), so that a report can name the path. Everything made on the way lives in
// the Arena of one evaluation.
#pragma once
#include <array>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

#include "data/json_fwd.h"
#include "model/text.h"
#include "model/verdict.h"
#include "rules/types.h"

namespace lintel::rules {

using model::Kleene;

enum class Root { facts, item, asset, params };

// One step on the way from a document to a value; a null parent is the document itself.
struct Origin {
  const Origin* parent = nullptr;
  Root root = Root::facts;
  std::string_view name;    // of a member
  std::int64_t index = -1;  // of an element, when there is no name
};

enum class ValueKind : std::uint8_t { unknown, boolean, integer, number, text, list, object };

struct Value {
  ValueKind kind = ValueKind::unknown;
  bool boolean = false;
  bool missing = false;  // unknown because the document has no such member or element
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text;
  const Json* json = nullptr;       // an object, or a list that stands in a document
  const Type* type = nullptr;       // of json
  std::span<const Value> elements;  // a list that was computed
  const Origin* origin = nullptr;

  bool known() const { return kind != ValueKind::unknown; }
};

Value make_boolean(bool value);
Value make_integer(std::int64_t value);
Value make_number(double value);  // unknown when not finite
Value make_text(std::string_view text);
Value make_list(std::span<const Value> elements);
Value from_kleene(Kleene value);
Kleene to_kleene(const Value& value);  // unknown for all but truth values

// Memory of one evaluation, freed at once.
class Arena {
 public:
  Arena() : memory_(first_.data(), first_.size()) {}
  std::string_view copy(std::string_view text);
  std::span<Value> values(std::size_t count);
  const Origin* origin(const Origin* parent, std::string_view name);
  const Origin* origin(const Origin* parent, std::int64_t index);

 private:
  std::array<std::byte, 4096> first_;
  std::pmr::monotonic_buffer_resource memory_;
};

// The value of a JSON node under its static type (null: any). null, x-unknown, integers beyond 64 bits and
// what is not of the type are unknown.
Value from_json(const Json& json, const Type* type, const Origin* origin);
std::size_t list_size(const Value& list);
// Requires: index < list_size(list).
Value element_of(const Value& list, std::size_t index, Arena& arena);

bool is_numeric(const Value& value);
double to_double(const Value& value);
// Requires both numeric. Exact, also between an integer and a number.
int compare_numbers(const Value& a, const Value& b);

// "digests[2].algorithm", "item.services[0].port"; empty for a computed value.
std::string path_of(const Origin* origin);
Root root_of(const Origin* origin);

// For the trace: long lists and texts are cut, the last element then says how much is missing.
Json to_json(const Value& value);
// As text in both languages: texts in quotes, at most 10 elements and 120 characters.
model::Text render(const Value& value);
std::string with_separators(std::size_t number);  // 1,990
std::size_t character_count(std::string_view text);

}  // namespace lintel::rules
