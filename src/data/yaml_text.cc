#include "data/yaml_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "data/yaml.h"

namespace lintel::yaml {
namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }

// Offset of the first byte that is not part of valid UTF-8; source.size() when there is none.
std::size_t first_invalid(std::string_view source) {
  if (is_utf8(source)) return source.size();
  std::size_t good = 0, bad = source.size();  // source[0, good) is valid, source[0, bad) is not
  while (bad - good > 1) {
    std::size_t middle = good + (bad - good) / 2;
    while (middle > good && !starts_character(source[middle])) --middle;  // cut between characters
    if (middle == good) break;  // one sequence is left, or only stray continuation bytes
    (is_utf8(source.substr(good, middle - good)) ? good : bad) = middle;
  }
  return good;
}

}  // namespace

Mark Places::at(std::size_t offset) {
  offset = std::min(offset, source_.size());
  if (offset < offset_) {  // back: by characters within the line, else from the start of the line before
    while (offset_ > offset && source_[offset_ - 1] != '\n') column_ -= starts_character(source_[--offset_]) ? 1 : 0;
    if (offset_ > offset) {
      while (offset_ > offset || (offset_ > 0 && source_[offset_ - 1] != '\n')) line_ -= source_[--offset_] == '\n' ? 1 : 0;
      column_ = 1;
    }
  }
  for (; offset_ < offset; ++offset_) {
    if (source_[offset_] == '\n') {
      ++line_;
      column_ = 1;
    } else if (starts_character(source_[offset_])) {
      ++column_;
    }
  }
  return {line_, column_};
}

bool check_text(std::string_view source, const std::string& file, std::vector<Diagnostic>& diagnostics) {
  Places places(source);
  bool good = true;
  const auto refuse = [&](const char* code, Mark mark, std::string message, std::string hint) {
    good = false;
    diagnostics.push_back({code, Severity::error, file, mark, std::move(message), std::move(hint)});
  };
  if (source.size() > kMaxBytes) {
    refuse("E002", {}, fmt::format("the file has {} bytes; {} are the limit", source.size(), kMaxBytes),
           "split it, a profile into parts");
    return false;
  }
  if (source.starts_with("\xEF\xBB\xBF")) {
    refuse("E004", {1, 1}, "the file starts with a byte order mark", "save it as UTF-8 without one");
    return false;
  }
  const std::size_t invalid = first_invalid(source);
  if (invalid < source.size()) {
    refuse("E003", places.at(invalid),
           fmt::format("byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(source[invalid])), "save the file as UTF-8");
    return false;
  }
  bool indenting = true;
  for (std::size_t i = 0; i < source.size() && diagnostics.size() < kMaxDiagnostics; ++i) {
    const auto c = static_cast<unsigned char>(source[i]);
    if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F)
      refuse("E005", places.at(i), fmt::format("control character U+{:04X}", c), "remove it, or write it as an escape in double quotes");
    if (c == '\t' && indenting) {
      refuse("E006", places.at(i), "a tab in the indentation", "indent with spaces");
      indenting = false;  // one message a line
    }
    if (c == '\n')
      indenting = true;
    else if (c != ' ')
      indenting = false;
  }
  return good;
}

}  // namespace lintel::yaml
