// ext2, ext3 and ext4: blocks in groups, inodes in a table of each group; contents by block lists, extents or in the inode itself. The
// journal is not replayed. Little-endian. Layout: the kernel's Documentation/filesystems/ext4.
//   superblock (at 1024)  0 inodes | 4 blocks | 20 first data block | 24 block size log | 32 blocks and 40 inodes a group | 48 written | 56 magic EF53 u16 | 76 revision
//                         88 inode size u16 | 90 group u16 | 96 incompatible | 100 read-only compatible | 120 name[16] | 254 descriptor size u16 | 260 first meta group | 336 blocks high
//   descriptor            8 inode table | 40 inode table high
//   inode                 0 mode u16 | 2 uid u16 | 4 size | 16 mtime | 24 gid u16 | 28 blocks | 32 flags | 40 block[60] | 108 size high | 120 uid high u16 | 122 gid high u16 | 128 extra u16
//   extents               0 magic F30A u16 | 2 count u16 | 6 depth u16 | 12 rows of 12: leaf 0 logical, 4 length u16, 6 start high u16, 8 start; index 0 logical, 4 block, 8 high u16
//   entry                 0 inode | 4 length u16 | 6 name length u8 | 7 type u8 | 8 name
#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/stored.h"
#include "firmware/formats/tree.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSuperblock = 1024, kInline = 60;
constexpr std::uint32_t kRoot = 2, kHasExtents = 0x80000, kHasInlineData = 0x10000000, kEncrypted = 0x800;
constexpr std::uint32_t kTyped = 0x2, kRecover = 0x4, kJournalDevice = 0x8, kMetaGroups = 0x10, kExtents = 0x40, kWide = 0x80;  // incompatible features
constexpr std::uint64_t kLargestFolder = 64 << 20;
constexpr int kDeepestExtent = 6;

struct Geometry {
  std::uint64_t block = 0, blocks = 0, groups = 0;
  std::uint32_t inodes = 0, inodes_a_group = 0, blocks_a_group = 0, first_block = 0, inode_size = 128, descriptor = 32, features = 0;
};

std::optional<Geometry> geometry_of(ByteView bytes) {
  if (bytes.size() < 2 * kSuperblock) return std::nullopt;
  const Header super(bytes.subspan(kSuperblock, kSuperblock), Endian::little);
  Geometry geometry;
  geometry.features = super.u32(96);
  geometry.inodes = super.u32(0);
  geometry.blocks = super.u32(4) | ((geometry.features & kWide) != 0 ? std::uint64_t{super.u32(336)} << 32 : 0);
  geometry.first_block = super.u32(20);
  geometry.blocks_a_group = super.u32(32);
  geometry.inodes_a_group = super.u32(40);
  if (super.u16(56) != 0xEF53 || super.u32(24) > 6 || super.u32(76) > 1 || super.u16(90) != 0) return std::nullopt;
  geometry.block = 1024ULL << super.u32(24);
  if (super.u32(76) == 1) geometry.inode_size = super.u16(88);
  if ((geometry.features & kWide) != 0) geometry.descriptor = super.u16(254);
  const bool sane = geometry.inodes > 0 && geometry.blocks > geometry.first_block && geometry.blocks < 1ULL << 40 && geometry.blocks_a_group > 0 && geometry.blocks_a_group <= 8 * geometry.block &&
                    geometry.inodes_a_group > 0 && geometry.inodes_a_group <= 8 * geometry.block && geometry.first_block == (geometry.block == 1024 ? 1U : 0U) && geometry.inode_size >= 128 &&
                    geometry.inode_size <= geometry.block && geometry.descriptor >= 32 && geometry.descriptor <= 1024 && (geometry.features & kJournalDevice) == 0;
  if (!sane) return std::nullopt;
  geometry.groups = (geometry.blocks - geometry.first_block + geometry.blocks_a_group - 1) / geometry.blocks_a_group;
  return geometry;
}

