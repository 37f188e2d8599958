// Seama, of D-Link: a header with what device it is for, then entities, each with a size and the MD5 of its data. Big-endian.
//   0 magic 5EA3A417 | 4 reserved u16 | 6 description size u16 | 8 data size | 12 md5[16], only where there is data | description, "name=value" each ended by NUL | data
#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeader = 12, kMd5 = 16, kMostEntities = 64;
constexpr std::uint32_t kMagicWord = 0x5EA3A417;

struct Entity {
  std::uint64_t data = 0, size = 0, next = 0;
  ByteView md5{};
  std::string description{};
};

std::optional<Entity> entity_at(ByteView bytes, std::uint64_t at) {
  if (at > bytes.size() || bytes.size() - at < kHeader) return std::nullopt;
  const Header header(bytes.subspan(at), Endian::big);
  if (header.u32(0) != kMagicWord || header.u16(4) != 0) return std::nullopt;
  Entity entity{.size = header.u32(8)};
  const std::size_t fixed = kHeader + (entity.size > 0 ? kMd5 : 0), description = header.u16(6);
  if (header.size() < fixed + description) return std::nullopt;
  entity.md5 = header.part(kHeader, entity.size > 0 ? kMd5 : 0);
  entity.description = std::string(as_text(header.part(fixed, description)));
  std::replace(entity.description.begin(), entity.description.end(), '\0', ' ');
  entity.description = printable(trim(entity.description));
  entity.data = at + fixed + description;
  entity.next = entity.data + entity.size;
  return entity;
}

// Nothing follows a header without data but entities.
std::optional<Found> recognise(ByteView from_here) {
  Found found;
  std::size_t count = 0;
  for (auto entity = entity_at(from_here, 0); entity && count < kMostEntities; entity = entity_at(from_here, found.length), ++count) {
    if (entity->size > 0 || entity->description.find('=') == std::string::npos) {
      Json row = {{"description", entity->description}, {"bytes", entity->size}};
      if (entity->next <= from_here.size()) {
        const auto sum = crypto::digest(crypto::DigestAlgorithm::md5, from_here.subspan(entity->data, entity->size));
        row["md5_right"] = sum && std::equal(sum->begin(), sum->end(), entity->md5.begin(), entity->md5.end());
        if (entity->size > 0 && row["md5_right"] == false) found.problems.push_back(fmt::format("entity {}: the MD5 is wrong", found.header.value("entities", Json::array()).size()));
      }
      if (entity->size > 0) found.header["entities"].push_back(std::move(row));
    } else {
      found.header["description"] = entity->description;
    }
    found.length = std::min<std::uint64_t>(entity->next, from_here.size());
    if (entity->next >= from_here.size()) break;
  }
  if (found.header.empty()) return std::nullopt;
  return found;
}

Result<void> open(Opening& opening) {
  std::size_t number = 0;
  const ByteView bytes = opening.bytes();
  std::uint64_t at = 0;
  for (auto entity = entity_at(bytes, 0); entity && at < bytes.size(); entity = entity_at(bytes, at)) {
    TRY(opening.budget().alive());
    if (entity->size > 0) opening.piece(fmt::format("{}", number++), entity->data, entity->size);
    at = entity->next;
  }
  return {};
}

constexpr Magic kMagic[] = {{"\x5E\xA3\xA4\x17"sv}};

}  // namespace

const Format kSeama{"seama", kMagic, recognise, open};

}  // namespace lintel::firmware
