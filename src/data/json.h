// JSON without exceptions. Include in .cc files; headers take json_fwd.h.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "data/json_fwd.h"

namespace lintel {

// Errors: invalid_input with the byte offset; limit when nested deeper than 100.
Result<Json> parse_json(std::string_view text);
// One line, keys sorted, invalid UTF-8 replaced: the same value gives the same bytes, which hashes rely on.
std::string dump_json(const Json& value);
// Indented by two, for people.
std::string pretty_json(const Json& value);

// Member access that never throws: null when value is no object or has no such key.
const Json& member(const Json& value, std::string_view key);
std::string text_or(const Json& value, std::string_view key, std::string_view otherwise = "");
bool bool_or(const Json& value, std::string_view key, bool otherwise);
std::int64_t integer_or(const Json& value, std::string_view key, std::int64_t otherwise);

}  // namespace lintel
