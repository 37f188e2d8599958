// MCUboot's images: a header, the program, and rows of type, length and value with digest and signatures; those in the protected area are
// covered by both. Little-endian. Layout: MCUboot's docs/design.md.
//   0 magic 96F3B83D | 4 load | 8 header size u16 | 10 protected rows u16 | 12 program size | 16 flags | 20 version: major, minor, revision u16, build u32
//   area  0 magic u16: 6908 protected, 6907 not | 2 size u16 with these four | rows: 0 type u16 | 2 length u16 | 4 value
#include <algorithm>

#include "base/text.h"
#include "firmware/formats/digests.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeader = 32, kLargestHeader = 65535;
constexpr std::uint16_t kProtected = 0x6908, kFree = 0x6907, kCounter = 0x50;

std::string name_of(std::uint16_t type) {
  switch (type) {
    case 0x01: return "key-hash";
    case 0x02: return "key";
    case 0x10: return "sha256";
    case 0x11: return "sha384";
    case 0x12: return "sha512";
    case 0x20: return "RSA-2048-PSS";
    case 0x21: return "ECDSA-P224";
    case 0x22: return "ECDSA";
    case 0x23: return "RSA-3072-PSS";
    case 0x24: return "Ed25519";
    case 0x30: return "encrypted-key-rsa";
    case 0x31: return "encrypted-key-aes";
    case 0x32: return "encrypted-key-ec";
    case 0x33: return "encrypted-key-x25519";
    case 0x40: return "dependency";
    case kCounter: return "security-counter";
    case 0x60: return "boot-record";
    default: return fmt::format("{:04X}", type);
  }
}

struct Area {
  std::uint64_t end = 0;
  std::uint16_t digest = 0;
  ByteView said{};
};

// Reads one area of rows into the header. nullopt: there is none at `at`.
std::optional<Area> read_area(ByteView bytes, std::uint64_t at, std::uint16_t magic, Found& found) {
  const Header header(bytes, Endian::little);
  const std::uint64_t size = header.u16(at + 2);
  if (at + 4 > bytes.size() || header.u16(at) != magic || size < 4) return std::nullopt;
  Area area{.end = std::min<std::uint64_t>(at + size, bytes.size())};
  if (at + size > bytes.size()) found.problems.push_back("the rows behind the program are cut off");
  for (std::uint64_t row = at + 4; row + 4 <= area.end;) {
    const std::uint16_t type = header.u16(row);
    const std::uint64_t length = header.u16(row + 2);
    if (length > area.end - row - 4) {
      found.problems.push_back(fmt::format("{} at {} is cut off", name_of(type), row));
      break;
    }
    found.header["rows"].push_back({{"type", name_of(type)}, {"offset", row + 4}, {"length", length}, {"protected", magic == kProtected}});
    if (type >= 0x10 && type <= 0x12) area.digest = type, area.said = bytes.subspan(row + 4, length);
    if (type >= 0x20 && type <= 0x24) found.header["signature"] = {{"scheme", name_of(type)}, {"offset", row + 4}, {"length", length}};
    if (type == kCounter && length == 4) {
      found.header["security_counter"] = header.u32(row + 4);
      if (magic != kProtected) found.problems.push_back("the security counter is not protected");
    }
    row += 4 + length;
  }
  return area;
}

std::optional<Found> recognise(ByteView from_here) {
  const Header header(from_here, Endian::little);
  const std::uint64_t header_size = header.u16(8), program = header.u32(12), begin = header_size + program;
  if (header.size() < kHeader || header_size < kHeader || header_size > kLargestHeader || program == 0 || program > 1 << 30 || header.u32(28) != 0) return std::nullopt;
  Found found{.length = std::min<std::uint64_t>(begin, from_here.size())};
  const std::uint32_t flags = header.u32(16);
  found.header = {{"version", fmt::format("{}.{}.{}+{}", header.u8(20), header.u8(21), header.u16(22), header.u32(24))}, {"encrypted", (flags & 0xC) != 0}, {"bootable", (flags & 0x10) == 0}, {"rows", Json::array()}};
  if (begin > from_here.size()) {
    found.problems.push_back(fmt::format("the program is cut off: {} of {} bytes are there", from_here.size(), begin));
    return found;
  }
  std::uint64_t covered = begin;
  if (header.u16(10) > 0) {
    const auto area = read_area(from_here, begin, kProtected, found);
    if (area)
      covered = area->end;
    else
      found.problems.push_back("the protected rows are missing");
  }
  found.length = covered;
  const auto area = read_area(from_here, covered, kFree, found);
  if (!area) {
    found.problems.push_back("there is neither digest nor signature");
    return found;
  }
  found.length = area->end;
  if (area->digest != 0 && found.header["encrypted"] == false) {  // of an encrypted one the digest is that of the plain program
    constexpr crypto::DigestAlgorithm kDigests[] = {crypto::DigestAlgorithm::sha256, crypto::DigestAlgorithm::sha384, crypto::DigestAlgorithm::sha512};
    const bool right = has_digest(kDigests[area->digest - 0x10], from_here.first(covered), area->said);
    found.header["digest_right"] = right;
    if (!right) found.problems.push_back("the digest is wrong");
  }
  return found;
}

Result<void> open(Opening& opening) {
  const Header header(opening.bytes(), Endian::little);
  opening.piece("program", header.u16(8), header.u32(12));
  return {};
}

constexpr Magic kMagic[] = {{"\x3D\xB8\xF3\x96"sv}};

}  // namespace

const Format kMcuboot{"mcuboot", kMagic, recognise, open};

}  // namespace lintel::firmware
