// The session item as an HTTP request, and the identifier found in its answer.
#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "probes/session_ids/harvest.h"

namespace lintel::probes::session_ids {
namespace {

constexpr std::size_t kIdCapBytes = 4096;

// Secrets anywhere inside a declared JSON body.
Result<Json> resolved(probe::Context& context, const Json& value) {
  if (value.is_string()) return Json(TRY(context.secret(value.get_ref<const std::string&>())));
  Json copy = value;
  if (value.is_structured())
    for (auto& [key, element] : copy.items()) element = TRY(resolved(context, element));
  return copy;
}

std::string form_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' || c == '*';
    if (plain) encoded += c;
    else if (c == ' ') encoded += '+';
    else encoded += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return encoded;
}

std::string scalar_text(const Json& value) { return value.is_string() ? value.get<std::string>() : dump_json(value); }

Result<std::string> form_body(probe::Context& context, const Json& form) {
  std::string body;
  for (const auto& [name, value] : form.items()) {
    if (!body.empty()) body += '&';
    body += form_encoded(name) + "=" + form_encoded(TRY(context.secret(scalar_text(value))));
  }
  return body;
}

bool same_name(std::string_view a, std::string_view b) { return to_lower(a) == to_lower(b); }

const Json* at_pointer(const Json& document, std::string_view pointer) {
  const Json* at = &document;
  if (pointer.empty()) return at;
  if (pointer.front() != '/') return nullptr;
  for (const std::string_view part : split(pointer.substr(1), '/')) {
    std::string token(part);
    for (std::size_t i = 0; (i = token.find('~', i)) != std::string::npos; ++i)
      token.replace(i, 2, token.substr(i, 2) == "~1" ? "/" : "~");
    if (at->is_object() && at->contains(token)) at = &(*at)[token];
    else if (const auto index = parse_unsigned<std::size_t>(token); at->is_array() && index && *index < at->size()) at = &(*at)[*index];
    else return nullptr;
  }
  return at;
}

std::optional<std::string> cookie_value(const net::Headers& headers, std::string_view name) {
  std::optional<std::string> found;
  for (const auto& [header, value] : headers) {
    if (!same_name(header, "set-cookie")) continue;
    const std::string_view pair = std::string_view(value).substr(0, value.find(';'));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || trim(pair.substr(0, equals)) != name) continue;
    std::string_view content = trim(pair.substr(equals + 1));
    if (content.size() >= 2 && content.front() == '"' && content.back() == '"') content = content.substr(1, content.size() - 2);
    found = std::string(content);
  }
  return found;
}

