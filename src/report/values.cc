#include "report/values.h"

#include <fmt/format.h>

#include "base/text.h"
#include "data/json.h"

namespace lintel::report {
namespace {

// The character at the start of valid UTF-8 text; its length in bytes goes to size.
char32_t first_character(std::string_view text, std::size_t& size) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size == 1) return lead;
  char32_t value = lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) value = (value << 6) | (byte(i) & 0x3Fu);
  return value;
}

// Characters that are not seen but change what is: direction marks, zero-width and other format characters, tags. And those that are none, which
// XML has no place for.
bool deceptive(char32_t c) {
  return c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE007F) || (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

}  // namespace

std::string plain(std::string_view text, std::size_t cap_bytes) {
  // One character of margin: whether the text was cut is decided on what is shown, not on a halved character.
  const std::string safe = printable(text.substr(0, cap_bytes + 4));
  std::string out;
  for (std::size_t at = 0, size = 0; at < safe.size(); at += size) {
    const char32_t c = first_character(std::string_view(safe).substr(at), size);
    const std::string piece = deceptive(c) ? fmt::format("\\u{{{:x}}}", static_cast<unsigned>(c)) : safe.substr(at, size);
    if (out.size() + piece.size() > cap_bytes) return out + "…";
    out += piece;
  }
  return out;
}

std::string one_line(std::string_view text, std::size_t cap_bytes) {
  std::string out;
  bool gap = false;
  for (const char c : plain(text, cap_bytes)) {
    if (c == ' ' || c == '\n' || c == '\t') {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

Json display(const model::Text& text) {
  const std::string zh = plain(text.zh.empty() ? text.en : text.zh);
  const std::string en = plain(text.en.empty() ? text.zh : text.en);
  return Json{{"zh", zh}, {"en", en}, {"two", zh != en}};
}

std::string format_when(WallTime time) {
  if (time == WallTime{}) return "–";
  std::string text = format_time(std::chrono::floor<std::chrono::seconds>(time));  // 2026-11-21T10:00:00Z
  text[10] = ' ';
  text.pop_back();
  return text + " UTC";
}

std::string format_day(WallTime time) { return time == WallTime{} ? "–" : format_time(time).substr(0, 10); }

std::string format_duration(std::chrono::milliseconds time) {
  const auto count = time.count();
  if (count < 0) return "–";
  if (count < 1000) return fmt::format("{} ms", count);
  if (count < 60'000) return fmt::format("{}.{} s", count / 1000, count % 1000 / 100);
  if (count < 3'600'000) return fmt::format("{} min {:02} s", count / 60'000, count % 60'000 / 1000);
  return fmt::format("{} h {:02} min", count / 3'600'000, count % 3'600'000 / 60'000);
}

std::string format_size(std::size_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1024 && unit < 3) value /= 1024, ++unit;
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string format_count(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::size_t first = digits[0] == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3; at -= 3) digits.insert(at - 3, "\u00A0");
  return digits;
}

std::string format_value(const Json& value, std::size_t cap_bytes) {
  if (value.is_string()) return one_line(value.get_ref<const std::string&>(), cap_bytes);
  return one_line(dump_json(value), cap_bytes);
}

}  // namespace lintel::report