std::optional<Found> recognise(ByteView from_here) {
  const auto geometry = geometry_of(from_here);
  if (!geometry) return std::nullopt;
  const Header super(from_here.subspan(kSuperblock), Endian::little);
  const std::uint64_t said = geometry->blocks * geometry->block;
  Found found{.length = std::min<std::uint64_t>(said, from_here.size())};
  found.header = {{"version", (geometry->features & kExtents) != 0 ? 4 : (super.u32(92) & 0x4) != 0 ? 3 : 2}, {"block_bytes", geometry->block}, {"inodes", geometry->inodes},
                  {"name", printable(super.text(120, 16))}, {"written", super.u32(48)}};
  if (said > from_here.size()) found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), said));
  if ((geometry->features & kRecover) != 0) found.problems.push_back("was not unmounted: what stands only in the journal is not read");
  return found;
}

class ExtVolume : public Volume, public Tree {
 public:
  ExtVolume(ByteView bytes, const Geometry& geometry, Budget& budget) : bytes_(bytes), geometry_(geometry), budget_(budget) {}
  Result<Bytes> read(const File& file, std::uint64_t most) override;
  Result<void> entries(std::uint64_t folder, std::vector<FolderEntry>& into) override;
  Result<File> describe(std::uint64_t id) override;

 private:
  Result<Header> inode(std::uint64_t number) const;
  std::uint64_t descriptor_place(std::uint64_t group) const;
  ByteView block(std::uint64_t number) const {
    const std::uint64_t there = bytes_.size() / geometry_.block;
    return number < there ? bytes_.subspan(number * geometry_.block, geometry_.block) : ByteView();
  }
  std::uint64_t size_of(const Header& inode) const { return inode.u32(4) | std::uint64_t{inode.u32(108)} << 32; }
  Result<Bytes> content(const Header& inode, std::uint64_t most);
  Result<void> copy(std::uint64_t logical, std::uint64_t physical, std::uint64_t count, Bytes& into) const;
  // What walks the extents of one file. They stand in order, and no table is met twice: else a small image could keep a reader for ever.
  struct Walk {
    Bytes& into;
    std::uint64_t next = 0;  // the least logical block that may follow
    std::set<std::uint64_t> tables{};
  };
  Result<void> read_extents(ByteView table, int depth, Walk& walk) const;
  Result<void> read_list(std::uint32_t physical, int level, std::uint64_t& logical, Bytes& into);
  static ByteView inline_rest(const Header& inode);

  ByteView bytes_;
  Geometry geometry_;
  Budget& budget_;
};

// With meta groups each block of descriptors lies in the first group that it describes, behind a superblock where one is kept.
std::uint64_t ExtVolume::descriptor_place(std::uint64_t group) const {
  const Header super(bytes_.subspan(kSuperblock), Endian::little);
  const std::uint64_t in_a_block = geometry_.block / geometry_.descriptor, number = group / in_a_block, inside = group % in_a_block * geometry_.descriptor;
  if ((geometry_.features & kMetaGroups) == 0 || number < super.u32(260)) return (geometry_.first_block + 1 + number) * geometry_.block + inside;
  const std::uint64_t first = number * in_a_block;
  const auto is_power = [&](std::uint64_t of) {
    std::uint64_t value = of;
    while (value < first) value *= of;
    return value == first;
  };
  const bool has_superblock = first <= 1 || (super.u32(100) & 1) == 0 || is_power(3) || is_power(5) || is_power(7);
  return (geometry_.first_block + first * geometry_.blocks_a_group + (has_superblock ? 1 : 0)) * geometry_.block + inside;
}

Result<Header> ExtVolume::inode(std::uint64_t number) const {
  if (number == 0 || number > geometry_.inodes) return fail(ErrorCode::protocol, "there is no inode {}", number);
  const std::uint64_t group = (number - 1) / geometry_.inodes_a_group, place = descriptor_place(group);
  if (group >= geometry_.groups || place > bytes_.size() || bytes_.size() - place < geometry_.descriptor) return fail(ErrorCode::protocol, "inode {} lies outside", number);
  const Header descriptor(bytes_.subspan(place, geometry_.descriptor), Endian::little);
  const std::uint64_t table = descriptor.u32(8) | (geometry_.descriptor >= 64 ? std::uint64_t{descriptor.u32(40)} << 32 : 0);
  if (table > bytes_.size() / geometry_.block) return fail(ErrorCode::protocol, "inode {} lies outside", number);
  const std::uint64_t at = table * geometry_.block + (number - 1) % geometry_.inodes_a_group * geometry_.inode_size;
  if (at > bytes_.size() || bytes_.size() - at < geometry_.inode_size) return fail(ErrorCode::protocol, "inode {} lies outside", number);
  return Header(bytes_.subspan(at, geometry_.inode_size), Endian::little);
}

