#include "probes/web_session/leaks.h"

#include <algorithm>

#include "base/text.h"
#include "flow/fill.h"

namespace lintel::probes::web_session {
namespace {

constexpr std::size_t kShownCharacters = 200;
constexpr std::size_t kLongestLink = 4096;

int hex_digit(char c) {
  const std::size_t at = std::string_view("0123456789abcdef").find(c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

std::vector<std::string> forms_of(const std::string& id) {
  std::vector<std::string> forms;
  for (std::string form : {id, flow::percent_encode(id), percent_decoded(id)})
    if (form.size() >= kShortestId && std::ranges::find(forms, form) == forms.end()) forms.push_back(std::move(form));
  return forms;
}

// Whether what stands before `at`, back to a quote, bracket or space, is the beginning of a URL.
bool in_link(std::string_view body, std::size_t at) {
  const std::size_t lowest = at > kLongestLink ? at - kLongestLink : 0;
  for (std::size_t i = at; i > lowest; --i) {
    const char c = body[i - 1];
    if (c == '/' || c == '?') return true;
    if (std::string_view(" \t\r\n\"'`<>()").find(c) != std::string_view::npos) return false;
  }
  return false;
}

std::string_view place_in_body(const net::HttpResponse& response, const std::string& form) {
  std::string_view place;
  for (std::size_t at = response.body.find(form); at != std::string::npos; at = response.body.find(form, at + form.size())) {
    if (in_link(response.body, at)) return "link";
    place = response.status >= 400 ? "error" : "body";
  }
  return place;
}

std::string_view place_of_header(std::string_view name) {
  const std::string lower = to_lower(name);
  if (lower == "location" || lower == "content-location" || lower == "refresh") return "redirect";
  return lower == "link" ? "link" : "";
}

std::string without(std::string text, const std::string& form) {
  for (std::size_t at = 0; (at = text.find(form, at)) != std::string::npos;) text.replace(at, form.size(), "[id]");
  return printable(text.substr(0, kShownCharacters));
}

}  // namespace

std::vector<Sighting> sightings(const std::vector<Seen>& seen, const std::vector<std::string>& ids) {
  std::vector<Sighting> found;
  for (const std::string& id : ids) {
    for (const std::string& form : forms_of(id)) {
      for (const auto& [request, response] : seen) {
        const auto add = [&](std::string_view place) {
          Sighting sighting{std::string(place), without(request.url, form), response.status};
          if (!place.empty() && std::ranges::find(found, sighting) == found.end()) found.push_back(std::move(sighting));
        };
        if (request.url.find(form) != std::string::npos) add("request_url");
        for (const auto& [name, value] : response.headers)
          if (value.find(form) != std::string::npos) add(place_of_header(name));
        add(place_in_body(response, form));
      }
    }
  }
  return found;
}

}  // namespace lintel::probes::web_session
