#include "flow/tamper.h"

#include <algorithm>

#include "crypto/digest.h"

namespace lintel::flow {

Result<std::string> hmac_hex(std::string_view algorithm, std::string_view key, std::string_view over) {
  const bool hmac = algorithm.starts_with("hmac-");
  const auto digest = hmac ? crypto::digest_named(algorithm.substr(5)) : std::nullopt;
  if (!digest) return fail(ErrorCode::invalid_input, "unknown signature algorithm {}", algorithm);
  return to_hex(TRY(crypto::hmac(*digest, as_bytes(key), as_bytes(over))));
}

std::optional<std::string> with_other_digit(std::string_view text, const std::vector<std::string>& keep) {
  std::vector<bool> kept(text.size());
  for (const std::string& value : keep)
    for (std::size_t at = value.empty() ? std::string_view::npos : text.find(value); at != std::string_view::npos; at = text.find(value, at + 1))
      std::fill_n(kept.begin() + static_cast<std::ptrdiff_t>(at), value.size(), true);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (kept[at] || text[at] < '0' || text[at] > '9') continue;
    std::string other(text);
    other[at] = text[at] == '9' ? '8' : static_cast<char>(text[at] + 1);
    return other;
  }
  return std::nullopt;
}

std::optional<std::string> with_other_value(std::string_view text, std::string_view value) {
  if (value.empty() || text.find(value) == std::string_view::npos) return std::nullopt;
  std::string other(value);
  other.back() = other.back() == '0' ? '1' : '0';
  return replace_all(text, value, other);
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = from.empty() ? std::string_view::npos : text.find(from); found != std::string_view::npos; found = text.find(from, at)) {
    out += text.substr(at, found - at);
    out += to;
    at = found + from.size();
  }
  return out += text.substr(at);
}

std::string follow_change(const std::string& text, std::string_view before, std::string_view after) {
  if (text.empty() || before.size() != after.size()) return text;
  for (std::size_t at = before.find(text); at != std::string_view::npos; at = before.find(text, at + 1))
    if (const std::string_view other = after.substr(at, text.size()); other != text) return std::string(other);
  return text;
}

}  // namespace lintel::flow
