#include "report/columns.h"

#include <cstdint>

namespace lintel::report {
namespace {

struct Glyph {
  std::string_view bytes;
  std::size_t width = 1;
};

// Unicode East Asian Width W and F, in the blocks that occur in practice (UAX #11), emoji included.
bool wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0x303E) || (c >= 0x3041 && c <= 0x33FF) ||
         (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xA000 && c <= 0xA4CF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE4F) ||
         (c >= 0xFF00 && c <= 0xFF60) || (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) ||
         (c >= 0x1F900 && c <= 0x1F9FF) || (c >= 0x20000 && c <= 0x3FFFD);
}

bool combining(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x20D0 && c <= 0x20FF) ||
         (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFE20 && c <= 0xFE2F);
}

Glyph next(std::string_view text) {
  const unsigned lead = static_cast<unsigned char>(text[0]);
  std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size > text.size()) size = text.size();
  char32_t c = size == 1 ? lead : lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) c = (c << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  return {text.substr(0, size), combining(c) ? 0u : wide(c) ? 2u : 1u};
}

// What must not stand at the end or at the beginning of a line of Chinese.
bool opens(std::string_view glyph) { return !glyph.empty() && std::string_view("（【《「『“‘([{").find(glyph) != std::string_view::npos; }
bool closes(std::string_view glyph) { return std::string_view("、。，：；！？）】》」』”’…)]},.:;!?%").find(glyph) != std::string_view::npos; }

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Glyph glyph = next(text);
    width += glyph.width;
    text.remove_prefix(glyph.bytes.size());
  }
  return width;
}

std::string cut(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const Glyph glyph = next(text);
    if (used + glyph.width > width - 1) break;
    out += glyph.bytes;
    used += glyph.width;
    text.remove_prefix(glyph.bytes.size());
  }
  return out + "…";
}

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(used < width ? width - used : 0, ' ') + std::string(text);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t used = 0;
  std::size_t break_at = 0;  // byte in line where it may be broken; 0: nowhere
  Glyph before;
  const auto flush = [&](std::size_t end) {
    std::string rest = line.substr(end);
    line.resize(end);
    while (!line.empty() && line.back() == ' ') line.pop_back();
    lines.push_back(std::move(line));
    rest.erase(0, rest.find_first_not_of(' ') == std::string::npos ? rest.size() : rest.find_first_not_of(' '));
    line = std::move(rest);
    used = columns(line);
    break_at = 0;
  };
  while (!text.empty()) {
    const Glyph glyph = next(text);
    text.remove_prefix(glyph.bytes.size());
    if (glyph.bytes == "\n") {
      flush(line.size());
      continue;
    }
    if (glyph.bytes == " " && line.empty()) continue;
    const bool between = (before.width == 2 || glyph.width == 2) && !closes(glyph.bytes) && !opens(before.bytes);
    if (before.bytes == " " || between) break_at = line.size();
    if (used + glyph.width > width && glyph.bytes != " " && !line.empty()) flush(break_at > 0 ? break_at : line.size());
    line += glyph.bytes;
    used += glyph.width;
    before = glyph;
  }
  if (!line.empty() || lines.empty()) flush(line.size());
  return lines;
}

}  // namespace lintel::report
