#include "random/tokens/sample.h"

#include <utility>

#include "base/bytes.h"
#include "base/text.h"

namespace lintel::random::tokens {
namespace {

bool compressed(std::string_view text) { return text.starts_with("\x1f\x8b") || text.starts_with("\xfd" "7zXZ") || text.starts_with("\x28\xb5\x2f\xfd") || text.starts_with("BZh"); }

// The time before a tab; nullopt when the line has none.
std::optional<std::int64_t> time_before(std::string_view line) {
  const std::size_t tab = line.find('\t');
  return tab == std::string_view::npos ? std::nullopt : parse_unsigned<std::int64_t>(trim(line.substr(0, tab)));
}

}  // namespace

Result<std::vector<Issued>> parse_sample(std::string_view text) {
  if (compressed(text)) return fail(ErrorCode::invalid_input, "the file is compressed; unpack it first");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<Issued> ids;
  std::optional<bool> timed;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trim(line).empty() && line.find('\0') == std::string_view::npos) continue;
    if (line.find('\0') != std::string_view::npos) return fail(ErrorCode::invalid_input, "line {}: a NUL byte; identifiers are text, write bytes in hexadecimal", number);
    if (line.size() > kMostIdBytes + 32) return fail(ErrorCode::limit, "line {}: {} bytes; an identifier may have {}", number, line.size(), kMostIdBytes);
    if (!is_utf8(line)) return fail(ErrorCode::invalid_input, "line {}: bytes that are no UTF-8; identifiers are text, write bytes in hexadecimal", number);
    const auto time = time_before(line);
    if (!timed) timed = time.has_value();
    if (*timed != time.has_value())
      return time ? fail(ErrorCode::invalid_input, "line {}: a time before the identifier, unlike the first line", number)
                  : fail(ErrorCode::invalid_input, "line {}: no time before the identifier, unlike the first line", number);
    std::string_view value = *timed ? line.substr(line.find('\t') + 1) : line;
    value = trim(value);
    if (value.empty()) return fail(ErrorCode::invalid_input, "line {}: a time without an identifier", number);
    if (value.size() > kMostIdBytes) return fail(ErrorCode::limit, "line {}: {} bytes; an identifier may have {}", number, value.size(), kMostIdBytes);
    if (value.starts_with("sha256:"))
      return fail(ErrorCode::invalid_input, "line {}: a digest, as a run keeps them; only the identifiers themselves can be judged", number);
    if (ids.size() == kMostIds) return fail(ErrorCode::limit, "line {}: more than {} identifiers", number, kMostIds);
    ids.push_back({std::string(value), time});
  }
  if (ids.empty()) return fail(ErrorCode::invalid_input, "no identifier in the file: it takes one a line, or `unix_us TAB id`");
  return ids;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = text.size() - i >= 3 ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (!byte) return std::string(text);
    decoded += static_cast<char>(byte->front());
    i += 2;
  }
  return decoded;
}

}  // namespace lintel::random::tokens
