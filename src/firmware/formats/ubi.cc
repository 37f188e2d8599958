// UBI, the layer between flash and UBIFS: physical blocks, each with a header of its own and a header that says which logical block of which
// volume it holds. Big-endian; the check sums are CRC-32 without the last inversion. Layout: the kernel's drivers/mtd/ubi/ubi-media.h.
//   block   0 "UBI#" | 4 version | 16 place of the volume header | 20 place of the data | 24 image sequence | 60 crc
//   volume  0 "UBI!" | 5 type, 2 is static | 6 copy | 8 volume | 12 logical block | 20 data size | 28 padding | 32 data crc | 40 sequence u64 | 60 crc
//   table   (volume 7FFFEFFF) 128 records of 172: 0 reserved blocks | 12 type | 14 name length u16 | 16 name[128] | 168 crc
#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "firmware/formats/check_sums.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeader = 64, kRecord = 172, kRecords = 128;
constexpr std::size_t kStep = 512;           // blocks begin at a multiple of it
constexpr std::size_t kLargest = 16 << 20;   // of a block
constexpr std::size_t kWidestGap = 16;       // blocks without a header, as bad ones are
constexpr std::uint32_t kTable = 0x7FFFEFFF;
constexpr std::uint32_t kMostBlocks = 1 << 20;

bool is_header(ByteView bytes, std::string_view magic) {
  return bytes.size() >= kHeader && as_text(bytes.first(4)) == magic && Header(bytes.subspan(60, 4), Endian::big).u32(0) == static_cast<std::uint32_t>(~crc32_of(bytes.first(60)));
}

// The distance of the nearest block of the same image. 0: there is only one.
std::size_t block_size(ByteView bytes) {
  const Header first(bytes, Endian::big);
  for (std::size_t at = kStep; at < bytes.size() && at <= kLargest * kWidestGap; at += kStep) {
    const ByteView here = bytes.subspan(at);
    if (!is_header(here, "UBI#")) continue;
    const Header header(here, Endian::big);
    if (header.u32(16) == first.u32(16) && header.u32(20) == first.u32(20) && header.u32(24) == first.u32(24)) return at;
  }
  return 0;
}

std::optional<Found> recognise(ByteView from_here) {
  if (!is_header(from_here, "UBI#")) return std::nullopt;
  const Header header(from_here, Endian::big);
  const std::uint64_t volume = header.u32(16), data = header.u32(20);
  if (volume < kHeader || data < volume + kHeader || data >= std::min(from_here.size(), kLargest)) return std::nullopt;
  std::size_t size = block_size(from_here);
  if (size == 0) size = std::min(from_here.size(), kLargest);
  if (size <= data) return std::nullopt;
  std::size_t blocks = 0, end = 0;
  for (std::size_t i = 0; i * size < from_here.size() && i - end <= kWidestGap; ++i)
    if (is_header(from_here.subspan(i * size), "UBI#")) ++blocks, end = i + 1;
  Found found{.length = std::min<std::uint64_t>(std::uint64_t{end} * size, from_here.size())};
  found.header = {{"block_bytes", size}, {"blocks", blocks}, {"sequence", header.u32(24)}};
  if (std::uint64_t{end} * size > from_here.size()) found.problems.push_back("the last block is cut off");
  return found;
}

struct Block {
  bool right = false;
  std::uint64_t sequence = 0;
  ByteView data;
};
struct VolumeOfBlocks {
  bool is_static = false;
  std::map<std::uint32_t, Block> blocks;  // by logical block
};
using Volumes = std::map<std::uint32_t, VolumeOfBlocks>;

