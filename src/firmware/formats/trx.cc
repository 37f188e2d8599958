// TRX, of routers with Broadcom's loader and of many after them: a header and up to four pieces. Little-endian; the CRC-32 has no last
// inversion and covers everything behind itself. Layout: OpenWrt's firmware-utils (the format only).
//   0 "HDR0" | 4 length | 8 crc | 12 flags u16 | 14 version u16 | 16 places of three pieces, in version 2 of four
#include <algorithm>
#include <vector>

#include "firmware/formats/check_sums.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

std::size_t header_size(std::uint16_t version) { return version == 2 ? 32 : 28; }

std::optional<Found> recognise(ByteView from_here) {
  const Header header(from_here, Endian::little);
  const std::uint64_t length = header.u32(4);
  const std::uint16_t version = header.u16(14);
  if (version < 1 || version > 2 || header.size() < header_size(version) || length < header_size(version)) return std::nullopt;
  std::uint32_t before = 0;
  for (std::size_t at = 16; at < header_size(version); at += 4) {
    const std::uint32_t place = header.u32(at);
    if (place == 0) continue;
    if (place < header_size(version) || place <= before || place >= length) return std::nullopt;
    before = place;
  }
  if (before == 0) return std::nullopt;
  Found found{.length = std::min<std::uint64_t>(length, from_here.size()), .header = {{"version", version}}};
  const bool right = length <= from_here.size() && static_cast<std::uint32_t>(~crc32_of(from_here.subspan(12, length - 12))) == header.u32(8);
  found.header["crc_right"] = right;
  if (length > from_here.size())
    found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), length));
  else if (!right)
    found.problems.push_back("the check sum is wrong");
  return found;
}

Result<void> open(Opening& opening) {
  const Header header(opening.bytes(), Endian::little);
  std::vector<std::uint32_t> places;
  for (std::size_t at = 16; at < header_size(header.u16(14)); at += 4)
    if (header.u32(at) != 0) places.push_back(header.u32(at));
  const std::uint64_t end = std::max<std::uint64_t>(header.u32(4), places.back());
  for (std::size_t i = 0; i < places.size(); ++i) opening.piece(fmt::format("{}", i), places[i], (i + 1 < places.size() ? places[i + 1] : end) - places[i]);
  return {};
}

constexpr Magic kMagic[] = {{"HDR0"sv}};

}  // namespace

const Format kTrx{"trx", kMagic, recognise, open};

}  // namespace lintel::firmware
