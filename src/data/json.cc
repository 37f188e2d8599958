#include "data/json.h"

namespace lintel {

Result<Json> parse_json(std::string_view text) {
  constexpr int kDepth = 100;
  bool too_deep = false;
  const auto guard = [&](int depth, Json::parse_event_t event, Json&) {
    const bool opens = event == Json::parse_event_t::array_start || event == Json::parse_event_t::object_start;
    too_deep = too_deep || (opens && depth >= kDepth);  // the outermost is 0
    return !too_deep;
  };
  try {
    Json value = Json::parse(text, guard);
    if (too_deep) return fail(ErrorCode::limit, "JSON is nested deeper than {}", kDepth);
    return value;
  } catch (const Json::parse_error& error) {
    return fail(ErrorCode::invalid_input, "not JSON at byte {}", error.byte);
  } catch (const Json::out_of_range&) {  // well-formed, but no double holds it: 1e999
    return fail(ErrorCode::invalid_input, "the JSON has a number that is too large");
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
