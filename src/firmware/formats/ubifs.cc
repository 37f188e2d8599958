// UBIFS: nodes in the logical blocks of a UBI volume. A tree of index nodes leads to those that count; what was written after the last commit
// stands in the journal. Little-endian. Layout: the kernel's fs/ubifs/ubifs-media.h.
//   node        0 magic 06101831 | 4 crc of what follows it | 8 sequence u64 | 16 length | 20 type
//   superblock  28 flags | 36 block bytes | 40 blocks | 56 log blocks | 80 version | 84 compression u16
//   master      32 commit u64 | 44 log block | 48 root block | 52 root place | 56 root length
//   index       24 children u16 | 26 level u16 | 28 children: block, place, length, key (and a hash when authenticated)
//   reference   24 block | 28 place                                       commit start  24 commit u64
//   inode       24 key | 48 size u64 | 72 mtime u64 | 92 links | 96 uid | 100 gid | 104 mode | 108 flags | 112 data length | 160 data
//   entry       24 key | 40 inode u64, 0 when deleted | 49 type | 50 name length u16 | 56 name
//   data        24 key: inode, type in 3 bits and number in 29 | 40 size | 44 compression u16 | 48 data
//   truncation  24 inode | 48 new size u64
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "firmware/formats/check_sums.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/stored.h"
#include "firmware/formats/tree.h"
#include "firmware/image/header.h"
#include "firmware/unpack/unpack.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kNodeHeader = 24, kSuperblock = 4096, kBlock = 4096, kLeastEraseBlock = 15 * 1024;
constexpr std::uint32_t kRoot = 1, kLogStart = 3, kFirstNumber = 29;  // bits of the number in a key
constexpr std::uint32_t kEncrypted = 0x40;                            // flag of an inode
enum : std::uint8_t { kInode, kData, kEntry, kExtended, kTruncation, kPadding, kSuper, kMaster, kReference, kIndex, kCommit, kOrphan, kTypes = 14 };

struct Node {
  ByteView bytes;
  std::uint8_t type = 0;
  std::uint64_t sequence = 0;
  Header header() const { return {bytes, Endian::little}; }
};

std::optional<Node> node_at(ByteView bytes, std::uint64_t at) {
  if (at > bytes.size() || bytes.size() - at < kNodeHeader) return std::nullopt;
  const Header header(bytes.subspan(at), Endian::little);
  const std::uint32_t length = header.u32(16);
  if (header.u32(0) != 0x06101831 || length < kNodeHeader || length > bytes.size() - at || header.u8(20) >= kTypes) return std::nullopt;
  const ByteView whole = bytes.subspan(at, length);
  if (static_cast<std::uint32_t>(~crc32_of(whole.subspan(8))) != header.u32(4)) return std::nullopt;
  return Node{whole, header.u8(20), header.u64(8)};
}

std::string_view name_of_compression(std::uint16_t compression) {
  constexpr std::string_view kNames[] = {"none", "lzo", "zlib", "zstd"};
  return compression < std::size(kNames) ? kNames[compression] : "other";
}

std::optional<Found> recognise(ByteView from_here) {
  const auto node = node_at(from_here.first(std::min(from_here.size(), kSuperblock)), 0);
  if (!node || node->type != kSuper || node->bytes.size() < 128) return std::nullopt;
  const Header header = node->header();
  const std::uint64_t block = header.u32(36), blocks = header.u32(40);
  if (block < kLeastEraseBlock || block > 16 << 20 || blocks < 4) return std::nullopt;
  Found found{.length = std::min<std::uint64_t>(block * blocks, from_here.size())};
  found.header = {{"version", header.u32(80)}, {"compression", name_of_compression(header.u16(84))}, {"block_bytes", block}, {"blocks", blocks},
                  {"encrypted", (header.u32(28) & 0x10) != 0}, {"authenticated", (header.u32(28) & 0x20) != 0}};
  return found;
}

struct Inode {
  std::uint64_t size = 0;
  std::int64_t modified = 0;
  std::uint32_t uid = 0, gid = 0, mode = 0, flags = 0;
  ByteView data;  // a symlink's target
};

class UbifsVolume : public Volume, public Tree {
 public:
  Result<void> scan(Opening& opening);
  Result<Bytes> read(const File& file, std::uint64_t most) override;
  Result<void> entries(std::uint64_t folder, std::vector<FolderEntry>& into) override;
  Result<File> describe(std::uint64_t id) override;

 private:
  ByteView block(std::uint32_t number) const {
    const std::uint64_t begin = std::uint64_t{number} * block_bytes_;
    return begin < bytes_.size() ? bytes_.subspan(begin, std::min<std::uint64_t>(block_bytes_, bytes_.size() - begin)) : ByteView();
  }
  std::optional<Node> master() const;
  bool walk_index(Budget& budget, std::uint32_t number, std::uint32_t place, int level);
  void replay(Budget& budget, const Header& master, std::uint32_t log_blocks);
  void apply_all(std::vector<Node> nodes);
  void apply(const Node& node);
  // Calls visit for every node of a block from `at` on.
  template <class Visit>
  void each_node(ByteView block, std::uint64_t at, const Visit& visit) const;

