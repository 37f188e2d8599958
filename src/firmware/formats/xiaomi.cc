// HDR1 and HDR2, of Xiaomi's routers: files that go to places of the flash or have names, and an RSA signature behind them. Little-endian; the
// CRC-32 has no last inversion and covers everything behind itself.
//   HDR1  4 place of the signature | 8 crc | 14 device u16 | 16 places of eight files
//   HDR2  4 place of the signature | 8 crc | 16 device u64 | 24 region u64 | 48 places of eight files
//   file  0 magic 0000BABE | 4 place in the flash | 8 size | 12 type u16 | 16 name[32] | 48 data           signature  0 size | 16 the signature
#include <algorithm>

#include "base/text.h"
#include "firmware/formats/check_sums.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kFiles = 8, kFileHeader = 48, kSignatureHeader = 16;
constexpr std::uint32_t kLargestSignature = 1024;

std::size_t places_at(ByteView bytes) { return bytes[3] == '1' ? 16 : 48; }

std::optional<Found> recognise(ByteView from_here) {
  const Header header(from_here, Endian::little);
  const std::size_t places = places_at(from_here);
  const std::uint64_t signature = header.u32(4), first = header.u32(places);
  if (header.size() < places + 4 * kFiles || signature < places + 4 * kFiles || first < places + 4 * kFiles || (header.size() >= first + 4 && header.u32(first) != 0xBABE)) return std::nullopt;
  const std::uint64_t size = signature + kSignatureHeader <= header.size() ? header.u32(signature) : 0;
  if (size > kLargestSignature) return std::nullopt;
  const std::uint64_t whole = signature + kSignatureHeader + size;
  Found found{.length = std::min<std::uint64_t>(whole, from_here.size()), .header = {{"version", places == 16 ? 1 : 2}, {"device", places == 16 ? header.u16(14) : header.u64(16)}}};
  if (whole > from_here.size()) {
    found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), whole));
    return found;
  }
  found.header["signature"] = {{"scheme", "RSA"}, {"offset", signature + kSignatureHeader}, {"length", size}};
  const bool right = static_cast<std::uint32_t>(~crc32_of(from_here.subspan(12, whole - 12))) == header.u32(8);
  found.header["crc_right"] = right;
  if (!right) found.problems.push_back("the check sum is wrong");
  return found;
}

Result<void> open(Opening& opening) {
  const Header header(opening.bytes(), Endian::little);
  const std::size_t places = places_at(opening.bytes());
  std::uint64_t done = 0;
  for (std::size_t i = 0; i < kFiles; ++i) {
    const std::uint64_t at = header.u32(places + 4 * i);
    if (at == 0) continue;
    if (at < done || at + kFileHeader > header.size() || header.u32(at) != 0xBABE) {
      opening.problem(fmt::format("there is no file {} at {}", i, at));
      continue;
    }
    const std::string name = printable(header.text(at + 16, 32));
    opening.header()["files"].push_back({{"name", name}, {"flash_offset", header.u32(at + 4)}, {"bytes", header.u32(at + 8)}});
    opening.piece(name, at + kFileHeader, header.u32(at + 8));
    done = at + kFileHeader + header.u32(at + 8);
  }
  return {};
}

constexpr Magic kMagic[] = {{"HDR1"sv}, {"HDR2"sv}};

}  // namespace

const Format kXiaomi{"xiaomi", kMagic, recognise, open};

}  // namespace lintel::firmware
