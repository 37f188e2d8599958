// cramfs, in both byte orders: inodes of 12 bytes in their folders, contents in zlib blocks of 4096 bytes behind a list of where each ends.
// Layout: the kernel's include/uapi/linux/cramfs_fs.h.
//   superblock  0 magic 28CD3D45 | 4 size | 8 flags | 16 "Compressed ROMFS" | 32 crc | 36 edition | 40 blocks | 44 files | 48 name[16] | 64 root inode
//   inode       mode:16 uid:16 | size:24 gid:8 | name length/4:6 place/4:26, then the name
// The superblock may stand behind 512 empty bytes, for boot code.
#include <algorithm>
#include <memory>
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

constexpr std::size_t kSuperblock = 76, kShift = 512, kInodeSize = 12, kBlock = 4096;
constexpr std::uint32_t kNewer = 1, kHasExtendedPointers = 0x800;

struct Inode {
  std::uint32_t mode = 0, uid = 0, size = 0, gid = 0, name_size = 0, place = 0;
};

Inode inode_at(ByteView bytes, std::uint64_t at, Endian endian) {
  const Header header(at < bytes.size() ? bytes.subspan(at) : ByteView(), endian);
  const std::uint32_t a = header.u32(0), b = header.u32(4), c = header.u32(8);
  if (endian == Endian::little) return {a & 0xFFFF, a >> 16, b & 0xFFFFFF, b >> 24, (c & 0x3F) * 4, (c >> 6) * 4};
  return {a >> 16, a & 0xFFFF, b >> 8, b & 0xFF, (c >> 26) * 4, (c & 0x3FFFFFF) * 4};
}

Endian endian_of(ByteView superblock) { return superblock[0] == 0x45 ? Endian::little : Endian::big; }

// Where the superblock stands: 0, or 512 when the root folder lies behind boot code too, and not just behind 512 zeros of something else.
std::optional<std::size_t> superblock_at(ByteView bytes) {
  for (const std::size_t at : {std::size_t{0}, kShift}) {
    if (bytes.size() < at + kSuperblock || as_text(bytes.subspan(at + 16, 16)) != "Compressed ROMFS") continue;
    if (at == 0 || inode_at(bytes, at + 64, endian_of(bytes.subspan(at))).place >= kShift + kSuperblock) return at;
  }
  return std::nullopt;
}

std::optional<Found> recognise(ByteView from_here) {
  const auto at = superblock_at(from_here);
  if (!at) return std::nullopt;
  const Header header(from_here.subspan(*at, kSuperblock), endian_of(from_here.subspan(*at)));
  const std::uint64_t size = header.u32(4);
  if (size < *at + kSuperblock) return std::nullopt;
  Found found{.length = std::min<std::uint64_t>(size, from_here.size())};
  found.header = {{"byte_order", endian_of(from_here.subspan(*at)) == Endian::little ? "little" : "big"}, {"name", printable(header.text(48, 16))}};
  if (size > from_here.size()) {
    found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), size));
  } else if ((header.u32(8) & kNewer) != 0) {
    Bytes checked(from_here.begin() + static_cast<std::ptrdiff_t>(*at), from_here.begin() + static_cast<std::ptrdiff_t>(size));
    std::fill_n(checked.begin() + 32, 4, std::uint8_t{0});
    const bool right = crc32_of(checked) == header.u32(32);
    found.header["crc_right"] = right;
    if (!right) found.problems.push_back("the check sum is wrong");
  }
  return found;
}

class CramfsVolume : public Volume, public Tree {
 public:
  CramfsVolume(ByteView bytes, std::size_t superblock, bool extended) : bytes_(bytes), endian_(endian_of(bytes.subspan(superblock))), root_(superblock + 64), extended_(extended) {}
  std::uint64_t root() const { return root_; }

  Result<void> entries(std::uint64_t folder, std::vector<FolderEntry>& into) override {
    const Inode inode = inode_at(bytes_, folder, endian_);
    const std::uint64_t begin = inode.place, end = begin + inode.size;
    for (std::uint64_t at = begin; at < end;) {
      const Inode child = inode_at(bytes_, at, endian_);
      const std::uint64_t next = at + kInodeSize + child.name_size;
      if (next > end || next > bytes_.size()) return fail(ErrorCode::protocol, "the folder is damaged at {}", at);
      into.push_back({Header(bytes_, endian_).text(at + kInodeSize, child.name_size), at});
      at = next;
    }
    return {};
  }

  Result<File> describe(std::uint64_t id) override {
    const Inode inode = inode_at(bytes_, id, endian_);
    File file{.kind = kind_of_mode(inode.mode), .mode = static_cast<std::uint16_t>(inode.mode & 07777), .uid = inode.uid, .gid = inode.gid, .handle = id};
    if (file.kind == FileKind::file) file.size = inode.size;
    if (file.kind != FileKind::symlink) return file;
    const Bytes target = TRY(content(inode, 4096));
    file.target = std::string(as_text(target));
    return file;
  }

  Result<Bytes> read(const File& file, std::uint64_t most) override { return content(inode_at(bytes_, file.handle, endian_), std::min(most, file.size)); }

 private:
  Result<Bytes> content(const Inode& inode, std::uint64_t most) const {
    if (extended_) return fail(ErrorCode::unsupported, "blocks that are not all compressed");
    const Header all(bytes_, endian_);
    const std::uint64_t size = std::min<std::uint64_t>(inode.size, most), blocks = (std::uint64_t{inode.size} + kBlock - 1) / kBlock;
    if (inode.place + 4 * blocks > bytes_.size()) return fail(ErrorCode::protocol, "lies outside");
    Bytes out(static_cast<std::size_t>(size), 0);
    std::uint64_t begin = inode.place + 4 * blocks;
    for (std::uint64_t i = 0; i * kBlock < size; ++i) {
      const std::uint64_t end = all.u32(inode.place + 4 * i), whole = std::min<std::uint64_t>(kBlock, inode.size - i * kBlock);
      if (end < begin || end > bytes_.size()) return fail(ErrorCode::protocol, "block {} lies outside", i);
      if (end > begin) {  // an empty block is a hole
        const auto block = unpack(Compression::zlib, bytes_.subspan(begin, end - begin), kBlock, [](std::uint64_t) { return Result<void>(); });
        if (block.early || block.bytes.size() != whole) return fail(ErrorCode::protocol, "damaged at {}", i * kBlock);
        std::copy_n(block.bytes.begin(), std::min(whole, size - i * kBlock), out.begin() + static_cast<std::ptrdiff_t>(i * kBlock));
      }
      begin = end;
    }
    return out;
  }

  ByteView bytes_;
  Endian endian_;
  std::uint64_t root_;
  bool extended_;
};

Result<void> open(Opening& opening) {
  const auto at = superblock_at(opening.bytes());
  if (!at) return fail(ErrorCode::internal, "no superblock");
  const Header header(opening.bytes().subspan(*at), endian_of(opening.bytes().subspan(*at)));
  auto volume = std::make_shared<CramfsVolume>(opening.bytes(), *at, (header.u32(8) & kHasExtendedPointers) != 0);
  opening.volume(volume);
  return list_tree(opening, *volume, volume->root());
}

constexpr Magic kMagic[] = {{"\x45\x3D\xCD\x28"sv}, {"\x28\xCD\x3D\x45"sv}, {"\x45\x3D\xCD\x28"sv, kShift}, {"\x28\xCD\x3D\x45"sv, kShift}};

}  // namespace

const Format kCramfs{"cramfs", kMagic, recognise, open};

}  // namespace lintel::firmware
