// JSON Schema 2020-12, the part that Lintel's documents and facts use. The same files serve editors (yaml-language-server),
// the loader (documents), the probes' facts and the exports. A schema with a keyword that is not honoured here is refused
// when it is loaded, so nothing is silently unchecked:
//   type, properties, required, additionalProperties, items, enum, const, pattern, minimum, maximum, minItems, maxItems,
//   minLength, maxLength, oneOf, anyOf, format: date-time, $ref to # or #/$defs/name, $defs
//   read by people and editors only: title, description, default, examples, $schema, $id, $comment, x-...
// oneOf and anyOf stand either alone (forms of a value) or beside properties as a list of {required: [...]}.
// A Schema is immutable after load and may be used from several threads.
#pragma once
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/json.h"

namespace re2 {
class RE2;
}

namespace lintel::schema {

// Bits of Node::types.
enum Type : unsigned { null = 1, boolean = 2, integer = 4, number = 8, string = 16, array = 32, object = 64 };
constexpr unsigned kAnyType = 127;

enum class Format : std::uint8_t { none, date_time };

// One (sub-)schema. All pointers are owned by the Schema.
struct Node {
  unsigned types = kAnyType;
  const Node* reference = nullptr;  // $ref; then nothing else is set but the annotations
  std::map<std::string, const Node*, std::less<>> properties;
  std::vector<std::string> required;
  bool additional_allowed = true;          // additionalProperties: false
  const Node* additional = nullptr;        // additionalProperties: {...}
  const Node* items = nullptr;
  std::vector<Json> values;                // enum, or the one of const; empty: any
  std::string pattern_text;
  std::shared_ptr<const re2::RE2> pattern;  // found anywhere in the text, as JSON Schema says
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  std::size_t min_size = 0;  // minItems, minLength (in characters)
  std::size_t max_size = std::numeric_limits<std::size_t>::max();
  std::vector<const Node*> one_of;
  std::vector<const Node*> any_of;
  Format format = Format::none;
  std::string title;        // "clause"; messages say "in this clause"
  std::string description;
  std::string description_zh;  // x-zh
  std::string unit;            // x-unit
  Json unknown;                // x-unknown: the value that means "could not tell"; null when there is none
  Json default_value;          // null when there is none
};

class Schema {
 public:
  // name is for messages only. Errors: invalid_input (no JSON, bad pattern, dangling $ref), unsupported (a keyword not in the list above).
  static Result<Schema> load(std::string_view json_text, std::string_view name);
  static Result<Schema> load(const Json& json, std::string_view name);

  const Node& root() const { return *root_; }
  const Node* definition(std::string_view name) const;  // of $defs; nullptr when there is none

 private:
  friend class Loader;
  std::deque<Node> nodes_;  // addresses stay when the schema is moved
  std::map<std::string, const Node*, std::less<>> definitions_;
  const Node* root_ = nullptr;
};

// The schema behind any $ref.
const Node& resolve(const Node& node);
// Type of a path, step by step. nullptr: the schema knows no such member. A member that additionalProperties admits has its schema
// (or one that admits anything). With oneOf or anyOf: of the first form that has it.
const Node* member(const Node& node, std::string_view name);
const Node* element(const Node& node);
std::vector<std::string> member_names(const Node& node);
// "text", "a whole number or a list"
std::string type_words(unsigned types);

enum class Missing { refused, allowed };  // whether `required` holds

struct Violation {
  std::string pointer;  // JSON pointer to the value, "" for the whole
  std::string message;
};
// At most 50 violations; empty when the value fits.
std::vector<Violation> validate(const Json& value, const Node& node, Missing missing = Missing::refused);

// The value with the schema's defaults put in for members of objects that are not there.
Json with_defaults(Json value, const Node& node);

}  // namespace lintel::schema
