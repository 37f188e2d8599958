#include "data/json.h"

namespace lintel {

Result<Json> parse_json(std::string_view text) {
  constexpr int kDepth = 100;
  bool too_deep = false;
  const auto guard = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDepth;
    return !too_deep;
  };
  try {
    Json value = Json::parse(text, guard);
    if (too_deep) return fail(ErrorCode::limit, "JSON is nested deeper than {}", kDepth);
    return value;
  } catch (const Json::parse_error& error) {
    return fail(ErrorCode::invalid_input, "not JSON at byte {}", error.byte);
  }
}

std::string dump_json(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string pretty_json(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace); }

const Json& member(const Json& value, std::string_view key) {
  static const Json null;
  if (!value.is_object()) return null;
  const auto found = value.find(key);
  return found == value.end() ? null : *found;
}

std::string text_or(const Json& value, std::string_view key, std::string_view otherwise) {
  const Json& found = member(value, key);
  return found.is_string() ? found.get<std::string>() : std::string(otherwise);
}

bool bool_or(const Json& value, std::string_view key, bool otherwise) {
  const Json& found = member(value, key);
  return found.is_boolean() ? found.get<bool>() : otherwise;
}

std::int64_t integer_or(const Json& value, std::string_view key, std::int64_t otherwise) {
  const Json& found = member(value, key);
  return found.is_number_integer() ? found.get<std::int64_t>() : otherwise;
}

}  // namespace lintel
