// Images of Espressif's chips, and their partition table. Little-endian. An image ends with a byte that all segments xor to (from EF on), at
// the end of a row of sixteen, and then its SHA-256 where the header says so. Secure Boot V2 adds a sector with up to three signature blocks.
// Layout: Espressif's documentation of esptool, "Firmware Image Format", and of ESP-IDF, "Secure Boot v2".
//   image   0 E9 | 1 segments | 2 flash mode | 3 flash size, speed | 4 entry | not ESP8266: 12 chip u16 | 14 minimum revision | 23 digest appended | segments: address, length, data
//   app     (begin of the first segment) 0 magic ABCD5432 | 4 secure version | 16 version[32] | 48 project[32] | 80 time[16] | 96 date[16] | 112 idf[32] | 144 sha256 of the ELF
//   block   (1216 bytes) 0 E7 | 1 version: 2 RSA, 3 ECDSA | 2 ECDSA's digest: 0 SHA-256, 1 SHA-384 | 4 digest | RSA 36 key, 812 signature | ECDSA curve, key, signature | 1196 crc
//   row     (32 bytes) 0 AA50 | 2 type | 3 subtype | 4 offset | 8 size | 12 label[16] | 28 flags, 1 is encrypted; the last: EBEB, FF..., 16 md5
#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "firmware/formats/check_sums.h"
#include "firmware/formats/digests.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSector = 4096, kSignatureBlock = 1216, kDigest = 32, kDescriptor = 256, kOldSignature = 68;
constexpr std::uint32_t kLargestSegment = 16 << 20, kDescriptorMagic = 0xABCD5432;

struct Chip {
  std::uint16_t id;
  std::string_view name;
};
constexpr Chip kChips[] = {{0, "ESP32"}, {2, "ESP32-S2"}, {5, "ESP32-C3"}, {9, "ESP32-S3"}, {12, "ESP32-C2"}, {13, "ESP32-C6"}, {16, "ESP32-H2"}, {18, "ESP32-P4"}, {20, "ESP32-C61"}, {23, "ESP32-C5"}, {28, "ESP32-H4"}};

struct Segment {
  std::uint32_t address = 0, length = 0;
  std::uint64_t data = 0;
};
struct Layout {
  std::string_view chip{};
  std::vector<Segment> segments{};
  std::uint64_t sum_at = 0, end = 0;  // of the xor byte; of image and digest
  bool has_digest = false, is_whole = true;
};

// Where the memories of all these chips lie; 0 is a segment that only fills up.
bool is_address(std::uint32_t address) { return address == 0 || (address >= 0x3C000000 && address < 0x61000000); }

std::optional<Layout> layout_of(ByteView bytes, bool is_old) {
  const Header header(bytes, Endian::little);
  const std::size_t header_size = is_old ? 8 : 24;
  if (bytes.size() < header_size + 8 || header.u8(2) > 5 || header.u32(4) < 0x3C000000 || header.u32(4) >= 0x61000000) return std::nullopt;
  Layout layout;
  if (is_old) {
    layout.chip = "ESP8266";
  } else {
    const auto chip = std::find_if(std::begin(kChips), std::end(kChips), [&](const Chip& known) { return known.id == header.u16(12); });
    if (chip == std::end(kChips) || header.u8(23) > 1) return std::nullopt;
    layout.chip = chip->name;
    layout.has_digest = header.u8(23) == 1;
  }
  std::uint64_t at = header_size;
  for (std::size_t i = 0; i < header.u8(1) && layout.is_whole; ++i) {
    const Segment segment{header.u32(at), header.u32(at + 4), at + 8};
    if (at + 8 > bytes.size()) {
      layout.is_whole = false;
      break;
    }
    if (!is_address(segment.address) || segment.length > kLargestSegment) return std::nullopt;
    layout.segments.push_back(segment);
    at = segment.data + segment.length;
    layout.is_whole = at <= bytes.size();
  }
  layout.sum_at = at | 15;
  layout.end = layout.sum_at + 1 + (layout.has_digest ? kDigest : 0);
  layout.is_whole = layout.is_whole && layout.end <= bytes.size();
  if (std::all_of(layout.segments.begin(), layout.segments.end(), [](const Segment& segment) { return segment.length == 0; })) return std::nullopt;
  return layout;
}

