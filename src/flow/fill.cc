#include "flow/fill.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "base/bytes.h"
#include "base/text.h"
#include "model/placeholder.h"

namespace lintel::flow {
namespace {

std::string fresh_hex(std::size_t bytes) {
  std::random_device source;
  Bytes out;
  while (out.size() < bytes) append_number(out, source(), 4);
  return to_hex(out);
}

// The value of a text that is nothing but "{name}", when it reads as a number or boolean.
std::optional<Json> typed_value(const std::string& text, const Variables& variables, const std::vector<std::string>& typed) {
  if (text.size() < 3 || text.front() != '{' || text.back() != '}') return std::nullopt;
  const std::string name = text.substr(1, text.size() - 2);
  const auto value = variables.find(name);
  if (value == variables.end() || std::ranges::find(typed, name) == typed.end()) return std::nullopt;
  auto parsed = parse_json(value->second);
  if (!parsed || !(parsed->is_number() || parsed->is_boolean())) return std::nullopt;
  return *std::move(parsed);
}

Result<std::string> encoded_pairs(const Json& object, const Variables& variables) {
  std::string out;
  for (const auto& [name, value] : object.items())
    out += (out.empty() ? "" : "&") + percent_encode(TRY(fill(name, variables))) + "=" + percent_encode(TRY(fill(scalar_text(value), variables)));
  return out;
}

Result<std::string> multipart(const Json& file, const Json& form, const Variables& variables, const std::string& boundary) {
  std::string out;
  if (form.is_object())
    for (const auto& [name, value] : form.items())
      out += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", boundary, TRY(fill(name, variables)), TRY(fill(scalar_text(value), variables)));
  const auto part = [&](const char* key, const char* otherwise) { return fill(text_or(file, key, otherwise), variables); };
  return out + fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n{}\r\n--{}--\r\n", boundary,
                     TRY(part("field", "file")), TRY(part("name", "file.txt")), TRY(part("type", "application/octet-stream")), TRY(part("content", "")), boundary);
}

void add_type(net::HttpRequest& request, std::string type) {
  const bool typed = std::ranges::any_of(request.headers, [](const auto& header) { return to_lower(header.first) == "content-type"; });
  if (!typed) request.headers.emplace_back("Content-Type", std::move(type));
}

}  // namespace

Result<std::string> fill(std::string_view text, const Variables& variables) {
  std::string out;
  std::size_t from = 0;
  for (const model::Placeholder& found : model::placeholders(text)) {
    const auto value = variables.find(found.name);
    if (value == variables.end()) return fail(ErrorCode::invalid_input, "`{{{}}}` has no value here", found.name);
    out += text.substr(from, found.begin - from);
    out += value->second;
    from = found.end;
  }
  out += text.substr(from);
  return out;
}

Result<Json> fill(const Json& value, const Variables& variables, const std::vector<std::string>& typed) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (auto number = typed_value(text, variables, typed)) return *std::move(number);
    return Json(TRY(fill(text, variables)));
  }
  Json copy = value;
  if (value.is_structured())
    for (auto& [key, element] : copy.items()) element = TRY(fill(element, variables, typed));
  return copy;
}

Result<net::HttpRequest> build_request(const Json& request, std::string_view base_url, const Variables& variables, const std::vector<std::string>& typed) {
  net::HttpRequest built;
  const std::string path = TRY(fill(text_or(request, "path", "/"), variables));
  if (!path.starts_with('/')) return fail(ErrorCode::invalid_input, "the path `{}` does not start with `/`", printable(path));  // else it could name a host
  built.url = std::string(base_url) + path;
  if (const Json& query = member(request, "query"); query.is_object() && !query.empty())
    built.url += (built.url.find('?') == std::string::npos ? "?" : "&") + TRY(encoded_pairs(query, variables));
  if (const Json& headers = member(request, "headers"); headers.is_object())
    for (const auto& [name, value] : headers.items()) built.headers.emplace_back(name, TRY(fill(scalar_text(value), variables)));
  bool sends = true;
  if (const Json& file = member(request, "file"); file.is_object()) {
    const std::string boundary = "lintel-" + fresh_hex(8);
    built.body = TRY(multipart(file, member(request, "form"), variables, boundary));
    add_type(built, "multipart/form-data; boundary=" + boundary);
  } else if (const Json& form = member(request, "form"); form.is_object()) {
    built.body = TRY(encoded_pairs(form, variables));
    add_type(built, "application/x-www-form-urlencoded");
  } else if (const Json& json = member(request, "json"); !json.is_null()) {
    built.body = dump_json(TRY(fill(json, variables, typed)));
    add_type(built, "application/json");
  } else if (const Json& body = member(request, "body"); body.is_string()) {
    built.body = TRY(fill(body.get_ref<const std::string&>(), variables));
  } else {
    sends = false;
  }
  built.method = text_or(request, "method", sends ? "POST" : "GET");
  return built;
}

void set_built_ins(Variables& variables, const Clock& clock) {
  const WallTime now = clock.now();
  variables["now"] = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  variables["now_iso"] = format_time(now);
  variables["nonce"] = fresh_hex(16);
  set_random(variables);
}

void set_random(Variables& variables) {
  variables["random"] = fresh_hex(8);
  variables["digits"] = fmt::format("{:08}", std::random_device()() % 100'000'000);
}

std::string scalar_text(const Json& value) { return value.is_string() ? value.get<std::string>() : dump_json(value); }

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) encoded += c;
    else encoded += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return encoded;
}

}  // namespace lintel::flow
