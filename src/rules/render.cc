// Values as text for reports and as JSON for the trace (value.h), cut to a length that people read.
#include <fmt/format.h>

#include "base/text.h"
#include "data/json.h"
#include "rules/value.h"

namespace lintel::rules {
namespace {

constexpr std::size_t kShownElements = 10, kShownCharacters = 120;
constexpr std::size_t kTraceElements = 20, kTraceCharacters = 500;
constexpr int kTraceValues = 24;  // in all: nested lists would else make 20 of 20 of 20 values, once for each result
constexpr int kShownDepth = 4;

// The first `count` characters.
std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end)
    if ((static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U && count-- == 0) break;
  return text.substr(0, end);
}

std::string cut_text(std::string_view text, std::size_t limit, const char* tail) {
  const std::string_view shown = first_characters(text, limit);
  std::string out = printable(shown);
  if (shown.size() < text.size())
    out += fmt::format(fmt::runtime(tail), with_separators(character_count(text.substr(shown.size()))));
  return out;
}

std::string quoted(std::string_view text, const char* tail) {
  std::string out = "\"";
  for (const char c : cut_text(text, kShownCharacters, tail)) {
    if (c == '\n' || c == '\t') {
      out += c == '\n' ? "\\n" : "\\t";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

struct Tails {
  const char* elements;
  const char* characters;
  const char* unknown;
};
constexpr Tails kChinese{"…另有 {} 项", "…（另有 {} 个字符）", "未知"};
constexpr Tails kEnglish{"… and {} more", "… ({} more characters)", "unknown"};

std::string render_in(const Value& value, const Tails& tails, int depth) {
  switch (value.kind) {
    case ValueKind::unknown:
      return tails.unknown;
    case ValueKind::boolean:
      return value.boolean ? "true" : "false";
    case ValueKind::integer:
      return std::to_string(value.integer);
    case ValueKind::number:
      return fmt::format("{}", value.number);
    case ValueKind::text:
      return quoted(value.text, tails.characters);
    case ValueKind::list:
    case ValueKind::object:
      break;
  }
  const bool list = value.kind == ValueKind::list;
  const std::size_t size = list ? list_size(value) : value.json->size();
  std::string out = list ? "[" : "{";
  if (depth >= kShownDepth && size > 0) return out + "…" + (list ? "]" : "}");
  Arena arena;
  auto it = list ? Json::const_iterator{} : value.json->begin();
  for (std::size_t i = 0; i < size; ++i) {
    if (i > 0) out += ", ";
    if (i == kShownElements) {
      out += fmt::format(fmt::runtime(tails.elements), with_separators(size - i));
      break;
    }
    if (list) {
      out += render_in(element_of(value, i, arena), tails, depth + 1);
    } else {
      out += printable(first_characters(it.key(), kShownCharacters)) + ": " +
             render_in(from_json(it.value(), nullptr, nullptr), tails, depth + 1);
      ++it;
    }
  }
  return out + (list ? "]" : "}");
}

// left: values that may still be told; lists and maps end where it is used up.
Json cut_json(const Value& value, int depth, int& left) {
  --left;
  switch (value.kind) {
    case ValueKind::unknown:
      return nullptr;
    case ValueKind::boolean:
      return value.boolean;
    case ValueKind::integer:
      return value.integer;
    case ValueKind::number:
      return value.number;
    case ValueKind::text:
      return cut_text(value.text, kTraceCharacters, kEnglish.characters);
    case ValueKind::list:
    case ValueKind::object:
      break;
  }
  if (depth >= kShownDepth) return "…";
  if (value.kind == ValueKind::list) {
    Json out = Json::array();
    Arena arena;
    const std::size_t size = list_size(value);
    while (out.size() < size && out.size() < kTraceElements && left > 0)
      out.push_back(cut_json(element_of(value, out.size(), arena), depth + 1, left));
    if (size > out.size())
      out.push_back(fmt::format(fmt::runtime(kEnglish.elements), with_separators(size - out.size())));
    return out;
  }
  Json out = Json::object();
  for (const auto& [key, inner] : value.json->items()) {
    if (out.size() == kTraceElements || left <= 0) {
      out["…"] = fmt::format(fmt::runtime(kEnglish.elements), with_separators(value.json->size() - out.size()));
      break;
    }
    out[cut_text(key, kShownCharacters, kEnglish.characters)] =
        cut_json(from_json(inner, nullptr, nullptr), depth + 1, left);
  }
  return out;
}

}  // namespace

std::string with_separators(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

Json to_json(const Value& value) {
  int left = kTraceValues;
  return cut_json(value, 0, left);
}

model::Text render(const Value& value) {
  return {render_in(value, kChinese, 0), render_in(value, kEnglish, 0)};
}

}  // namespace lintel::rules
