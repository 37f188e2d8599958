#include "flow/cookies.h"

#include <algorithm>

#include "base/text.h"

namespace lintel::flow {
namespace {

constexpr std::size_t kJarCap = 200, kAnswerCap = 50;

bool is_past(std::string_view date) {
  const auto when = net::parse_http_date(date);
  return when && *when <= SystemClock().now();
}

std::pair<std::string_view, std::string_view> name_and_value(std::string_view part) {
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) return {trim(part), {}};
  return {trim(part.substr(0, equals)), trim(part.substr(equals + 1))};
}

}  // namespace

std::optional<Cookie> parse_set_cookie(std::string_view field) {
  const auto parts = split(field, ';');
  if (parts.front().find('=') == std::string_view::npos) return std::nullopt;
  auto [name, value] = name_and_value(parts.front());
  if (name.empty()) return std::nullopt;
  Cookie cookie;
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2), cookie.quoted = true;
  cookie.name = name;
  cookie.value = value;
  std::optional<bool> aged_out;  // Max-Age goes before Expires (5.3)
  bool expired = false;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto [attribute, setting] = name_and_value(parts[i]);
    const std::string key = to_lower(attribute);
    if (key == "secure") cookie.secure = true;
    else if (key == "httponly") cookie.http_only = true;
    else if (key == "path") cookie.path = setting;
    else if (key == "domain") cookie.domain = setting;
    else if (key == "samesite") cookie.same_site = to_lower(setting);
    else if (key == "expires") cookie.lasting = true, expired = is_past(setting);
    else if (key == "max-age" && !setting.empty()) {
      cookie.lasting = true;
      aged_out = setting.front() == '-' || setting.find_first_not_of('0') == std::string_view::npos;
    }
  }
  cookie.ends = aged_out.value_or(expired);
  return cookie;
}

std::vector<Cookie> cookies_set(const net::Headers& headers) {
  std::vector<Cookie> found;
  for (const auto& [name, value] : headers)
    if (to_lower(name) == "set-cookie")
      if (auto cookie = parse_set_cookie(value)) found.push_back(*std::move(cookie));
  return found;
}

void Jar::take(const net::Headers& headers) {
  std::size_t taken = 0;
  for (Cookie& cookie : cookies_set(headers)) {
    if (taken++ == kAnswerCap) return;
    remove(cookie.name);
    if (cookie.ends) continue;
    if (cookies_.size() == kJarCap) cookies_.erase(cookies_.begin());
    cookies_.push_back(std::move(cookie));
  }
}

void Jar::set(const std::string& name, std::string value) {
  const auto found = std::ranges::find(cookies_, name, &Cookie::name);
  if (found != cookies_.end()) found->value = std::move(value);
  else cookies_.push_back({.name = name, .value = std::move(value)});
}

void Jar::remove(std::string_view name) { std::erase_if(cookies_, [&](const Cookie& cookie) { return cookie.name == name; }); }

const Cookie* Jar::find(std::string_view name) const {
  const auto found = std::ranges::find(cookies_, name, &Cookie::name);
  return found == cookies_.end() ? nullptr : &*found;
}

std::string Jar::header() const {
  std::string line;
  for (const Cookie& cookie : cookies_) line += (line.empty() ? "" : "; ") + cookie.name + "=" + (cookie.quoted ? "\"" + cookie.value + "\"" : cookie.value);
  return line;
}

}  // namespace lintel::flow