// name=VALUE behind ?, &, # or ; up to the next of these.
std::optional<std::string> url_parameter(std::string_view url, std::string_view name) {
  for (std::size_t at = url.find_first_of("?&#;"); at != std::string_view::npos; at = url.find_first_of("?&#;", at + 1)) {
    const std::string_view rest = url.substr(at + 1);
    if (rest.starts_with(name) && rest.substr(name.size()).starts_with('=')) {
      const std::string_view value = rest.substr(name.size() + 1);
      return std::string(value.substr(0, value.find_first_of("?&#;")));
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Endpoint> endpoint_of(probe::Context& context) {
  const Json& item = context.item().data;
  Endpoint endpoint;
  endpoint.request.url = text_or(item, "url");
  if (endpoint.request.url.empty()) return fail(ErrorCode::not_found, "no url is declared");
  const Json& place = member(item, "id_in");
  endpoint.place = {text_or(place, "cookie"), text_or(place, "header"), text_or(place, "json"), text_or(place, "location")};
  if (endpoint.place.cookie.empty() && endpoint.place.header.empty() && endpoint.place.location.empty() && !member(place, "json").is_string())
    return fail(ErrorCode::not_found, "id_in does not say where the identifier is (cookie, header, json or location)");
  for (const Json& source : member(item, "source_addresses"))
    if (source.is_string()) endpoint.sources.push_back(source.get<std::string>());
  endpoint.connections = static_cast<std::size_t>(std::max<std::int64_t>(1, integer_or(context.params(), "connections", 1)));
  for (const Json& status : member(item, "success"))
    if (status.is_number_integer()) endpoint.success.push_back(status.get<long>());
  endpoint.options.connect_to = text_or(item, "address");
  endpoint.options.ca_file = text_or(item, "ca");

  const char* content_type = nullptr;
  if (const Json& form = member(item, "form"); form.is_object()) {
    endpoint.request.body = TRY(form_body(context, form));
    content_type = "application/x-www-form-urlencoded";
  } else if (const Json& json = member(item, "json"); !json.is_null()) {
    endpoint.request.body = dump_json(TRY(resolved(context, json)));
    content_type = "application/json";
  } else {
    endpoint.request.body = TRY(context.secret(text_or(item, "body")));
  }
  endpoint.request.method = text_or(item, "method", endpoint.request.body.empty() ? "GET" : "POST");
  bool typed = content_type == nullptr;
  if (const Json& headers = member(item, "headers"); headers.is_object()) {
    for (const auto& [name, value] : headers.items()) {
      // A cookie would continue one session instead of opening fresh ones, and its repeated id would look like the server's fault.
      if (to_lower(name) == "cookie")
        return fail(ErrorCode::invalid_input, "the session's headers hold a Cookie; each request has to open a fresh session, so leave it out");
      endpoint.request.headers.emplace_back(name, TRY(context.secret(scalar_text(value))));
      typed = typed || same_name(name, "content-type");
    }
  }
  if (!typed) endpoint.request.headers.emplace_back("Content-Type", content_type);
  return endpoint;
}

std::optional<std::string> json_id_in(std::string_view text, std::string_view pointer) {
  const auto body = parse_json(text);
  const Json* value = body ? at_pointer(*body, pointer) : nullptr;
  std::string id;
  if (value != nullptr && value->is_string()) id = value->get<std::string>();
  if (value != nullptr && value->is_number_integer()) id = dump_json(*value);
  return id.empty() || id.size() > kIdCapBytes ? std::nullopt : std::optional(id);
}

std::optional<std::string> id_in(const net::HttpResponse& response, const Place& place) {
  std::optional<std::string> id;
  if (!place.cookie.empty()) {
    id = cookie_value(response.headers, place.cookie);
  } else if (!place.header.empty()) {
    for (const auto& [name, value] : response.headers)
      if (same_name(name, place.header)) id = std::string(trim(value));
  } else if (!place.location.empty()) {
    for (const auto& [name, value] : response.headers)
      if (same_name(name, "location")) id = url_parameter(value, place.location);
  } else {
    id = json_id_in(response.body, place.json);
  }
  if (!id || id->empty() || id->size() > kIdCapBytes) return std::nullopt;
  return id;
}

std::string names_in(const net::HttpResponse& response, const Place& place) {
  std::vector<std::string> names;
  const char* what = "header fields";
  if (!place.cookie.empty()) {
    what = "cookies";
    for (const auto& [header, value] : response.headers)
      if (same_name(header, "set-cookie")) names.emplace_back(trim(std::string_view(value).substr(0, value.find_first_of("=;"))));
  } else if (!place.header.empty() || !place.location.empty()) {
    for (const auto& [name, value] : response.headers) names.push_back(name);
  } else {
    const auto body = parse_json(response.body);
    if (!body) return "a body that is no JSON";
    // The members beside the first step of the pointer that leads nowhere.
    std::string path = place.json;
    const Json* at = nullptr;
    while (!path.empty() && at == nullptr) {
      path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
      at = at_pointer(*body, path);
    }
    if (at == nullptr || !at->is_object()) return fmt::format("{} at '{}'", at == nullptr ? "nothing" : at->type_name(), printable(path));
    what = "JSON members";
    for (const auto& [name, value] : at->items()) names.push_back(name);
  }
  if (names.empty()) return std::string("no ") + what;
  constexpr std::size_t kMostNames = 10, kMostLetters = 40;
  std::string text = what;
  for (std::size_t i = 0; i < names.size() && i < kMostNames; ++i) text += (i == 0 ? " " : ", ") + printable(names[i].substr(0, kMostLetters));
  return names.size() > kMostNames ? fmt::format("{} and {} more", text, names.size() - kMostNames) : text;
}

}  // namespace lintel::probes::session_ids