// Contents that do not fit among the block numbers go on in the attribute "data" of the inode (index 7, "system.").
ByteView ExtVolume::inline_rest(const Header& inode) {
  const std::size_t first = 128U + inode.u16(128) + 4U;
  if (inode.u32(first - 4) != 0xEA020000) return {};
  for (std::size_t at = first; at + 16 <= inode.size() && inode.u32(at) != 0; at += (16U + inode.u8(at) + 3U) / 4 * 4)
    if (inode.u8(at + 1) == 7 && as_text(inode.part(at + 16, inode.u8(at))) == "data") return inode.part(first + inode.u16(at + 2), inode.u32(at + 8));
  return {};
}

Result<void> ExtVolume::copy(std::uint64_t logical, std::uint64_t physical, std::uint64_t count, Bytes& into) const {
  for (std::uint64_t i = 0; i < count && (logical + i) * geometry_.block < into.size(); ++i) {
    const ByteView from = block(physical + i);
    if (from.empty()) return fail(ErrorCode::protocol, "block {} lies outside", physical + i);
    const std::uint64_t begin = (logical + i) * geometry_.block;
    std::copy_n(from.begin(), std::min<std::uint64_t>(from.size(), into.size() - begin), into.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return {};
}

Result<void> ExtVolume::read_extents(ByteView table, int depth, Walk& walk) const {
  const Header header(table, Endian::little);
  const std::size_t count = header.u16(2);
  const int own_depth = header.u16(6);
  const auto damaged = [] { return fail(ErrorCode::protocol, "the extents are damaged"); };
  if (header.u16(0) != 0xF30A || count > (table.size() - 12) / 12 || own_depth > kDeepestExtent || (depth >= 0 && own_depth != depth - 1)) return damaged();
  for (std::size_t at = 12; at < 12 + 12 * count; at += 12) {
    TRY(budget_.alive());
    const std::uint64_t logical = header.u32(at);
    if (logical < walk.next) return damaged();
    if (logical * geometry_.block >= walk.into.size()) return {};
    if (own_depth > 0) {
      const std::uint64_t number = header.u32(at + 4) | std::uint64_t{header.u16(at + 8)} << 32;
      if (block(number).empty() || !walk.tables.insert(number).second) return damaged();
      TRY(read_extents(block(number), own_depth, walk));
      continue;
    }
    const std::uint32_t length = header.u16(at + 4);
    const bool written = length <= 32768;  // above: room that was only set aside
    walk.next = logical + (written ? length : length - 32768);
    if (written) TRY(copy(logical, header.u32(at + 8) | std::uint64_t{header.u16(at + 6)} << 32, length, walk.into));
  }
  return {};
}

// level 0: a block of content; above: a block of numbers. Zero is a hole.
Result<void> ExtVolume::read_list(std::uint32_t physical, int level, std::uint64_t& logical, Bytes& into) {
  const std::uint64_t in_a_block = geometry_.block / 4;
  if (logical * geometry_.block >= into.size()) return {};
  TRY(budget_.alive());
  if (physical == 0 || level == 0) {
    if (physical != 0) TRY(copy(logical, physical, 1, into));
    std::uint64_t covered = 1;
    for (int i = 0; i < level; ++i) covered *= in_a_block;
    logical += covered;
    return {};
  }
  const ByteView numbers = block(physical);
  if (numbers.empty()) return fail(ErrorCode::protocol, "block {} lies outside", physical);
  for (std::uint64_t i = 0; i < in_a_block; ++i) TRY(read_list(Header(numbers, Endian::little).u32(4 * i), level - 1, logical, into));
  return {};
}

Result<Bytes> ExtVolume::content(const Header& inode, std::uint64_t most) {
  Bytes into(static_cast<std::size_t>(std::min(size_of(inode), most)), 0);
  const std::uint32_t flags = inode.u32(32);
  if ((flags & kHasInlineData) != 0) {
    const ByteView head = inode.part(40, std::min(kInline, into.size())), rest = inline_rest(inode);
    std::copy(head.begin(), head.end(), into.begin());
    if (into.size() > kInline) {
      if (rest.size() < into.size() - kInline) return fail(ErrorCode::protocol, "{} of {} bytes are there", kInline + rest.size(), into.size());
      std::copy_n(rest.begin(), into.size() - kInline, into.begin() + kInline);
    }
    return into;
  }
  if ((flags & kHasExtents) != 0) {
    Walk walk{into};
    TRY(read_extents(inode.part(40, kInline), -1, walk));
    return into;
  }
  std::uint64_t logical = 0;
  for (std::size_t i = 0; i < 15; ++i) TRY(read_list(inode.u32(40 + 4 * i), i < 12 ? 0 : static_cast<int>(i) - 11, logical, into));
  return into;
}

Result<void> ExtVolume::entries(std::uint64_t folder, std::vector<FolderEntry>& into) {
  const Header inode_of_folder = TRY(inode(folder));
  const bool has_inline = (inode_of_folder.u32(32) & kHasInlineData) != 0;
  if ((inode_of_folder.u32(32) & kEncrypted) != 0) return fail(ErrorCode::unsupported, "encrypted");
  if (size_of(inode_of_folder) > kLargestFolder) return fail(ErrorCode::limit, "a folder of {} bytes", size_of(inode_of_folder));
  TRY(budget_.unpack(size_of(inode_of_folder)));
  const Bytes list = TRY(content(inode_of_folder, kLargestFolder));
  // Entries never cross from one block into the next, nor, inline, from the block numbers into the attribute; there the number of the folder above comes first.
  std::vector<std::pair<std::size_t, std::size_t>> stretches;
  if (has_inline)
    stretches = {{4, std::min(kInline, list.size())}, {kInline, list.size()}};
  else
    for (std::size_t at = 0; at < list.size(); at += geometry_.block) stretches.emplace_back(at, std::min<std::size_t>(at + geometry_.block, list.size()));
  for (auto [at, end] : stretches)
    while (at + 8 <= end) {
      const Header entry(ByteView(list).subspan(at, end - at), Endian::little);
      const std::size_t length = entry.u16(4) == 0 || entry.u16(4) == 0xFFFF ? 65536 : entry.u16(4);
      const std::size_t name_size = (geometry_.features & kTyped) != 0 ? entry.u8(6) : entry.u16(6);
      if (length < 8 || length % 4 != 0 || length > end - at || name_size > length - 8) return fail(ErrorCode::protocol, "the folder is damaged at {}", at);
      if (entry.u32(0) != 0) into.push_back({std::string(as_text(entry.part(8, name_size))), entry.u32(0)});
      at += length;
    }
  return {};
}

Result<File> ExtVolume::describe(std::uint64_t id) {
  const Header found = TRY(inode(id));
  File file{.kind = kind_of_mode(found.u16(0)), .mode = static_cast<std::uint16_t>(found.u16(0) & 07777), .uid = found.u16(2) | std::uint32_t{found.u16(120)} << 16,
            .gid = found.u16(24) | std::uint32_t{found.u16(122)} << 16, .modified = found.u32(16), .handle = id};
  if (file.kind == FileKind::file) file.size = size_of(found);
  if (file.kind != FileKind::symlink) return file;
  if (size_of(found) > 4096) return fail(ErrorCode::protocol, "a link of {} bytes", size_of(found));
  const bool is_fast = size_of(found) < kInline && (found.u32(32) & (kHasExtents | kHasInlineData)) == 0;
  const Bytes far = is_fast ? Bytes() : TRY(content(found, 4096));
  file.target = is_fast ? std::string(as_text(found.part(40, size_of(found)))) : std::string(as_text(far));
  return file;
}

Result<Bytes> ExtVolume::read(const File& file, std::uint64_t most) {
  const Header found = TRY(inode(file.handle));
  if ((found.u32(32) & kEncrypted) != 0) return fail(ErrorCode::unsupported, "encrypted");
  return content(found, std::min(most, file.size));
}

Result<void> open(Opening& opening) {
  const auto geometry = geometry_of(opening.bytes());
  if (!geometry) return fail(ErrorCode::internal, "no file system");
  auto volume = std::make_shared<ExtVolume>(opening.bytes(), *geometry, opening.budget());
  opening.volume(volume);
  return list_tree(opening, *volume, kRoot);
}

constexpr Magic kMagic[] = {{"\x53\xEF"sv, kSuperblock + 56}};

}  // namespace

const Format kExt{"ext", kMagic, recognise, open};

}  // namespace lintel::firmware
