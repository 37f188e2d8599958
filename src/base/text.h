// Small text helpers without a locale.
#pragma once
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lintel {

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
// Nothing to see: empty, or spaces and line breaks only, those of Chinese typography included.
bool is_blank(std::string_view text);
std::string to_lower(std::string_view text);  // ASCII only
bool is_utf8(std::string_view text);
// Text that any sink may print: invalid UTF-8 and control characters (but not \n, \t) become U+FFFD.
std::string printable(std::string_view text);
// The candidate nearest to a mistyped name, if one is near enough to be worth a hint.
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> candidates);

// All of text as a decimal number without sign; nullopt on anything else, overflow included.
template <class Integer>
std::optional<Integer> parse_unsigned(std::string_view text) {
  Integer value{};
  if (text.empty() || text.front() == '-' || text.front() == '+') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace lintel
