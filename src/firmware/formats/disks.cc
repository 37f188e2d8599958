// Partition tables: GPT (UEFI specification, chapter 5.3) and MBR with logical partitions. Little-endian, in sectors of 512 bytes.
//   gpt   (sector 1) 0 "EFI PART" | 12 header size | 16 crc of the header | 32 backup at u64 | 72 entries at u64 | 80 count | 84 size of one | 88 crc of them
//   entry 0 type[16] | 32 first sector u64 | 40 last u64 | 56 name, 36 of UTF-16
//   mbr   446 four entries of 16: 0 status | 4 type | 8 first sector | 12 sectors; 510 55AA
#include <algorithm>

#include "base/text.h"
#include "firmware/formats/check_sums.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kSector = 512, kMostSectors = 1ULL << 40;
constexpr std::uint32_t kMostEntries = 1024;
constexpr std::size_t kMostLogical = 64;

// ASCII of UTF-16; another character becomes a question mark.
std::string text_of(ByteView utf16) {
  std::string text;
  for (std::size_t i = 0; i + 1 < utf16.size() && (utf16[i] | utf16[i + 1]) != 0; i += 2) text += utf16[i + 1] == 0 && utf16[i] >= 0x20 && utf16[i] < 0x7F ? static_cast<char>(utf16[i]) : '?';
  return text;
}

std::optional<Found> recognise_gpt(ByteView from_here) {
  if (from_here.size() < 3 * kSector) return std::nullopt;
  const Header header(from_here.subspan(kSector), Endian::little);
  const std::uint32_t size = header.u32(12), count = header.u32(80), entry_size = header.u32(84);
  const std::uint64_t entries = header.u64(72), backup = header.u64(32);
  if (size < 92 || size > kSector || count == 0 || count > kMostEntries || entry_size < 128 || entry_size > kSector || entries < 2 || entries > kMostSectors || backup > kMostSectors) return std::nullopt;
  Bytes checked(from_here.begin() + kSector, from_here.begin() + static_cast<std::ptrdiff_t>(kSector + size));
  std::fill_n(checked.begin() + 16, 4, std::uint8_t{0});
  if (crc32_of(checked) != header.u32(16)) return std::nullopt;
  const std::uint64_t table = std::uint64_t{count} * entry_size;
  std::uint64_t end = (backup + 1) * kSector;
  Found found{.header = {{"partitions", Json::array()}}};
  if (entries * kSector + table > from_here.size())
    found.problems.push_back("the table is cut off");
  else if (crc32_of(from_here.subspan(entries * kSector, table)) != header.u32(88))
    found.problems.push_back("the check sum of the table is wrong");
  for (std::uint32_t i = 0; i < count && entries * kSector + (i + 1) * std::uint64_t{entry_size} <= from_here.size(); ++i) {
    const ByteView bytes = from_here.subspan(entries * kSector + std::uint64_t{i} * entry_size, entry_size);
    const Header entry(bytes, Endian::little);
    if (entry.u64(0) == 0 && entry.u64(8) == 0) continue;
    const std::uint64_t first = entry.u64(32), last = entry.u64(40);
    if (first < 2 || last < first || last > kMostSectors) {
      found.problems.push_back(fmt::format("partition {} has no place", i + 1));
      continue;
    }
    found.header["partitions"].push_back({{"name", text_of(bytes.subspan(56, 72))}, {"offset", first * kSector}, {"length", (last - first + 1) * kSector}});
    end = std::max(end, (last + 1) * kSector);
  }
  found.length = std::min<std::uint64_t>(end, from_here.size());
  return found;
}

struct Slice {
  std::uint8_t type = 0;
  std::uint64_t first = 0, count = 0;  // sectors
};
// The four entries of a sector, the empty ones too; an empty list when it is none. The first sector of a disk has no half-empty ones.
std::vector<Slice> slices_at(ByteView bytes, std::uint64_t sector) {
  if (sector >= bytes.size() / kSector) return {};
  const Header header(bytes.subspan(sector * kSector, kSector), Endian::little);
  if (header.u16(510) != 0xAA55) return {};
  std::vector<Slice> slices;
  for (std::size_t at = 446; at < 510; at += 16) {
    const Slice slice{header.u8(at + 4), header.u32(at + 8), header.u32(at + 12)};
    const bool empty = slice.type == 0 && slice.first == 0 && slice.count == 0;
    if ((header.u8(at) & 0x7F) != 0 || (sector == 0 && !empty && (slice.type == 0 || slice.first == 0 || slice.count == 0))) return {};
    slices.push_back(slice);
  }
  return slices;
}
bool is_extended(const Slice& slice) { return slice.type == 0x05 || slice.type == 0x0F || slice.type == 0x85; }

// With the logical ones, in the order of their places; `extended` says nothing of its own.
std::vector<Slice> all_slices(ByteView bytes) {
  std::vector<Slice> all;
  for (const Slice& slice : slices_at(bytes, 0)) {
    if (slice.type == 0) continue;
    if (!is_extended(slice)) {
      all.push_back(slice);
      continue;
    }
    std::uint64_t at = slice.first;
    for (std::size_t i = 0; i < kMostLogical; ++i) {
      const std::vector<Slice> chain = slices_at(bytes, at);
      if (chain.empty()) break;
      if (chain[0].type != 0 && chain[0].first != 0 && chain[0].count != 0) all.push_back({chain[0].type, at + chain[0].first, chain[0].count});
      if (!is_extended(chain[1]) || slice.first + chain[1].first <= at) break;  // only forward: no loops
      at = slice.first + chain[1].first;
    }
  }
  std::sort(all.begin(), all.end(), [](const Slice& a, const Slice& b) { return a.first < b.first; });
  return all;
}

std::optional<Found> recognise_mbr(ByteView from_here) {
  if (recognise_gpt(from_here)) return std::nullopt;  // it has an entry for all of the disk
  const std::vector<Slice> slices = all_slices(from_here);
  if (slices.empty() || slices[0].first * kSector >= from_here.size()) return std::nullopt;
  Found found{.header = {{"partitions", Json::array()}}};
  std::uint64_t end = 0;
  for (const Slice& slice : slices) {
    if (slice.first < end) return std::nullopt;  // one upon another: chance
    end = slice.first + slice.count;
    found.header["partitions"].push_back({{"type", slice.type}, {"offset", slice.first * kSector}, {"length", slice.count * kSector}});
  }
  found.length = std::min<std::uint64_t>(end * kSector, from_here.size());
  return found;
}

Result<void> open(Opening& opening) {
  const Json partitions = opening.header()["partitions"];
  std::size_t number = 0;
  std::uint64_t done = 0;
  for (const Json& partition : partitions) {
    TRY(opening.budget().alive());
    ++number;
    const std::uint64_t offset = partition["offset"], length = partition["length"];
    const std::string name = partition.value("name", fmt::format("{}", number));
    if (offset < done) {
      opening.problem(fmt::format("{} lies upon another partition", name));
      continue;
    }
    opening.piece(name, offset, length);
    done = offset + length;
  }
  return {};
}

constexpr Magic kGptMagic[] = {{"EFI PART"sv, kSector}}, kMbrMagic[] = {{"\x55\xAA"sv, 510}};

}  // namespace

const Format kGpt{"gpt", kGptMagic, recognise_gpt, open};
const Format kMbr{"mbr", kMbrMagic, recognise_mbr, open};

}  // namespace lintel::firmware