  ByteView bytes_;
  std::uint64_t block_bytes_ = 0;
  std::set<std::uint64_t> walked_;  // index nodes
  std::map<std::uint32_t, Inode> inodes_;
  std::map<std::uint32_t, std::map<std::string, std::uint64_t>> folders_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, ByteView> data_;  // by inode and number
};

template <class Visit>
void UbifsVolume::each_node(ByteView block, std::uint64_t at, const Visit& visit) const {
  while (at + kNodeHeader <= block.size()) {
    const auto node = node_at(block, at);
    if (!node) {
      at += 8;
      continue;
    }
    visit(*node);
    at += node->bytes.size() + (node->type == kPadding ? node->header().u32(24) : 0);
    at = (at + 7) / 8 * 8;
  }
}

std::optional<Node> UbifsVolume::master() const {
  std::optional<Node> latest;
  for (const std::uint32_t number : {1U, 2U})
    each_node(block(number), 0, [&](const Node& node) {
      if (node.type == kMaster && node.bytes.size() >= 60 && (!latest || latest->sequence < node.sequence)) latest = node;
    });
  return latest;
}

void UbifsVolume::apply(const Node& node) {
  const Header header = node.header();
  const std::uint32_t number = header.u32(24), second = header.u32(28);
  switch (node.type) {
    case kInode: {
      if (header.size() < 160) return;
      if (header.u32(92) == 0) {  // the last link is gone
        inodes_.erase(number);
        return;
      }
      inodes_[number] = {header.u64(48), static_cast<std::int64_t>(header.u64(72)), header.u32(96), header.u32(100), header.u32(104), header.u32(108), header.part(160, header.u32(112))};
      return;
    }
    case kEntry: {
      const std::string name(as_text(header.part(56, header.u16(50))));
      if (header.u64(40) == 0)
        folders_[number].erase(name);
      else
        folders_[number][name] = header.u64(40);
      return;
    }
    case kData: data_[{number, second & ((1U << kFirstNumber) - 1)}] = node.bytes; return;
    case kTruncation: {
      const std::uint64_t keep = (header.u64(48) + kBlock - 1) / kBlock;
      if (keep > UINT32_MAX) return;
      data_.erase(data_.lower_bound({number, static_cast<std::uint32_t>(keep)}), data_.upper_bound({number, UINT32_MAX}));
      return;
    }
    default: return;
  }
}

void UbifsVolume::apply_all(std::vector<Node> nodes) {
  std::stable_sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.sequence < b.sequence; });
  for (const Node& node : nodes) apply(node);
}

// False: something it points to is not there.
bool UbifsVolume::walk_index(Budget& budget, std::uint32_t number, std::uint32_t place, int level) {
  if (!walked_.insert(std::uint64_t{number} << 32 | place).second || !budget.alive()) return false;
  const auto index = node_at(block(number), place);
  if (!index || index->type != kIndex) return false;
  const Header header = index->header();
  const std::size_t children = header.u16(24);
  const int own_level = header.u16(26);
  if (children == 0) return own_level == 0;
  if (own_level > 32 || (level >= 0 && own_level != level - 1)) return false;
  const std::size_t row = (header.size() - 28) / children;
  if (header.size() < 28 || row < 20) return false;
  bool whole = true;
  for (std::size_t i = 0; i < children; ++i) {
    const std::uint32_t child_block = header.u32(28 + i * row), child_place = header.u32(32 + i * row);
    if (own_level > 0) {
      whole = walk_index(budget, child_block, child_place, own_level) && whole;
      continue;
    }
    const auto leaf = node_at(block(child_block), child_place);
    if (leaf) apply(*leaf);
    whole = leaf.has_value() && whole;
  }
  return whole;
}

// What the log refers to since the commit of the master, in the order in which it was written.
void UbifsVolume::replay(Budget& budget, const Header& master, std::uint32_t log_blocks) {
  const std::uint32_t first = master.u32(44);
  if (log_blocks == 0 || log_blocks > 4096 || first < kLogStart || first - kLogStart >= log_blocks) return;
  std::vector<Node> nodes;
  std::uint64_t committed = UINT64_MAX;
  std::set<std::uint32_t> seen;
  for (std::uint32_t i = 0; i < log_blocks && budget.alive(); ++i) {
    bool any = false;
    each_node(block(kLogStart + (first - kLogStart + i) % log_blocks), 0, [&](const Node& node) {
      if (node.type == kCommit && node.header().u64(24) == master.u64(32)) committed = node.sequence;
      if (node.type != kReference || node.sequence < committed) return;
      any = true;
      const std::uint32_t number = node.header().u32(24);
      if (seen.insert(number).second) each_node(block(number), node.header().u32(28), [&](const Node& written) { nodes.push_back(written); });
    });
    if (!any && i > 0) break;
  }
  apply_all(std::move(nodes));
}

