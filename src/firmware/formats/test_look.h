// For the tests of formats: an image made in the test is read with every format, and numbers are written as the formats have them.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "firmware/formats/check_sums.h"
#include "firmware/formats/formats.h"
#include "firmware/image/open.h"

namespace lintel::firmware {

struct Seen {
  Image image;
  std::string files;  // "path=content" or "path->target", one a line
  std::set<std::string> hit;
};

inline Seen look(std::string_view text, Caps caps = {}) {
  Cancel cancel;
  Budget budget(caps, text.size(), Deadline::never(), cancel);
  Seen seen;
  seen.image = open_image(as_bytes(text), formats(), budget, [&](const Image&, const File& file, ByteView content) { seen.files += fmt::format("{}={}\n", file.path, as_text(content)); });
  for (const File& file : seen.image.files)
    if (file.kind == FileKind::symlink) seen.files += fmt::format("{}->{}\n", file.path, file.target);
  seen.hit = budget.hit();
  return seen;
}

// Cut at every 1/64th, and with every 1/64th byte turned over: nothing but that it ends, and that the four shares are the whole.
inline void harm(const std::string& whole) {
  const auto sound = [](const Image& image) {
    const Coverage& share = image.coverage;
    return share.parsed + share.padding + share.high_entropy + share.low_entropy <= share.bytes + 4;
  };
  for (std::size_t part = 0; part < 64; ++part) {
    CHECK(sound(look(std::string_view(whole).substr(0, whole.size() * part / 64)).image));
    std::string turned = whole;
    turned[whole.size() * part / 64] = static_cast<char>(~turned[whole.size() * part / 64]);
    CHECK(sound(look(turned).image));
  }
}

inline std::string padded(std::string text, std::size_t to, char with = '\0') {
  text.resize((text.size() + to - 1) / to * to, with);
  return text;
}
inline std::string big(std::uint64_t value, std::size_t size) {
  Bytes bytes;
  append_number(bytes, value, size);
  return std::string(as_text(bytes));
}
inline std::string little(std::uint64_t value, std::size_t size) {
  std::string text = big(value, size);
  std::reverse(text.begin(), text.end());
  return text;
}
inline std::string be16(std::uint16_t value) { return big(value, 2); }
inline std::string be32(std::uint32_t value) { return big(value, 4); }
inline std::string le16(std::uint16_t value) { return little(value, 2); }
inline std::string le32(std::uint32_t value) { return little(value, 4); }
inline std::string le64(std::uint64_t value) { return little(value, 8); }
inline void put(std::string& into, std::size_t at, std::string_view text) {
  if (into.size() < at + text.size()) into.resize(at + text.size(), '\0');
  into.replace(at, text.size(), text);
}

inline std::string cpio(std::string_view name, std::string_view content, unsigned mode = 0100644, std::string_view magic = "070701", unsigned sum = 0) {
  std::string entry = fmt::format("{}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{}", magic, 1, mode, 0, 5, 1, 1700000000, content.size(), 0, 0, 0, 0, name.size() + 1, sum, name);
  return padded(padded(entry + '\0', 4) + std::string(content), 4);
}
inline const std::string kCpioEnd = cpio("TRAILER!!!", "", 0);
// What a container holds in these tests: one file "a" with the content "AB".
inline const std::string kInside = cpio("a", "AB") + kCpioEnd;

}  // namespace lintel::firmware
