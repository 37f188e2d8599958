// JFFS2, in both byte orders: a log of nodes, each at a multiple of four. Of several versions the highest counts. Layout: the kernel's
// include/uapi/linux/jffs2.h; the check sums are CRC-32 without inversion at either end.
//   node    0 magic 1985 u16 | 2 type u16 | 4 total length | 8 crc of the first 8 bytes
//   dirent  12 parent | 16 version | 20 inode, 0 when deleted | 24 time | 28 name length u8 | 29 type u8 | 32 node crc | 36 name crc | 40 name
//   inode   12 inode | 16 version | 20 mode | 24 uid u16 | 26 gid u16 | 28 size | 36 mtime | 44 offset | 48 packed | 52 unpacked | 56 compression u8 |
//           60 data crc | 64 node crc | 68 data
#include <zlib.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "firmware/formats/formats.h"
#include "firmware/formats/stored.h"
#include "firmware/formats/tree.h"
#include "firmware/image/header.h"
#include "firmware/unpack/unpack.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::uint16_t kMagicWord = 0x1985, kDirent = 0xE001, kInode = 0xE002;
constexpr std::uint16_t kAccurate = 0x2000;  // of the type; cleared, without a new check sum, when a later node took its place
constexpr std::uint64_t kWidestGap = 512 * 1024;  // between nodes: the rest of an erased block, or one that was being written
constexpr std::uint32_t kRoot = 1;

std::uint32_t crc_of(ByteView bytes) { return static_cast<std::uint32_t>(crc32_z(0xFFFFFFFF, bytes.data(), bytes.size())) ^ 0xFFFFFFFF; }

struct Node {
  std::uint16_t type = 0;
  std::uint32_t length = 0;
};

std::optional<Node> node_at(ByteView bytes, std::uint64_t at, Endian endian) {
  if (at > bytes.size() || bytes.size() - at < 12) return std::nullopt;
  const Header header(bytes.subspan(at, 12), endian);
  if (header.u16(0) != kMagicWord) return std::nullopt;
  Bytes checked(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(at) + 8);
  checked[endian == Endian::little ? 3 : 2] |= kAccurate >> 8;
  if (header.u32(8) != crc_of(checked)) return std::nullopt;
  const Node node{header.u16(2), header.u32(4)};
  if (node.length < 12 || node.length > bytes.size() - at) return std::nullopt;
  return node;
}

// Calls visit(offset, node) for each node from `at` on. Where the last one ends.
template <class Visit>
std::uint64_t walk(ByteView bytes, Endian endian, const Visit& visit) {
  std::uint64_t end = 0;
  for (std::uint64_t at = 0; at + 12 <= bytes.size() && at - end <= kWidestGap;) {
    const auto node = node_at(bytes, at, endian);
    if (!node) {
      at += 4;
      continue;
    }
    visit(at, *node);
    at = (at + node->length + 3) / 4 * 4;
    end = std::min<std::uint64_t>(at, bytes.size());
  }
  return end;
}

Endian endian_of(ByteView bytes) { return bytes[0] == 0x85 ? Endian::little : Endian::big; }

std::optional<Found> recognise(ByteView from_here) {
  if (from_here.size() < 12 || !node_at(from_here, 0, endian_of(from_here))) return std::nullopt;
  const Endian endian = endian_of(from_here);
  std::size_t nodes = 0;
  Found found;
  found.length = walk(from_here, endian, [&](std::uint64_t, const Node&) { ++nodes; });
  found.header = {{"byte_order", endian == Endian::little ? "little" : "big"}, {"nodes", nodes}};
  return found;
}

struct Fragment {
  std::uint32_t version = 0, offset = 0, size = 0;
  std::uint8_t compression = 0;
  ByteView data;
};
struct Inode {
  std::uint32_t version = 0, mode = 0, uid = 0, gid = 0, size = 0, modified = 0;
  std::vector<Fragment> fragments;
};
struct Dirent {
  std::uint32_t version = 0, inode = 0;
};

