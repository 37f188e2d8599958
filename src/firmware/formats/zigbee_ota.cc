// Zigbee's upgrade files: a header, then elements with a tag and a length each. Little-endian. Makers put wrappers before the header and
// signatures of their own behind the last element. Layout: Zigbee Cluster Library specification, chapter 11 (OTA upgrade).
//   0 magic 0BEEF11E | 4 version u16 | 6 header length u16 | 8 fields u16: 1 credential u8, 2 destination u64, 4 hardware from and to u16 each, in this order at 56 |
//   10 manufacturer u16 | 12 image type u16 | 14 file version | 18 stack u16 | 20 text[32] | 52 total size        element 0 tag u16 | 2 length | 6 data
#include <algorithm>

#include "base/text.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kHeader = 56;
constexpr std::size_t kMostElements = 1000;
constexpr std::uint16_t kImage = 0, kSignature = 1, kIntegrity = 3, kSignature2 = 5, kMaker = 0xF000;

std::string name_of(std::uint16_t tag) {
  constexpr std::string_view kNames[] = {"image", "signature", "certificate", "integrity-code", "picture", "signature-2", "certificate-2"};
  return tag < std::size(kNames) ? std::string(kNames[tag]) : fmt::format("{:04X}", tag);
}

struct Element {
  std::uint16_t tag = 0;
  std::uint64_t data = 0, length = 0;
};
// The element at `at` of those that end at `end`; nullopt: there is none.
std::optional<Element> element_at(const Header& header, std::uint64_t at, std::uint64_t end) {
  if (at + 6 > end) return std::nullopt;
  return Element{header.u16(at), at + 6, header.u32(at + 2)};
}

std::optional<Found> recognise(ByteView from_here) {
  const Header header(from_here, Endian::little);
  const std::uint64_t size = header.u16(6), total = header.u32(52);
  if (header.size() < kHeader || header.u16(4) >> 8 != 1 || size < kHeader || size > 512 || total <= size) return std::nullopt;
  const std::uint64_t end = std::min<std::uint64_t>(total, header.size());
  Found found{.length = end};
  found.header = {{"manufacturer", header.u16(10)}, {"image_type", header.u16(12)}, {"file_version", header.u32(14)}, {"stack", header.u16(18)}, {"text", printable(header.text(20, 32))}, {"total_bytes", total},
                  {"elements", Json::array()}};
  const std::uint16_t fields = header.u16(8);
  const std::uint64_t hardware = kHeader + ((fields & 1) != 0 ? 1 : 0) + ((fields & 2) != 0 ? 8 : 0);
  if ((fields & 4) != 0 && hardware + 4 <= size) found.header["hardware"] = {{"from", header.u16(hardware)}, {"to", header.u16(hardware + 2)}};
  if (total > header.size()) found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", header.size(), total));
  std::uint64_t at = size;
  for (auto element = element_at(header, at, end); element && found.header["elements"].size() < kMostElements; element = element_at(header, at, end)) {
    if (element->length > end - element->data && element->tag != kImage) {
      found.problems.push_back(fmt::format("what stands at {} is no element", at));
      found.length = at;
      break;
    }
    found.header["elements"].push_back({{"tag", name_of(element->tag)}, {"offset", element->data}, {"length", element->length}});
    if (element->tag == kSignature || element->tag == kSignature2) found.header["signature"] = {{"scheme", "ZCL-ECDSA"}, {"offset", element->data}, {"length", element->length}};
    at = element->data + element->length;
  }
  if (found.header["elements"].empty()) return std::nullopt;
  return found;
}

Result<void> open(Opening& opening) {
  const Header header(opening.bytes(), Endian::little);
  const Json elements = opening.header()["elements"];
  for (const Json& element : elements) {
    TRY(opening.budget().alive());
    const std::uint64_t data = element["offset"];
    const std::uint16_t tag = header.u16(data - 6);
    if (tag == kImage || tag >= kMaker) opening.piece(element["tag"], data, element["length"]);
  }
  return {};
}

constexpr Magic kMagic[] = {{"\x1E\xF1\xEE\x0B"sv}};

}  // namespace

const Format kZigbeeOta{"zigbee-ota", kMagic, recognise, open};

}  // namespace lintel::firmware
