#include "report/messages.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "data/json.h"
#include "report/words.h"

namespace lintel::report {
namespace {

constexpr std::size_t kLongest = 8000;  // bytes; a longer message stays as it is
constexpr int kDepth = 6;
constexpr std::size_t kMostTries = 300;  // of all templates that begin with a place, for one message: devices may have written it
constexpr std::size_t kBytesPerTry = 256;  // in a longer text each costs more
constexpr std::size_t kTellingLiteral = 9;  // "{} as {}: {}" fits much that is none of ours: one of its parts has to be known
constexpr std::size_t kLeastLiteral = 3;  // "{}: {}" says nothing about what it was made of

// A format string: literal text around the places; the Chinese may take the places in another order.
struct Pattern {
  std::vector<std::string> pieces = {""};  // one more than places
  std::vector<std::size_t> places;
};

Pattern parse(std::string_view text) {
  Pattern pattern;
  // Only a format string doubles its braces.
  const bool format = text.find("{{") != std::string_view::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t close = text.find('}', i);
    const std::string_view inside = text[i] == '{' && close != std::string_view::npos ? text.substr(i + 1, close - i - 1) : "?";
    const auto index = parse_unsigned<std::size_t>(inside);
    if (format && (text.substr(i, 2) == "{{" || text.substr(i, 2) == "}}")) {
      pattern.pieces.back() += text[i++];
    } else if (text[i] == '{' && (inside.empty() || inside.front() == ':' || index)) {
      pattern.places.push_back(index.value_or(pattern.places.size()));
      pattern.pieces.emplace_back();
      i = close;
    } else {
      pattern.pieces.back() += text[i];
    }
  }
  return pattern;
}

// What stands in the places when the text was made of the pattern.
std::optional<std::vector<std::string_view>> match(const Pattern& pattern, std::string_view text) {
  const std::string& last = pattern.pieces.back();
  if (!text.starts_with(pattern.pieces.front())) return std::nullopt;
  if (pattern.places.empty()) return text.size() == last.size() ? std::optional(std::vector<std::string_view>()) : std::nullopt;
  std::size_t at = pattern.pieces.front().size();
  if (text.size() < at + last.size() || !text.ends_with(last)) return std::nullopt;
  const std::size_t end = text.size() - last.size();
  std::vector<std::string_view> found;
  for (std::size_t i = 1; i < pattern.places.size(); ++i) {
    const std::size_t next = text.substr(0, end).find(pattern.pieces[i], at);
    if (next == std::string_view::npos) return std::nullopt;
    found.push_back(text.substr(at, next - at));
    at = next + pattern.pieces[i].size();
  }
  found.push_back(text.substr(at, end - at));
  // A name in backticks holds none.
  for (std::size_t i = 0; i < found.size(); ++i)
    if (pattern.pieces[i].ends_with('`') && pattern.pieces[i + 1].starts_with('`') && found[i].find('`') != std::string_view::npos) return std::nullopt;
  return found;
}

struct Entry {
  Pattern english, chinese;
  std::size_t literal = 0;  // bytes
};

// By the first byte; 0: those that begin with a place. In each the template that says most comes first: "{} can't be {}" also fits what a longer
// one was made of.
using Table = std::array<std::vector<Entry>, 256>;

unsigned char first_byte(std::string_view text) { return text.empty() ? '\0' : static_cast<unsigned char>(text.front()); }

const Table& table() {
  static const Table entries = [] {
    Table made;
    const auto text = embedded("messages.json");
    const auto json = text ? parse_json(*text) : Result<Json>(Json::object());
    if (!json) return made;
    for (const auto& [part, messages] : json->items())
      for (const auto& [english, chinese] : messages.items()) {
        Entry entry{parse(english), parse(chinese.is_string() ? chinese.get<std::string>() : std::string()), 0};
        for (const std::string& piece : entry.english.pieces) entry.literal += piece.size();
        const bool fits = std::ranges::all_of(entry.chinese.places, [&](std::size_t place) { return place < entry.english.places.size(); });
        if (fits && (entry.literal >= kLeastLiteral || entry.english.places.empty())) made[first_byte(entry.english.pieces.front())].push_back(std::move(entry));
      }
    for (auto& bucket : made) std::ranges::stable_sort(bucket, std::greater<>(), &Entry::literal);
    return made;
  }();
  return entries;
}

std::optional<std::string> translate(std::string_view text, int depth, std::size_t& tries);

std::string translate_or_keep(std::string_view text, int depth, std::size_t& tries) { return translate(text, depth, tries).value_or(std::string(text)); }

// Templates leave a space beside a place, for names and numbers; Chinese beside Chinese has none.
void append_chinese(std::string& text, std::string_view more) {
  const auto is_chinese = [](char byte) { return static_cast<unsigned char>(byte) >= 0xE3; };
  const auto begins = [&](std::string_view part) { return !part.empty() && is_chinese(part.front()); };
  const auto ends = [&](std::string_view part) { return part.size() >= 3 && is_chinese(part[part.size() - 3]); };
  if (ends(text) && more.starts_with(' ') && begins(more.substr(1))) more.remove_prefix(1);
  if (text.ends_with(' ') && ends(std::string_view(text).substr(0, text.size() - 1)) && begins(more)) text.pop_back();
  text += more;
}

std::optional<std::string> from_entry(const Entry& entry, std::string_view text, int depth, std::size_t& tries) {
  const auto found = match(entry.english, text);
  if (!found) return std::nullopt;
  const auto known = [&](std::string_view part) { return translate(part, depth - 1, tries).has_value(); };
  if (entry.english.pieces.front().empty() && entry.literal < kTellingLiteral && std::ranges::none_of(*found, known)) return std::nullopt;
  std::string chinese = entry.chinese.pieces.front();
  for (std::size_t i = 0; i < entry.chinese.places.size(); ++i) {
    const std::string_view filled = (*found)[entry.chinese.places[i]];
    const bool quoted = chinese.ends_with('`') || chinese.ends_with('\'') || chinese.ends_with("“");  // a name or a device's words, even where they look like ours
    const auto part = quoted ? std::nullopt : translate(filled, depth - 1, tries);
    const std::string& after = entry.chinese.pieces[i + 1];
    if (part) append_chinese(chinese, *part), append_chinese(chinese, after);
    else chinese += std::string(filled) + after;
  }
  return chinese;
}

std::optional<std::string> by_words(std::string_view text, int depth, std::size_t& tries) {
  for (const Entry& entry : table()[first_byte(text)])
    if (auto chinese = from_entry(entry, text, depth, tries)) return chinese;
  return std::nullopt;
}

// Those that begin with words go first, lest a place swallow what was put in front ("at character 3: ").
std::optional<std::string> by_template(std::string_view text, int depth, std::size_t& tries) {
  if (auto chinese = by_words(text, depth, tries)) return chinese;
  tries -= std::min(tries, 1 + text.size() / kBytesPerTry);
  for (const Entry& entry : table()[0])
    if (auto chinese = from_entry(entry, text, depth, tries)) return chinese;
  return std::nullopt;
}

// "context: message", "message; what to do".
std::optional<std::string> by_parts(std::string_view text, int depth, std::size_t& tries) {
  for (std::size_t i = 1; i < text.size() && tries > 0; ++i) {
    if (text[i] == ':' && text.substr(i, 2) == ": ") {
      if (const auto rest = translate(text.substr(i + 2), depth - 1, tries)) return translate_or_keep(text.substr(0, i), depth - 1, tries) + "：" + *rest;
    } else if (text[i] == ';' || text[i] == ',') {
      if (const auto rest = by_words(text.substr(i), depth - 1, tries)) return translate_or_keep(text.substr(0, i), depth - 1, tries) + *rest;
    }
  }
  return std::nullopt;
}

std::optional<std::string> translate(std::string_view text, int depth, std::size_t& tries) {
  if (depth == 0 || text.empty() || tries == 0) return std::nullopt;
  if (auto whole = by_template(text, depth, tries)) return whole;
  return by_parts(text, depth, tries);
}

}  // namespace

std::string in_chinese(const std::string& message) {
  std::size_t tries = kMostTries;
  return message.size() > kLongest ? message : translate_or_keep(message, kDepth, tries);
}

model::Text in_both(const std::string& message) { return {in_chinese(message), message}; }

}  // namespace lintel::report
