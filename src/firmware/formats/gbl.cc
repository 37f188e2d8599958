// GBL, Silicon Labs' upgrade files (Gecko bootloader): tags with a length each, the last a CRC-32 over everything before it. Little-endian.
// Layout: Silicon Labs UG489 and the bootloader's headers. A signature covers everything before its own tag.
//   tag 0 id | 4 length | 8 data       header 8 version | 12 type: 1 encrypted, 100h signed      application 8 type | 12 version | 16 capabilities | 20 product[16]
//   program 8 address | 12 data        encrypted data: all of it                                   signature 64 bytes: r, s of P-256        end 8 crc
#include <algorithm>

#include "base/text.h"
#include "firmware/formats/check_sums.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kHead = 0x03A617EB, kEnd = 0xFC0404FC, kApplication = 0xF40A0AF4, kSignature = 0xF70A0AF7, kEncrypted = 0xF90707F9, kBootloader = 0xF50909F5, kMetadata = 0xF60808F6;
constexpr std::uint32_t kMostTags = 10'000;

struct Kind {
  std::uint32_t id;
  std::string_view name;
  int content = -1;  // where what it carries begins, behind the tag's eight bytes; -1: it carries none
};
constexpr Kind kKinds[] = {{kHead, "header"}, {kApplication, "application"}, {0x76A617EB, "version-dependency"}, {0x5EA617EB, "secure-element", 0}, {kBootloader, "bootloader", 8}, {0xFE0101FE, "program", 4},
                           {0xFD0303FD, "program", 4}, {0xFD0505FD, "program-lz4", 4}, {0xFD0707FD, "program-lzma", 4}, {kMetadata, "metadata", 0}, {0xFA0606FA, "encryption"}, {kEncrypted, "encrypted", 0},
                           {0xF30B0BF3, "certificate", 0}, {kSignature, "signature"}, {kEnd, "end"}};

const Kind* kind_of(std::uint32_t id) {
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& known) { return known.id == id; });
  return kind == std::end(kKinds) ? nullptr : kind;
}

std::optional<Found> recognise(ByteView from_here) {
  const Header header(from_here, Endian::little);
  if (header.size() < 16 || header.u32(4) != 8 || header.u32(8) >> 24 != 3) return std::nullopt;
  Found found{.header = {{"type", header.u32(12)}, {"encrypted", (header.u32(12) & 1) != 0}, {"tags", Json::array()}}};
  std::uint64_t at = 0;
  bool ended = false;
  while (!ended && found.header["tags"].size() < kMostTags && at + 8 <= header.size()) {
    const std::uint32_t id = header.u32(at);
    const std::uint64_t length = header.u32(at + 4);
    const Kind* kind = kind_of(id);
    if (kind == nullptr) {
      found.problems.push_back(fmt::format("an unknown tag {:08X} at {}", id, at));
      break;
    }
    found.header["tags"].push_back({{"tag", kind->name}, {"offset", at}, {"length", length}});
    if (length > header.size() - at - 8) {
      found.problems.push_back(fmt::format("{} at {} is cut off", kind->name, at));
      at = header.size();
      break;
    }
    if (id == kApplication) found.header["application"] = {{"type", header.u32(at + 8)}, {"version", header.u32(at + 12)}, {"product", to_hex(header.part(at + 20, length >= 28 ? 16 : 0))}};
    if (id == kSignature) found.header["signature"] = {{"scheme", "ECDSA-P256"}, {"offset", at + 8}, {"length", length}};
    ended = id == kEnd;
    at += 8 + length;
  }
  found.length = std::min<std::uint64_t>(at, header.size());
  if (!ended && found.problems.empty()) found.problems.push_back("there is no end");
  if (ended) {
    const bool right = header.u32(at - 8) == 4 && crc32_of(from_here.first(at - 4)) == header.u32(at - 4);
    found.header["crc_right"] = right;
    if (!right) found.problems.push_back("the check sum is wrong");
  }
  return found;
}

Result<void> open(Opening& opening) {
  const Header header(opening.bytes(), Endian::little);
  const Json tags = opening.header()["tags"];
  for (const Json& tag : tags) {
    TRY(opening.budget().alive());
    const std::uint64_t at = tag["offset"], length = tag["length"];
    const Kind* kind = kind_of(header.u32(at));
    if (kind == nullptr || kind->content < 0 || length <= static_cast<std::uint64_t>(kind->content)) continue;
    const auto skipped = static_cast<std::uint64_t>(kind->content);
    opening.piece(kind->content == 4 ? fmt::format("{} {:08X}", kind->name, header.u32(at + 8)) : std::string(kind->name), at + 8 + skipped, length - skipped);
  }
  return {};
}

constexpr Magic kMagic[] = {{"\xEB\x17\xA6\x03"sv}};

}  // namespace

const Format kGbl{"gbl", kMagic, recognise, open};

}  // namespace lintel::firmware