bool sum_right(ByteView bytes, const Layout& layout) {
  std::uint8_t sum = 0xEF;
  for (const Segment& segment : layout.segments)
    for (const std::uint8_t byte : bytes.subspan(segment.data, segment.length)) sum ^= byte;
  return sum == bytes[layout.sum_at];
}

void describe_app(ByteView descriptor, Json& into) {
  const Header header(descriptor, Endian::little);
  into["secure_version"] = header.u32(4);
  into["version"] = printable(header.text(16, 32));
  into["project"] = printable(header.text(48, 32));
  into["built"] = printable(header.text(96, 16) + " " + header.text(80, 16));
  into["idf"] = printable(header.text(112, 32));
}

// The blocks of Secure Boot V2 in the sector behind the image; an empty list when there is none.
Json signature_blocks(ByteView bytes, std::uint64_t sector) {
  Json blocks = Json::array();
  for (std::uint64_t at = sector; blocks.size() < 3 && at + kSignatureBlock <= bytes.size(); at += kSignatureBlock) {
    const ByteView block = bytes.subspan(at, kSignatureBlock);
    const Header header(block, Endian::little);
    const std::uint8_t version = header.u8(1);
    if (header.u8(0) != 0xE7 || (version != 2 && version != 3) || crc32_of(block.first(1196)) != header.u32(1196)) break;
    const bool is_384 = version == 3 && header.u8(2) == 1;
    const std::size_t curve_at = is_384 ? 52 : 36, curve = header.u8(curve_at);
    const std::string algorithm = version == 2 ? "RSA-3072-PSS" : curve == 1 ? "ECDSA-P192" : curve == 2 ? "ECDSA-P256" : curve == 3 ? "ECDSA-P384" : "ECDSA";
    const ByteView key = version == 2 ? block.subspan(36, 776) : block.subspan(curve_at, is_384 ? 97 : 65);
    blocks.push_back({{"algorithm", algorithm}, {"offset", at}, {"key_sha256", sha256_hex(key)},
                      {"digest_right", has_digest(is_384 ? crypto::DigestAlgorithm::sha384 : crypto::DigestAlgorithm::sha256, bytes.first(sector), block.subspan(4, is_384 ? 48 : 32))}});
  }
  return blocks;
}

// Secure Boot V1: a zero word and 64 bytes right behind the image. They have no magic: they count where little more than they is left.
bool has_old_signature(ByteView bytes, std::uint64_t end) {
  constexpr std::uint64_t kFillsUp = 16;  // what encryption adds
  if (bytes.size() < end + kOldSignature || bytes.size() >= end + kOldSignature + kFillsUp || Header(bytes.subspan(end), Endian::little).u32(0) != 0) return false;
  const ByteView signature = bytes.subspan(end + 4, kOldSignature - 4);
  return std::any_of(signature.begin(), signature.end(), [&](std::uint8_t byte) { return byte != signature[0]; });
}

