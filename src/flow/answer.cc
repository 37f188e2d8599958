#include "flow/answer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"

namespace lintel::flow {
namespace {

constexpr std::size_t kValueCapBytes = 8192;

std::string json_problem(const std::string& body, const std::vector<std::pair<std::string, Json>>& wanted, const Variables& variables) {
  if (wanted.empty()) return "";
  const auto parsed = parse_json(body);
  if (!parsed) return "the answer is not JSON";
  for (const auto& [pointer, value] : wanted) {
    const Json* found = at_pointer(*parsed, pointer);
    if (found == nullptr) return fmt::format("the answer has no {}", pointer);
    const auto filled = fill(value, variables, {});
    if (!filled) return filled.error().message;
    if (*found != *filled && scalar_text(*found) != scalar_text(*filled)) return fmt::format("{} of the answer is another one", pointer);
  }
  return "";
}

Result<std::optional<std::string>> matched(const std::string& pattern, const std::string& text) {
  const re2::RE2 expression(pattern, re2::RE2::Quiet);
  if (!expression.ok() || expression.NumberOfCapturingGroups() < 1)
    return fail(ErrorCode::invalid_input, "the pattern {} has no group to take", printable(pattern));
  std::string value;
  if (!re2::RE2::PartialMatch(text, expression, &value)) return std::optional<std::string>();
  return std::optional<std::string>(std::move(value));
}

std::optional<std::string> json_value(const std::string& body, const std::string& pointer) {
  const auto parsed = parse_json(body);
  const Json* found = parsed ? at_pointer(*parsed, pointer) : nullptr;
  if (found == nullptr || found->is_structured() || found->is_null()) return std::nullopt;
  return scalar_text(*found);
}

std::optional<std::string> cookie_value(const net::Headers& headers, const std::string& name) {
  std::optional<std::string> value;  // the last one counts, as in a browser
  for (const Cookie& cookie : cookies_set(headers))
    if (cookie.name == name) value = cookie.value;
  return value;
}

}  // namespace

std::string why_not(const net::HttpResponse& response, const Success& success, const Variables& variables) {
  if (success.status.empty() ? response.status / 100 != 2 : std::ranges::find(success.status, response.status) == success.status.end())
    return success.status.empty() ? fmt::format("HTTP {}", response.status)
                                  : fmt::format("HTTP {} where {} is success", response.status, fmt::join(success.status, " or "));
  for (const auto& [name, value] : success.header) {
    const auto wanted = fill(value, variables);
    if (!wanted) return wanted.error().message;
    if (header_value(response.headers, name) != *wanted) return fmt::format("header {} is not {}", name, *wanted);
  }
  if (std::string problem = json_problem(response.body, success.json, variables); !problem.empty()) return problem;
  for (const auto* parts : {&success.contains, &success.lacks}) {
    const bool wanted = parts == &success.contains;
    for (const std::string& part : *parts) {
      const auto text = fill(part, variables);
      if (!text) return text.error().message;
      if ((response.body.find(*text) != std::string::npos) != wanted) return wanted ? fmt::format("the answer lacks \"{}\"", printable(*text)) : fmt::format("the answer holds \"{}\"", printable(*text));
    }
  }
  return "";
}

Result<std::optional<std::string>> value_at(const Place& place, const net::HttpResponse& response, const Variables& variables, const ReadFile& read_file) {
  std::optional<std::string> value;
  switch (place.kind) {
    case Place::Kind::cookie: value = cookie_value(response.headers, place.name); break;
    case Place::Kind::header:
      value = header_value(response.headers, place.name);
      if (value && !place.pattern.empty()) value = TRY(matched(place.pattern, *value));
      break;
    case Place::Kind::json: value = json_value(response.body, place.name); break;
    case Place::Kind::pattern: value = TRY(matched(place.pattern, response.body)); break;
    case Place::Kind::file: {
      const std::string path = TRY(fill(place.name, variables));
      const std::string content = TRY(read_file(path));
      value = place.pattern.empty() ? std::optional<std::string>(trim(content)) : TRY(matched(place.pattern, content));
      break;
    }
  }
  if (value && (value->empty() || value->size() > kValueCapBytes)) value.reset();
  return value;
}

std::string place_text(const Place& place) {
  switch (place.kind) {
    case Place::Kind::cookie: return fmt::format("cookie {}", place.name);
    case Place::Kind::header: return fmt::format("header {}", place.name);
    case Place::Kind::json: return fmt::format("{} of the JSON answer", place.name);
    case Place::Kind::pattern: return fmt::format("what matches {}", place.pattern);
    case Place::Kind::file: return fmt::format("file {}", place.name);
  }
  return "";
}

std::optional<std::string> header_value(const net::Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(headers, [&](const auto& header) { return to_lower(header.first) == to_lower(name); });
  return found == headers.end() ? std::nullopt : std::optional(found->second);
}

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

}  // namespace lintel::flow
