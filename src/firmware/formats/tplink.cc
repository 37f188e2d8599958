// TP-Link's headers, of 512 bytes, versions 1 and 2 (also written as 3). Big-endian. They say where kernel and root file system lie, and
// that is often not true: everything behind the header is looked at, and what the header says is compared. The MD5 covers the whole image with
// a salt in its place that everyone knows: it proves nothing about who made it. Layout: OpenWrt's firmware-utils (the format only).
//   1  0 01000000 | 4 vendor[24] | 28 version[36] | 64 hardware | 68 revision | 76 md5[16] | 124 length | 128 kernel at, length | 136 root at, length | 144 loader at, length
//   2  0 02000000 | 4 version[48] | 52 hardware | 56 revision | 64 md5[16] | 112 length | 116 kernel at, length | 124 root at, length | 132 loader at, length | 140 55AA | 144 A5
#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeader = 512;

struct Layout {
  std::size_t md5, hardware, length, kernel, root, loader;
};
constexpr Layout kFirst{76, 64, 124, 128, 136, 144}, kSecond{64, 52, 112, 116, 124, 132};

const Layout& layout_of(ByteView bytes) { return bytes[0] == 1 ? kFirst : kSecond; }

bool md5_right(ByteView image, const Layout& layout) {
  // Of each version without and with a loader.
  constexpr std::string_view kSalts[2][2] = {{"\xDC\xD7\x3A\xA5\xC3\x95\x98\xFB\xDD\xF9\xE7\xF4\x0E\xAE\x47\x38"sv, "\x8C\xEF\x33\x5B\xD5\xC5\xCE\xFA\xA7\x9C\x28\xDA\xB2\xE9\x0F\x42"sv},
                                             {"\xDC\xD7\x3A\xA5\xC3\x95\x98\xFB\xDC\xF9\xE7\xF4\x0E\xAE\x47\x37"sv, "\x8C\xEF\x33\x5F\xD5\xC5\xCE\xFA\xAC\x9C\x28\xDA\xB2\xE9\x0F\x42"sv}};
  Bytes salted(image.begin(), image.end());
  for (const std::string_view salt : kSalts[image[0] == 1 ? 0 : 1]) {
    std::copy(salt.begin(), salt.end(), salted.begin() + static_cast<std::ptrdiff_t>(layout.md5));
    const auto sum = crypto::digest(crypto::DigestAlgorithm::md5, salted);
    if (sum && std::equal(sum->begin(), sum->end(), image.begin() + static_cast<std::ptrdiff_t>(layout.md5))) return true;
  }
  return false;
}

std::optional<Found> recognise(ByteView from_here) {
  if (from_here.size() < kHeader) return std::nullopt;
  const Header header(from_here, Endian::big);
  const std::uint32_t version = header.u32(0);
  if (version != 0x01000000 && version != 0x02000000 && version != 0x03000000) return std::nullopt;
  if (version != 0x01000000 && (header.u16(140) != 0x55AA || header.u8(144) != 0xA5)) return std::nullopt;
  const Layout& layout = layout_of(from_here);
  const std::uint64_t length = header.u32(layout.length), kernel = header.u32(layout.kernel), kernel_size = header.u32(layout.kernel + 4);
  if (length < kHeader || length > 1 << 30 || kernel > length || kernel_size > length) return std::nullopt;
  Found found{.length = std::min<std::uint64_t>(length, from_here.size())};
  const bool right = md5_right(from_here.first(found.length), layout);
  found.header = {{"version", version >> 24}, {"firmware_version", printable(version >> 24 == 1 ? header.text(28, 36) : header.text(4, 48))}, {"hardware", fmt::format("{:08X}", header.u32(layout.hardware))},
                  {"md5_right", right}, {"kernel", {{"offset", kernel}, {"length", kernel_size}}}, {"root", {{"offset", header.u32(layout.root)}, {"length", header.u32(layout.root + 4)}}}};
  if (version >> 24 == 1) found.header["vendor"] = printable(header.text(4, 24));
  if (!right) found.problems.push_back("the MD5 is not that of these bytes");
  return found;
}

bool begins_something(ByteView bytes) {
  for (const Format* format : formats())
    for (const Magic& magic : format->magics)
      if (bytes.size() >= magic.offset + magic.bytes.size() && as_text(bytes.subspan(magic.offset, magic.bytes.size())) == magic.bytes && format->recognise(bytes)) return true;
  return false;
}

Result<void> open(Opening& opening) {
  const Header header(opening.bytes(), Endian::big);
  const Layout& layout = layout_of(opening.bytes());
  const std::uint64_t root = header.u32(layout.root), root_size = header.u32(layout.root + 4);
  if (root_size > 0 && (root >= header.size() || !begins_something(opening.bytes().subspan(root)))) opening.problem(fmt::format("the header says that the root file system lies at {}: nothing known begins there", root));
  opening.piece("", kHeader, header.size() - kHeader);
  return {};
}

constexpr Magic kMagic[] = {{"TP-LINK "sv, 4}, {"TP-Link "sv, 4}, {"OpenWrt\0"sv, 4}, {"\x55\xAA"sv, 140}};

}  // namespace

const Format kTplink{"tp-link", kMagic, recognise, open};

}  // namespace lintel::firmware
