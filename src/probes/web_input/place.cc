#include "probes/web_input/place.h"

#include <re2/re2.h>

#include <algorithm>

#include "model/placeholder.h"

namespace lintel::probes::web_input {
namespace {

const char* part_of(Place place) {
  switch (place) {
    case Place::query: return "query";
    case Place::form: return "form";
    case Place::json: return "json";
    case Place::none: case Place::path: case Place::text: case Place::number: case Place::header: return "";
  }
  return "";
}

bool holds(const Json& value, const std::string& input) {
  if (value.is_string()) {
    const auto found = model::placeholders(value.get_ref<const std::string&>());
    return std::ranges::any_of(found, [&](const model::Placeholder& one) { return one.name == input; });
  }
  return value.is_structured() && std::ranges::any_of(value, [&](const Json& element) { return holds(element, input); });
}

std::string braced(const std::string& input) { return "{" + input + "}"; }

// Of a JSON text: `"key": {input}` with or without quotes around the placeholder.
std::string member_pattern(const std::string& input) { return R"re(("[^"\\]+"\s*:\s*("?)\{)re" + input + R"re(\}"?))re"; }

bool change_body(Json& request, const std::string& pattern, const std::string& rewrite) {
  std::string body = text_or(request, "body");
  if (!re2::RE2::Replace(&body, re2::RE2(pattern, re2::RE2::Quiet), rewrite)) return false;
  request["body"] = body;
  return true;
}

}  // namespace

Place place_of(const Json& request, const std::string& input) {
  for (const Place place : {Place::query, Place::form, Place::json})
    if (holds(member(request, part_of(place)), input)) return place;
  if (const std::string body = text_or(request, "body"); holds(Json(body), input)) {
    const std::size_t at = body.find(braced(input));
    return at > 0 && body[at - 1] == ':' ? Place::number : at > 1 && body[at - 1] == ' ' && body[at - 2] == ':' ? Place::number : Place::text;
  }
  if (holds(member(request, "path"), input)) return Place::path;
  return holds(member(request, "headers"), input) ? Place::header : Place::none;
}

std::string written(Place place, const std::string& text) {
  switch (place) {
    case Place::path: return flow::percent_encode(text);
    case Place::number: return dump_json(Json(text));
    case Place::text: {
      const std::string quoted = dump_json(Json(text));
      return quoted.substr(1, quoted.size() - 2);
    }
    case Place::header: case Place::none: case Place::query: case Place::form: case Place::json: return text;
  }
  return text;
}

std::string member_of(const Json& request, Place place, const std::string& input) {
  const Json& part = member(request, part_of(place));
  if (part.is_object())
    for (const auto& [name, value] : part.items())
      if (value == Json(braced(input))) return name;
  return "";
}

bool repeat_in(Json& request, Place place, const std::string& input) {
  return (place == Place::text || place == Place::number) && change_body(request, member_pattern(input), R"(\1, \1)");
}

bool remove_from(Json& request, Place place, const std::string& input) {
  if (place == Place::text || place == Place::number)
    return change_body(request, member_pattern(input) + R"(\s*,\s*)", "") || change_body(request, R"(,\s*)" + member_pattern(input), "");
  const std::string name = member_of(request, place, input);
  if (name.empty()) return false;
  request[part_of(place)].erase(name);
  return true;
}

bool make_list(Json& request, Place place, const std::string& input) {
  if (place == Place::text || place == Place::number) return change_body(request, R"re("?\{)re" + input + R"re(\}"?)re", R"([{"a": 7}])");
  const std::string name = member_of(request, place, input);
  if (place != Place::json || name.empty()) return false;
  request["json"][name] = Json::array({Json{{"a", 7}}});
  return true;
}

bool send_twice(net::HttpRequest& request, Place place, const std::string& member) {
  if (place == Place::json) {
    const auto body = parse_json(request.body);
    if (!body || !body->is_object() || !body->contains(member)) return false;
    request.body.insert(1, dump_json(Json(member)) + ":" + dump_json((*body)[member]) + ",");
    return true;
  }
  if (place != Place::query && place != Place::form) return false;
  std::string& text = place == Place::query ? request.url : request.body;
  const std::string name = flow::percent_encode(member) + "=";
  std::size_t at = place == Place::query ? text.find('?') : 0;
  if (at == std::string::npos) return false;
  if (place == Place::query) ++at;
  while (text.compare(at, name.size(), name) != 0) {
    at = text.find('&', at);
    if (at++ == std::string::npos) return false;
  }
  const std::string pair = text.substr(at, text.find('&', at) - at);
  text += "&" + pair;
  return true;
}

}  // namespace lintel::probes::web_input
