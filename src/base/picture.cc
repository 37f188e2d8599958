#include "base/picture.h"

#include "base/text.h"

namespace lintel {
namespace {

Result<Picture> sized(std::string_view media_type, std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0) return fail(ErrorCode::invalid_input, "the picture is empty or cut off");
  if (width > kPictureCapSide || height > kPictureCapSide || std::uint64_t{width} * height > kPictureCapPixels)
    return fail(ErrorCode::limit, "the picture has {} x {} pixels; at most {} on a side and {} in all", width, height, kPictureCapSide, kPictureCapPixels);
  return Picture{media_type, width, height};
}

// After the signature comes the chunk IHDR: length, name, width, height. The last twelve bytes are the empty chunk IEND.
Result<Picture> png(ByteView bytes) {
  Cursor cursor(bytes.subspan(8));
  const std::uint32_t length = cursor.u32();
  const bool header = as_text(cursor.take(4)) == "IHDR" && length == 13;
  const std::uint32_t width = cursor.u32(), height = cursor.u32();
  if (!header || cursor.failed() || as_text(bytes.subspan(bytes.size() - 8, 4)) != "IEND")
    return fail(ErrorCode::invalid_input, "the PNG is damaged or cut off");
  return sized("image/png", width, height);
}

// Segments: FF, marker, length with itself, content. The frame header (C0 to CF, but C4, C8, CC) has precision, height, width.
Result<Picture> jpeg(ByteView bytes) {
  Cursor cursor(bytes.subspan(2));
  while (!cursor.failed() && cursor.remaining() > 0) {
    if (cursor.u8() != 0xFF) break;
    std::uint8_t marker = cursor.u8();
    while (marker == 0xFF) marker = cursor.u8();
    if (marker == 0xD9 || marker == 0xDA) break;  // the end, or the scan: no frame header came before
    const std::uint16_t length = cursor.u16();
    if (length < 2) break;
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
      cursor.u8();
      const std::uint32_t height = cursor.u16(), width = cursor.u16();
      if (cursor.failed()) break;
      return sized("image/jpeg", width, height);
    }
    cursor.take(length - 2u);
  }
  return fail(ErrorCode::invalid_input, "the JPEG is damaged or cut off");
}

// A page shows it by <img>, where browsers run no script and load nothing; what would try is refused all the same.
Result<Picture> svg(ByteView bytes) {
  if (bytes.size() > kDrawingCapBytes) return fail(ErrorCode::limit, "the SVG has {} bytes; the cap is {}", bytes.size(), kDrawingCapBytes);
  const std::string_view text = as_text(bytes);
  if (!is_utf8(text)) return fail(ErrorCode::invalid_input, "the SVG is not UTF-8");
  std::string low;
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') low += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const std::string_view word : {"<!doctype", "<!entity", "<script", "<foreignobject", "<use", "@import", "<?xml-stylesheet"})
    if (low.find(word) != std::string::npos) return fail(ErrorCode::invalid_input, "the SVG has `{}`, which reports don't show; export it as plain shapes, or as PNG", word);
  // A reference stays inside: href="#..." and url(#...).
  for (const std::string_view word : {"href=", "url("})
    for (std::size_t at = low.find(word); at != std::string::npos; at = low.find(word, at + 1)) {
      std::size_t begin = at + word.size();
      while (begin < low.size() && (low[begin] == '"' || low[begin] == '\'')) ++begin;
      if (begin >= low.size() || low[begin] != '#') return fail(ErrorCode::invalid_input, "the SVG refers to something outside of it");
    }
  return Picture{"image/svg+xml", 0, 0};
}

}  // namespace

Result<Picture> identify_picture(ByteView bytes) {
  if (bytes.size() > kPictureCapBytes) return fail(ErrorCode::limit, "the picture has {} bytes; the cap is {}", bytes.size(), kPictureCapBytes);
  const std::string_view text = as_text(bytes);
  constexpr std::string_view kPng("\x89PNG\r\n\x1a\n", 8);
  if (bytes.size() > 33 && text.starts_with(kPng)) return png(bytes);
  if (text.starts_with("\xFF\xD8\xFF")) return jpeg(bytes);
  std::string_view rest = trim(text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text);
  if (rest.starts_with("<?xml ")) rest = trim(rest.substr(std::min(rest.size(), rest.find("?>") == std::string_view::npos ? rest.size() : rest.find("?>") + 2)));
  while (rest.starts_with("<!--") && rest.find("-->") != std::string_view::npos) rest = trim(rest.substr(rest.find("-->") + 3));
  if (rest.starts_with("<svg") && rest.ends_with("</svg>")) return svg(bytes);
  return fail(ErrorCode::invalid_input, "it is no PNG, JPEG or SVG");
}

}  // namespace lintel