// The oldest of the compressions: each byte is followed by how many bytes after its last occurrence come again.
bool unpack_rtime(ByteView in, Bytes& out) {
  std::array<std::size_t, 256> last{};
  std::size_t at = 0;
  for (std::size_t done = 0; done < out.size();) {
    if (in.size() - at < 2) return false;
    const std::uint8_t value = in[at++];
    std::size_t repeat = in[at++];
    out[done++] = value;
    std::size_t from = std::exchange(last[value], done);
    if (repeat > out.size() - done) return false;
    while (repeat-- > 0) out[done++] = out[from++];
  }
  return true;
}

Result<Bytes> unpack_fragment(const Fragment& fragment) {
  Bytes out(fragment.size);
  const auto damaged = [&] { return fail(ErrorCode::protocol, "damaged at {}", fragment.offset); };
  switch (fragment.compression) {
    case 0:
      if (fragment.data.size() < out.size()) return damaged();
      std::copy_n(fragment.data.begin(), out.size(), out.begin());
      return out;
    case 1: return out;
    case 2:
      if (!unpack_rtime(fragment.data, out)) return damaged();
      return out;
    case 6:
    case 7: {
      auto block = unpack(fragment.compression == 6 ? Compression::zlib : Compression::lzo, fragment.data, fragment.size, [](std::uint64_t) { return Result<void>(); });
      if (block.bytes.size() != out.size()) return damaged();
      return std::move(block.bytes);
    }
    default: return fail(ErrorCode::unsupported, "compression {} is not known", fragment.compression);
  }
}

class Jffs2Volume : public Volume, public Tree {
 public:
  explicit Jffs2Volume(Budget& budget) : budget_(budget) {}
  Result<void> scan(Opening& opening);
  Result<void> entries(std::uint64_t folder, std::vector<FolderEntry>& into) override;
  Result<File> describe(std::uint64_t id) override;
  Result<Bytes> read(const File& file, std::uint64_t most) override { return content(static_cast<std::uint32_t>(file.handle), most); }

 private:
  void read_dirent(ByteView node, Endian endian, std::size_t& damaged);
  void read_inode(ByteView node, Endian endian, std::size_t& damaged);
  Result<Bytes> content(std::uint32_t number, std::uint64_t most) const;

  Budget& budget_;
  std::map<std::uint32_t, std::map<std::string, Dirent>> folders_;  // by inode of the folder
  std::map<std::uint32_t, Inode> inodes_;
};

void Jffs2Volume::read_dirent(ByteView node, Endian endian, std::size_t& damaged) {
  const Header header(node, endian);
  const std::size_t name_size = header.u8(28);
  if (node.size() < 40 + name_size || header.u32(32) != crc_of(node.first(32)) || header.u32(36) != crc_of(node.subspan(40, name_size))) {
    ++damaged;
    return;
  }
  Dirent& entry = folders_[header.u32(12)][std::string(as_text(node.subspan(40, name_size)))];
  if (entry.version <= header.u32(16)) entry = {header.u32(16), header.u32(20)};
}

void Jffs2Volume::read_inode(ByteView node, Endian endian, std::size_t& damaged) {
  const Header header(node, endian);
  const std::uint32_t packed = header.u32(48), version = header.u32(16);
  if (node.size() < 68 || packed > node.size() - 68 || header.u32(64) != crc_of(node.first(60)) || header.u32(60) != crc_of(node.subspan(68, packed))) {
    ++damaged;
    return;
  }
  Inode& inode = inodes_[header.u32(12)];
  if (inode.version <= version) {
    inode.version = version;
    inode.mode = header.u32(20);
    inode.uid = header.u16(24);
    inode.gid = header.u16(26);
    inode.size = header.u32(28);
    inode.modified = header.u32(36);
  }
  inode.fragments.push_back({version, header.u32(44), header.u32(52), header.u8(56), node.subspan(68, packed)});
}