std::optional<Found> recognise(ByteView from_here) {
  std::optional<Layout> layout = layout_of(from_here, false);
  if (!layout || !layout->is_whole || !sum_right(from_here, *layout))
    if (const auto old = layout_of(from_here, true); old && old->is_whole && sum_right(from_here, *old)) layout = old;
  if (!layout) return std::nullopt;
  const Header header(from_here, Endian::little);
  const ByteView descriptor = header.part(layout->segments.empty() ? 0 : layout->segments[0].data, kDescriptor);
  const bool is_app = layout->chip != "ESP8266" && Header(descriptor, Endian::little).u32(0) == kDescriptorMagic;
  const bool right = layout->is_whole && sum_right(from_here, *layout);
  if (!right && !is_app) return std::nullopt;  // E9 and a few addresses are too little
  Found found{.length = std::min<std::uint64_t>(layout->end, from_here.size()), .header = {{"chip", layout->chip}, {"entry", header.u32(4)}, {"segments", Json::array()}}};
  for (const Segment& segment : layout->segments) found.header["segments"].push_back({{"address", segment.address}, {"bytes", segment.length}});
  if (is_app) describe_app(descriptor, found.header["app"]);
  if (!layout->is_whole) {
    found.problems.push_back("the image is cut off");
    return found;
  }
  if (!right) found.problems.push_back("the check sum is wrong");
  if (layout->has_digest) {
    const bool digest_right = has_digest(crypto::DigestAlgorithm::sha256, from_here.first(layout->end - kDigest), from_here.subspan(layout->end - kDigest, kDigest));
    found.header["digest_right"] = digest_right;
    if (!digest_right) found.problems.push_back("the SHA-256 is wrong");
  }
  const std::uint64_t sector = (layout->end + kSector - 1) / kSector * kSector;
  Json blocks = signature_blocks(from_here, sector);
  if (!blocks.empty()) {
    for (const Json& block : blocks)
      if (block["digest_right"] == false) found.problems.push_back("a signature block is for other bytes");
    found.length = std::min<std::uint64_t>(sector + kSector, from_here.size());
    found.header["signature"] = {{"scheme", "secure-boot-v2"}, {"offset", sector}, {"blocks", std::move(blocks)}};
  } else if (has_old_signature(from_here, layout->end)) {
    found.length = layout->end + kOldSignature;
    found.header["signature"] = {{"scheme", "secure-boot-v1"}, {"offset", layout->end}, {"length", kOldSignature}};
  }
  return found;
}

Result<void> open(Opening& opening) {
  const auto layout = layout_of(opening.bytes(), opening.header()["chip"] == "ESP8266");
  if (!layout) return fail(ErrorCode::internal, "no image");
  for (const Segment& segment : layout->segments)
    if (segment.length > 0) opening.piece(fmt::format("segment {:08X}", segment.address), segment.data, segment.length);
  return {};
}

std::optional<Found> recognise_table(ByteView from_here) {
  constexpr std::size_t kRow = 32, kMostRows = 95;
  constexpr std::uint32_t kLargestFlash = 1 << 28;
  Found found{.header = {{"partitions", Json::array()}}};
  for (std::size_t i = 0; i < kMostRows && found.length + kRow <= from_here.size(); ++i) {
    const ByteView bytes = from_here.subspan(found.length, kRow);
    const Header row(bytes, Endian::little);
    if (row.u16(0) == 0xEBEB) {
      const bool right = has_digest(crypto::DigestAlgorithm::md5, from_here.first(found.length), bytes.subspan(16, 16));
      found.header["md5_right"] = right;
      if (!right) found.problems.push_back("the MD5 is wrong");
      found.length += kRow;
      break;
    }
    if (row.u16(0) != 0x50AA) break;
    const std::string label = row.text(12, 16);
    const bool named = !label.empty() && std::all_of(label.begin(), label.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (!named || row.u32(4) % kSector != 0 || row.u32(4) > kLargestFlash || row.u32(8) == 0 || row.u32(8) > kLargestFlash) break;
    found.header["partitions"].push_back({{"label", label}, {"type", row.u8(2)}, {"subtype", row.u8(3)}, {"offset", row.u32(4)}, {"bytes", row.u32(8)}, {"encrypted", (row.u32(28) & 1) != 0}});
    found.length += kRow;
  }
  if (found.header["partitions"].empty()) return std::nullopt;
  return found;
}

constexpr std::array<Magic, 16> kMagic{{{"\xE9\x01"sv}, {"\xE9\x02"sv}, {"\xE9\x03"sv}, {"\xE9\x04"sv}, {"\xE9\x05"sv}, {"\xE9\x06"sv}, {"\xE9\x07"sv}, {"\xE9\x08"sv}, {"\xE9\x09"sv}, {"\xE9\x0A"sv}, {"\xE9\x0B"sv},
                                        {"\xE9\x0C"sv}, {"\xE9\x0D"sv}, {"\xE9\x0E"sv}, {"\xE9\x0F"sv}, {"\xE9\x10"sv}}};
constexpr Magic kTableMagic[] = {{"\xAA\x50\0"sv}, {"\xAA\x50\1"sv}};

}  // namespace

const Format kEspImage{"esp-image", kMagic, recognise, open};
const Format kEspPartitions{"esp-partitions", kTableMagic, recognise_table, nullptr};

}  // namespace lintel::firmware
