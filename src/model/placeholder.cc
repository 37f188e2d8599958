#include "model/placeholder.h"

#include "base/text.h"

namespace lintel::model {
namespace {

bool starts_name(char c) { return c >= 'a' && c <= 'z'; }
bool goes_on(char c) { return starts_name(c) || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

std::vector<Placeholder> placeholders(std::string_view text) {
  std::vector<Placeholder> found;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    std::size_t end = at + 1;
    if (end >= text.size() || !starts_name(text[end])) continue;
    while (end < text.size() && goes_on(text[end])) ++end;
    if (end >= text.size() || text[end] != '}') continue;
    found.push_back({std::string(text.substr(at + 1, end - at - 1)), at, end + 1});
    at = end;
  }
  return found;
}

std::span<const std::string_view> built_in_names() {
  static constexpr std::string_view kNames[] = {"now", "now_iso", "random", "digits", "nonce"};
  return kNames;
}

std::span<const std::string_view> signature_names() {
  static constexpr std::string_view kNames[] = {"method", "path", "body"};
  return kNames;
}

bool sounds_secret(std::string_view name) {
  const std::string lower = to_lower(name);
  for (const char* part : {"pass", "pwd", "secret", "token", "api-key", "apikey", "authorization", "cookie", "credential", "otp", "csrf", "session"})
    if (lower.find(part) != std::string::npos) return true;
  for (const std::string word : {"key", "pin", "sid", "code"})
    if (lower == word || lower.ends_with("_" + word) || lower.ends_with("-" + word)) return true;
  return false;
}

}  // namespace lintel::model