Result<void> UbifsVolume::scan(Opening& opening) {
  bytes_ = opening.bytes();
  const Header super(bytes_, Endian::little);
  block_bytes_ = super.u32(36);
  const auto latest = master();
  const bool whole = latest && walk_index(opening.budget(), latest->header().u32(48), latest->header().u32(52), -1);
  TRY(opening.budget().alive());
  if (whole) {
    replay(opening.budget(), latest->header(), super.u32(56));
    return {};
  }
  opening.problem(latest ? "the index is damaged: every node is read, deleted ones among them" : "there is no master node: every node is read, deleted ones among them");
  inodes_.clear();
  folders_.clear();
  data_.clear();
  std::vector<Node> nodes;
  for (std::uint32_t number = 0; std::uint64_t{number} * block_bytes_ < bytes_.size(); ++number) {
    TRY(opening.budget().alive());
    each_node(block(number), 0, [&](const Node& node) { nodes.push_back(node); });
  }
  apply_all(std::move(nodes));
  return {};
}

Result<void> UbifsVolume::entries(std::uint64_t folder, std::vector<FolderEntry>& into) {
  const auto found = folders_.find(static_cast<std::uint32_t>(folder));
  if (found == folders_.end()) return {};
  for (const auto& [name, inode] : found->second) into.push_back({name, inode});
  return {};
}

Result<File> UbifsVolume::describe(std::uint64_t id) {
  const auto found = id <= UINT32_MAX ? inodes_.find(static_cast<std::uint32_t>(id)) : inodes_.end();
  if (found == inodes_.end()) return fail(ErrorCode::protocol, "its inode is missing");
  const Inode& inode = found->second;
  File file{.kind = kind_of_mode(inode.mode), .mode = static_cast<std::uint16_t>(inode.mode & 07777), .uid = inode.uid, .gid = inode.gid, .modified = inode.modified, .handle = id};
  if (file.kind == FileKind::file) file.size = inode.size;
  if (file.kind == FileKind::symlink) file.target = std::string(as_text(inode.data));
  return file;
}

Result<Bytes> UbifsVolume::read(const File& file, std::uint64_t most) {
  const auto number = static_cast<std::uint32_t>(file.handle);
  const auto inode = inodes_.find(number);
  if (inode == inodes_.end()) return fail(ErrorCode::internal, "no such inode");
  if ((inode->second.flags & kEncrypted) != 0) return fail(ErrorCode::unsupported, "encrypted");
  Bytes content(static_cast<std::size_t>(std::min(file.size, most)), 0);  // holes are zeros
  for (auto at = data_.lower_bound({number, 0}); at != data_.end() && at->first.first == number; ++at) {
    const std::uint64_t begin = std::uint64_t{at->first.second} * kBlock;
    if (begin >= content.size()) break;
    const Header header(at->second, Endian::little);
    const std::uint32_t size = header.u32(40);
    const ByteView packed = header.part(48, header.size());
    if (size > kBlock || header.size() < 48) return fail(ErrorCode::protocol, "damaged at {}", begin);
    const auto copy = [&](ByteView from) { std::copy_n(from.begin(), std::min<std::size_t>(from.size(), content.size() - begin), content.begin() + static_cast<std::ptrdiff_t>(begin)); };
    constexpr Compression kCompressions[] = {Compression::lzo, Compression::lzo, Compression::deflate, Compression::zstd};
    if (header.u16(44) >= std::size(kCompressions)) return fail(ErrorCode::unsupported, "compression {} is not known", header.u16(44));
    if (header.u16(44) == 0) {
      if (packed.size() < size) return fail(ErrorCode::protocol, "damaged at {}", begin);
      copy(packed.first(size));
      continue;
    }
    const auto unpacked = unpack(kCompressions[header.u16(44)], packed, size, [](std::uint64_t) { return Result<void>(); });
    if (unpacked.early || unpacked.bytes.size() != size) return fail(ErrorCode::protocol, "damaged at {}", begin);
    copy(unpacked.bytes);
  }
  return content;
}

Result<void> open(Opening& opening) {
  auto volume = std::make_shared<UbifsVolume>();
  opening.volume(volume);
  TRY(volume->scan(opening));
  return list_tree(opening, *volume, kRoot);
}

constexpr Magic kMagic[] = {{"\x31\x18\x10\x06"sv}};

}  // namespace

const Format kUbifs{"ubifs", kMagic, recognise, open};

}  // namespace lintel::firmware
