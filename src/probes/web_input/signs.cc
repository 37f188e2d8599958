#include "probes/web_input/signs.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "flow/answer.h"

namespace lintel::probes::web_input {
namespace {

constexpr std::size_t kMostAddresses = 4;

bool holds(const std::string& text, const std::string& part) { return !part.empty() && text.find(part) != std::string::npos; }

bool matches(const std::string& text, const char* pattern) { return re2::RE2::PartialMatch(text, re2::RE2(pattern, re2::RE2::Quiet)); }

// First lines of files that every Linux or Windows machine has.
bool holds_system_file(const std::string& text) { return matches(text, R"(root:[^:\n]{0,64}:0:0:)") || matches(text, R"((?i)\[(fonts|extensions|mci extensions)\]\s)"); }

bool holds_database_error(const std::string& text) {
  return matches(text, R"((?i)SQL syntax.{0,40}MySQL|SQLSTATE\[|near "[^"]{0,64}": syntax error|unrecognized token: |unterminated quoted string|)"
                       R"(Unclosed quotation mark|ORA-\d{5}|PG::SyntaxError|psycopg2?\.|sqlite3\.OperationalError|MongoServerError)");
}

void gather(const Json& value, const std::string& base_url, std::vector<std::string>& out) {
  if (out.size() >= kMostAddresses) return;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.starts_with(base_url + "/")) out.push_back(text.substr(base_url.size()));
    else if (text.starts_with('/') && !text.starts_with("//")) out.push_back(text);
  }
  if (value.is_structured())
    for (const Json& element : value) gather(element, base_url, out);
}

}  // namespace

bool shows_markup(const net::HttpResponse& answer, const std::string& tag) {
  const std::string type = to_lower(flow::header_value(answer.headers, "Content-Type").value_or("text/html"));
  return (type.find("html") != std::string::npos || type.find("xml") != std::string::npos) && holds(answer.body, tag);
}

std::string_view effect_in(const net::HttpResponse& answer, const Attack& attack, const net::HttpResponse& good) {
  switch (attack.sign) {
    case Sign::markup: return shows_markup(answer, attack.mark) ? "reflected" : "none";
    case Sign::computed: return holds(answer.body, attack.mark) && !holds(good.body, attack.mark) ? "computed" : "none";
    case Sign::header: return flow::header_value(answer.headers, attack.mark) ? "header" : "none";
    case Sign::database: return holds_database_error(answer.body) && !holds_database_error(good.body) ? "database_error" : "none";
    case Sign::file: return holds_system_file(answer.body) && !holds_system_file(good.body) ? "file" : "none";
    case Sign::none: case Sign::stored: case Sign::contained: return "none";
  }
  return "none";
}

std::vector<std::string> addresses_in(const net::HttpResponse& answer, const std::string& base_url) {
  std::vector<std::string> out;
  if (const auto location = flow::header_value(answer.headers, "Location")) gather(Json(*location), base_url, out);
  if (const auto body = parse_json(answer.body)) gather(*body, base_url, out);
  return out;
}

}  // namespace lintel::probes::web_input
