// A YAML document typed by its schema, which still knows where each value was written.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/diagnostic.h"
#include "data/json.h"
#include "data/schema.h"
#include "data/yaml.h"

namespace lintel {

struct Document {
  std::string file;  // as shown in messages
  yaml::Tree tree;
  Json value;        // null when the schema refused it

  Mark at(std::string_view pointer) const;      // of the value; of the nearest one above it that exists
  Mark key_at(std::string_view pointer) const;  // of the key, when the value stands in a map
};

// Checks a node against a schema and gives the value typed by it: a scalar becomes what the schema asks for, and a schema for text
// takes any scalar as it is written. Where the schema admits anything, plain true, false and decimal numbers are that, the rest is text.
// What does not fit is added to diagnostics (E021...E030), and stays out of the value.
// name: what messages call the value ("`with`").
Json typed_value(const yaml::Node& node, const schema::Node& schema, schema::Missing missing, const std::string& file,
                 std::vector<Diagnostic>& diagnostics, const std::string& name = "the document");

// The value of a node without any schema, by the rule for "anything" above.
Json untyped_value(const yaml::Node& node);

// A map's member names as a hint: the nearest to a mistyped one, or all when they are few. Empty when neither helps.
std::string name_hint(std::string_view name, const std::vector<std::string>& known);

}  // namespace lintel
