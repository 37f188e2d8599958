// U-Boot's legacy image: 64 bytes of header, big-endian, with a CRC-32 of the header (its own field zero) and one of the data. It has no
// signature. A multi image begins with a list of lengths that a zero ends. Layout: U-Boot, include/image.h.
//   0 magic 27051956 | 4 header crc | 8 time | 12 data size | 16 load | 20 entry | 24 data crc | 28 os | 29 arch | 30 type | 31 compression | 32 name[32]
#include <zlib.h>

#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeader = 64;
constexpr std::uint8_t kMulti = 4;

std::uint32_t crc_of(ByteView bytes) { return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size())); }

std::string_view name_of_type(std::uint8_t type) {
  constexpr std::string_view kNames[] = {"", "standalone", "kernel", "ramdisk", "multi", "firmware", "script", "filesystem", "flat_dt"};
  return type < std::size(kNames) && type > 0 ? kNames[type] : "other";
}
std::string_view name_of_compression(std::uint8_t compression) {
  constexpr std::string_view kNames[] = {"none", "gzip", "bzip2", "lzma", "lzo", "lz4", "zstd"};
  return compression < std::size(kNames) ? kNames[compression] : "other";
}

std::optional<Found> recognise(ByteView from_here) {
  if (from_here.size() < kHeader) return std::nullopt;
  const Header header(from_here.first(kHeader), Endian::big);
  Bytes checked(from_here.begin(), from_here.begin() + kHeader);
  std::fill_n(checked.begin() + 4, 4, std::uint8_t{0});
  if (crc_of(checked) != header.u32(4)) return std::nullopt;  // without it the rest is no more than chance
  const std::uint64_t size = header.u32(12), there = std::min<std::uint64_t>(size, from_here.size() - kHeader);
  Found found{.length = kHeader + there};
  if (there < size) found.problems.push_back(fmt::format("the data is cut off: {} of {} bytes are there", there, size));
  const bool right = there == size && crc_of(from_here.subspan(kHeader, size)) == header.u32(24);
  if (there == size && !right) found.problems.push_back("the check sum of the data is wrong");
  found.header = {{"name", header.text(32, 32)}, {"type", name_of_type(header.u8(30))}, {"compression", name_of_compression(header.u8(31))}, {"time", header.u32(8)},
                  {"crc_right", right}};
  return found;
}

Result<void> open(Opening& opening) {
  const Header header(opening.bytes(), Endian::big);
  const std::uint64_t size = header.size() - kHeader;
  const std::string type = opening.header()["type"];
  if (header.u8(30) != kMulti) {
    opening.piece(type, kHeader, size);
    return {};
  }
  std::vector<std::uint32_t> lengths;
  std::size_t at = kHeader;
  for (; header.u32(at) != 0 && lengths.size() < 64; at += 4) lengths.push_back(header.u32(at));
  at += 4;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    opening.piece(fmt::format("{}", i), at, lengths[i]);
    at += (static_cast<std::size_t>(lengths[i]) + 3) / 4 * 4;
  }
  return {};
}

constexpr Magic kMagic[] = {{"\x27\x05\x19\x56"sv}};

}  // namespace

const Format kUimage{"uimage", kMagic, recognise, open};

}  // namespace lintel::firmware
