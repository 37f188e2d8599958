// What a picture file is, told from its bytes: PNG, JPEG or SVG. Loaders ask before a picture enters a run, reports ask again before it goes
// into a page: a run file is hostile, and a browser or WeasyPrint unpacks what it is given. Pure, no decoding.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel {

struct Picture {
  std::string_view media_type;  // "image/png", "image/jpeg", "image/svg+xml"
  std::uint32_t width = 0;      // pixels; 0 for SVG, which has none
  std::uint32_t height = 0;
};

constexpr std::size_t kPictureCapBytes = 3 << 20;  // PNG, JPEG
constexpr std::size_t kDrawingCapBytes = 256 << 10;  // SVG
constexpr std::uint64_t kPictureCapPixels = 25'000'000;  // 100 MB when unpacked
constexpr std::uint32_t kPictureCapSide = 10'000;

// Errors: limit (bytes, pixels), invalid_input (neither of the three, cut off; an SVG with a document type, script, or a reference to outside).
Result<Picture> identify_picture(ByteView bytes);

}  // namespace lintel