// Where a power cut left two copies of a logical block the later one counts, unless it is a copy that was not finished.
Volumes collect(Opening& opening, std::size_t size) {
  const ByteView bytes = opening.bytes();
  Volumes volumes;
  std::size_t damaged = 0, wrong_data = 0;
  for (std::uint64_t at = 0; at < bytes.size() && opening.budget().alive(); at += size) {
    const ByteView block = bytes.subspan(at, std::min<std::size_t>(size, bytes.size() - at));
    if (!is_header(block, "UBI#")) continue;
    const Header block_header(block, Endian::big);
    const ByteView place = block_header.part(block_header.u32(16), kHeader), all = block_header.part(block_header.u32(20), size);
    if (!is_header(place, "UBI!")) {
      const bool erased = std::all_of(place.begin(), place.end(), [](std::uint8_t byte) { return byte == 0xFF; });
      if (!erased) ++damaged;
      continue;
    }
    const Header header(place, Endian::big);
    const bool is_static = header.u8(5) == 2;
    const std::uint32_t padding = header.u32(28), data_size = header.u32(20);
    ByteView data = all.first(all.size() - std::min<std::size_t>(padding, all.size()));
    const bool checked = is_static || header.u8(6) != 0;
    const bool right = !checked || (data_size <= all.size() && static_cast<std::uint32_t>(~crc32_of(all.first(data_size))) == header.u32(32));
    if (!right) ++wrong_data;
    if (is_static) data = data.first(std::min<std::size_t>(data_size, data.size()));
    VolumeOfBlocks& volume = volumes[header.u32(8)];
    volume.is_static = is_static;
    Block& known = volume.blocks[header.u32(12)];
    if (std::pair(right, header.u64(40)) >= std::pair(known.right, known.sequence)) known = {right, header.u64(40), data};
  }
  if (damaged > 0) opening.problem(fmt::format("{} blocks have a damaged volume header", damaged));
  if (wrong_data > 0) opening.problem(fmt::format("the data of {} blocks has a wrong check sum", wrong_data));
  return volumes;
}

std::map<std::uint32_t, std::string> names_of(const Volumes& volumes) {
  std::map<std::uint32_t, std::string> names;
  const auto table = volumes.find(kTable);
  if (table == volumes.end()) return names;
  for (const auto& [number, block] : table->second.blocks)
    for (std::uint32_t i = 0; i < kRecords && (i + 1) * kRecord <= block.data.size(); ++i) {
      const ByteView bytes = block.data.subspan(i * kRecord, kRecord);
      const Header record(bytes, Endian::big);
      if (record.u32(0) != 0 && record.u32(168) == static_cast<std::uint32_t>(~crc32_of(bytes.first(168)))) names[i] = record.text(16, std::min<std::size_t>(record.u16(14), 128));
    }
  return names;
}

Result<void> open(Opening& opening) {
  const Volumes volumes = collect(opening, opening.header()["block_bytes"]);
  const auto names = names_of(volumes);
  for (const auto& [id, volume] : volumes) {
    if (id == kTable) continue;
    const auto named = names.find(id);
    const std::string name = named == names.end() ? fmt::format("volume {}", id) : printable(named->second);
    opening.header()["volumes"].push_back({{"id", id}, {"name", name}, {"type", volume.is_static ? "static" : "dynamic"}, {"blocks", volume.blocks.size()}});
    std::uint64_t size = 0;
    for (const auto& [number, block] : volume.blocks) size = std::max<std::uint64_t>(size, block.data.size());
    const std::uint64_t last = volume.blocks.rbegin()->first;
    if (last > kMostBlocks) {
      opening.problem(fmt::format("{}: a logical block {}", name, last));
      continue;
    }
    TRY(opening.budget().unpack(last * size + volume.blocks.rbegin()->second.data.size()));
    Bytes content(last * size + volume.blocks.rbegin()->second.data.size(), 0xFF);  // what was never written reads so
    for (const auto& [number, block] : volume.blocks) std::copy(block.data.begin(), block.data.end(), content.begin() + static_cast<std::ptrdiff_t>(number * size));
    if (volume.is_static && volume.blocks.size() <= last) opening.problem(fmt::format("{}: {} of {} blocks are missing", name, last + 1 - volume.blocks.size(), last + 1));
    opening.unpacked(name, std::move(content));
  }
  return {};
}

constexpr Magic kMagic[] = {{"UBI#"sv}};

}  // namespace

const Format kUbi{"ubi", kMagic, recognise, open};

}  // namespace lintel::firmware