Result<void> Jffs2Volume::scan(Opening& opening) {
  const ByteView bytes = opening.bytes();
  const Endian endian = endian_of(bytes);
  std::size_t damaged = 0;
  walk(bytes, endian, [&](std::uint64_t at, const Node& node) {
    const ByteView whole = bytes.subspan(at, node.length);
    if (node.type == kDirent) read_dirent(whole, endian, damaged);
    if (node.type == kInode) read_inode(whole, endian, damaged);
  });
  if (damaged > 0) opening.problem(fmt::format("{} nodes have a wrong check sum", damaged));
  for (auto& [number, inode] : inodes_) std::stable_sort(inode.fragments.begin(), inode.fragments.end(), [](const Fragment& a, const Fragment& b) { return a.version < b.version; });
  return opening.budget().alive();
}

Result<void> Jffs2Volume::entries(std::uint64_t folder, std::vector<FolderEntry>& into) {
  if (const auto found = folders_.find(static_cast<std::uint32_t>(folder)); found != folders_.end())
    for (const auto& [name, entry] : found->second)
      if (entry.inode != 0) into.push_back({name, entry.inode});
  return {};
}

Result<File> Jffs2Volume::describe(std::uint64_t id) {
  const auto found = inodes_.find(static_cast<std::uint32_t>(id));
  if (found == inodes_.end()) return fail(ErrorCode::protocol, "its inode is missing");
  const Inode& inode = found->second;
  File file{.kind = kind_of_mode(inode.mode), .mode = static_cast<std::uint16_t>(inode.mode & 07777), .uid = inode.uid, .gid = inode.gid, .modified = inode.modified, .handle = id};
  if (file.kind == FileKind::file) file.size = inode.size;
  if (file.kind == FileKind::symlink)
    if (const auto target = content(static_cast<std::uint32_t>(id), 4096)) file.target = std::string(as_text(*target));
  return file;
}

Result<Bytes> Jffs2Volume::content(std::uint32_t number, std::uint64_t most) const {
  const auto found = inodes_.find(number);
  if (found == inodes_.end()) return fail(ErrorCode::internal, "no such inode");
  const Inode& inode = found->second;
  Bytes content(static_cast<std::size_t>(std::min<std::uint64_t>(inode.size, most)), 0);
  std::uint64_t done = 0;
  for (const Fragment& fragment : inode.fragments) {
    TRY(budget_.alive());
    if (fragment.size == 0 || fragment.offset >= content.size()) continue;
    if (fragment.size > 1 << 20) return fail(ErrorCode::protocol, "a fragment of {} bytes", fragment.size);
    done += fragment.size;
    if (done > content.size()) TRY(budget_.unpack(fragment.size));  // written again and again: more than the caller has taken
    const Bytes piece = TRY(unpack_fragment(fragment));
    std::copy_n(piece.begin(), std::min(piece.size(), content.size() - fragment.offset), content.begin() + fragment.offset);
  }
  return content;
}

Result<void> open(Opening& opening) {
  auto volume = std::make_shared<Jffs2Volume>(opening.budget());
  opening.volume(volume);
  TRY(volume->scan(opening));
  return list_tree(opening, *volume, kRoot);
}

constexpr Magic kMagic[] = {{"\x85\x19\x01\xE0"sv}, {"\x85\x19\x02\xE0"sv}, {"\x85\x19\x01\xC0"sv}, {"\x85\x19\x02\xC0"sv}, {"\x85\x19\x03\x20"sv}, {"\x85\x19\x03\0"sv}, {"\x19\x85\xE0\x01"sv}, {"\x19\x85\xE0\x02"sv}, {"\x19\x85\xC0\x01"sv}, {"\x19\x85\xC0\x02"sv}, {"\x19\x85\x20\x03"sv}, {"\x19\x85\0\x03"sv}};

}  // namespace

const Format kJffs2{"jffs2", kMagic, recognise, open};

}  // namespace lintel::firmware
