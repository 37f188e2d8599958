// SquashFS 4.0, little-endian, through libsquashfs over the bytes in memory, with every compression that unpack.h knows (the library alone
// has no LZO). Older versions, big-endian and vendors' magics are recognised and named, not opened. Superblock: 96 bytes,
// Documentation/filesystems/squashfs.rst of the kernel:
//   0 magic | 4 inodes | 8 time | 12 block size | 16 fragments | 20 compression u16 | 22 block log u16 | 28 major u16 | 30 minor u16 | 40 bytes used u64
#include <sqfs/compressor.h>
#include <sqfs/data_reader.h>
#include <sqfs/dir.h>
#include <sqfs/dir_reader.h>
#include <sqfs/error.h>
#include <sqfs/id_table.h>
#include <sqfs/inode.h>
#include <sqfs/io.h>
#include <sqfs/super.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include "base/text.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/stored.h"
#include "firmware/image/header.h"
#include "firmware/unpack/unpack.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSuperblock = 96;
constexpr int kDeepestFolder = 64;
constexpr std::size_t kLeastFragment = 8;  // bytes of the image that one takes at the least

std::optional<Compression> compression_of(std::uint16_t id) {
  constexpr Compression kById[] = {Compression::zlib, Compression::lzma, Compression::lzo, Compression::xz, Compression::lz4_block, Compression::zstd};
  if (id < 1 || id > std::size(kById)) return std::nullopt;
  return kById[id - 1];
}

std::optional<Found> recognise(ByteView from_here) {
  if (from_here.size() < kSuperblock) return std::nullopt;
  const Header little(from_here.first(kSuperblock), Endian::little), big(from_here.first(kSuperblock), Endian::big);
  const std::string magic(as_text(from_here.first(4)));
  const bool usual = magic == "hsqs";
  const bool swapped = little.u16(28) == 0 || little.u16(28) > 4;
  const Header& header = swapped ? big : little;
  const std::uint16_t major = header.u16(28), minor = header.u16(30);
  if (major < 1 || major > 4 || minor > 9) return std::nullopt;
  Found found;
  found.header = {{"version", fmt::format("{}.{}", major, minor)}, {"byte_order", swapped ? "big" : "little"}};
  if (!usual) found.header["magic"] = printable(magic);
  if (major < 4) {  // 3.x has the bytes used at 63, older ones at 8 in 32 bits
    const std::uint64_t used = major == 3 ? header.u64(63) : header.u32(8);
    if (used < kSuperblock || used > from_here.size() + (1 << 20)) return std::nullopt;
    found.length = std::min<std::uint64_t>(used, from_here.size());
    return found;
  }
  const std::uint32_t block = header.u32(12);
  const std::uint64_t used = header.u64(40);
  if (block < 4096 || block > 1 << 20 || (1U << std::min<unsigned>(header.u16(22), 31)) != block || used < kSuperblock || used > 1ULL << 40) return std::nullopt;
  const auto compression = compression_of(header.u16(20));
  found.header["compression"] = compression ? std::string(name_of(*compression)) : fmt::format("{}", header.u16(20));
  found.header["inodes"] = header.u32(4);
  found.header["time"] = header.u32(8);
  found.length = std::min<std::uint64_t>(used, from_here.size());
  if (used > from_here.size()) found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), used));
  return found;
}

// libsquashfs's interfaces to a file and a decompressor, over what we have.
struct MemoryFile : sqfs_file_t {
  ByteView bytes;
};
struct BlockDecoder : sqfs_compressor_t {
  Compression compression = Compression::zlib;
  Budget* budget = nullptr;
};

MemoryFile memory_file(ByteView bytes) {
  MemoryFile file{};
  file.bytes = bytes;
  file.base.destroy = [](sqfs_object_t*) {};
  file.read_at = [](sqfs_file_t* self, sqfs_u64 offset, void* buffer, size_t size) -> int {
    const ByteView all = static_cast<MemoryFile*>(self)->bytes;
    if (offset > all.size() || size > all.size() - offset) return SQFS_ERROR_OUT_OF_BOUNDS;
    std::memcpy(buffer, all.data() + offset, size);
    return 0;
  };
  file.write_at = [](sqfs_file_t*, sqfs_u64, const void*, size_t) -> int { return SQFS_ERROR_IO; };
  file.get_size = [](const sqfs_file_t* self) -> sqfs_u64 { return static_cast<const MemoryFile*>(self)->bytes.size(); };
  file.truncate = [](sqfs_file_t*, sqfs_u64) -> int { return SQFS_ERROR_IO; };
  return file;
}

sqfs_s32 decode_block(sqfs_compressor_t* self, const sqfs_u8* in, sqfs_u32 size, sqfs_u8* out, sqfs_u32 room) {
  const auto* decoder = static_cast<BlockDecoder*>(self);
  const auto block = unpack(decoder->compression, ByteView(in, size), room, [&](std::uint64_t) { return decoder->budget->alive(); });
  if (block.early) return block.early->code == ErrorCode::protocol ? SQFS_ERROR_CORRUPTED : SQFS_ERROR_OVERFLOW;
  std::copy(block.bytes.begin(), block.bytes.end(), out);
  return static_cast<sqfs_s32>(block.bytes.size());
}

BlockDecoder block_decoder(Compression compression, Budget& budget) {
  BlockDecoder decoder{};
  decoder.compression = compression;
  decoder.budget = &budget;
  decoder.base.destroy = [](sqfs_object_t*) {};
  decoder.base.copy = nullptr;
  decoder.do_block = decode_block;
  return decoder;
}

struct Destroy {
  void operator()(void* object) const { sqfs_destroy(object); }
};
struct Free {
  void operator()(void* memory) const { sqfs_free(memory); }
};
using Inode = std::unique_ptr<sqfs_inode_generic_t, Free>;

std::string reason(int code) {
  switch (code) {
    case SQFS_ERROR_CORRUPTED: return "damaged";
    case SQFS_ERROR_OUT_OF_BOUNDS: return "points outside the image";
    case SQFS_ERROR_OVERFLOW: return "too large to read";
    case SQFS_ERROR_ALLOC: return "no memory";
    case SQFS_ERROR_LINK_LOOP: return "a folder contains itself";
    case SQFS_ERROR_UNSUPPORTED: return "unsupported";
    default: return fmt::format("unreadable (libsquashfs {})", code);
  }
}

class SquashfsVolume : public Volume {
 public:
  SquashfsVolume(ByteView bytes, Compression compression, Budget& budget) : file_(memory_file(bytes)), decoder_(block_decoder(compression, budget)) {}

  Result<void> list(Opening& opening);
  Result<Bytes> read(const File& file, std::uint64_t most) override;

 private:
  Result<void> list_folder(Opening& opening, const Inode& folder, const std::string& path, int depth);

  MemoryFile file_;
  BlockDecoder decoder_;
  sqfs_super_t super_{};
  std::unique_ptr<sqfs_id_table_t, Destroy> ids_;
  std::unique_ptr<sqfs_data_reader_t, Destroy> data_;
  std::vector<Inode> inodes_;  // of files; File::handle is the place
  std::set<std::uint32_t> open_folders_;
};

Result<void> SquashfsVolume::list(Opening& opening) {
  if (const int error = sqfs_super_read(&super_, &file_)) return fail(ErrorCode::protocol, "superblock: {}", reason(error));
  ids_.reset(sqfs_id_table_create(0));
  data_.reset(sqfs_data_reader_create(&file_, super_.block_size, &decoder_, 0));
  if (!ids_ || !data_) return fail(ErrorCode::internal, "no memory");
  if (const int error = sqfs_id_table_read(ids_.get(), &file_, &super_, &decoder_)) return fail(ErrorCode::protocol, "table of owners: {}", reason(error));
  if (const int error = sqfs_data_reader_load_fragment_table(data_.get(), &super_)) return fail(ErrorCode::protocol, "table of fragments: {}", reason(error));
  const std::unique_ptr<sqfs_dir_reader_t, Destroy> reader(sqfs_dir_reader_create(&super_, &decoder_, &file_, 0));
  if (!reader) return fail(ErrorCode::internal, "no memory");
  sqfs_inode_generic_t* root = nullptr;
  if (const int error = sqfs_dir_reader_get_root_inode(reader.get(), &root)) return fail(ErrorCode::protocol, "root folder: {}", reason(error));
  return list_folder(opening, Inode(root), "", 0);
}

// Each folder with a reader of its own: the library's keeps one place. A folder inside itself, and one too deep, are problems, not loops.
Result<void> SquashfsVolume::list_folder(Opening& opening, const Inode& folder, const std::string& path, int depth) {
  const std::string shown = path.empty() ? "/" : printable(path);
  if (depth > kDeepestFolder || !open_folders_.insert(folder->base.inode_number).second) {
    opening.problem(fmt::format("{}: {}", shown, depth > kDeepestFolder ? "folders are too deep" : reason(SQFS_ERROR_LINK_LOOP)));
    return {};
  }
  const std::unique_ptr<sqfs_dir_reader_t, Destroy> reader(sqfs_dir_reader_create(&super_, &decoder_, &file_, 0));
  if (!reader) return fail(ErrorCode::internal, "no memory");
  if (const int error = sqfs_dir_reader_open_dir(reader.get(), folder.get(), SQFS_DIR_OPEN_NO_DOT_ENTRIES)) {
    opening.problem(fmt::format("{}: {}", shown, reason(error)));
    return {};
  }
  for (;;) {
    TRY(opening.budget().alive());
    sqfs_dir_entry_t* raw_entry = nullptr;
    const int more = sqfs_dir_reader_read(reader.get(), &raw_entry);
    const std::unique_ptr<sqfs_dir_entry_t, Free> entry(raw_entry);
    if (more > 0) break;
    sqfs_inode_generic_t* raw_inode = nullptr;
    const int error = more < 0 ? more : sqfs_dir_reader_get_inode(reader.get(), &raw_inode);
    if (error != 0) {
      opening.problem(fmt::format("{}: {}", shown, reason(error)));
      break;
    }
    Inode inode(raw_inode);
    const std::string name(reinterpret_cast<const char*>(entry->name), strnlen(reinterpret_cast<const char*>(entry->name), entry->size + 1U));
    const auto clean = clean_path(name);
    if (!clean || clean->empty() || clean->find('/') != std::string::npos) {
      opening.problem(fmt::format("{}: \"{}\" is no file name", shown, printable(name)));
      continue;
    }
    File file{.path = path.empty() ? name : path + "/" + name, .kind = kind_of_mode(inode->base.mode), .mode = static_cast<std::uint16_t>(inode->base.mode & 07777), .modified = inode->base.mod_time};
    sqfs_id_table_index_to_id(ids_.get(), inode->base.uid_idx, &file.uid);
    sqfs_id_table_index_to_id(ids_.get(), inode->base.gid_idx, &file.gid);
    if (file.kind == FileKind::file) sqfs_inode_get_file_size(inode.get(), &file.size);
    if (file.kind == FileKind::symlink) {
      const std::uint32_t size = inode->base.type == SQFS_INODE_EXT_SLINK ? inode->data.slink_ext.target_size : inode->data.slink.target_size;
      file.target.assign(reinterpret_cast<const char*>(inode->extra), std::min<std::size_t>(size, inode->payload_bytes_used));
    }
    file.handle = inodes_.size();
    const std::string inner = file.path;
    const bool is_folder = file.kind == FileKind::folder;
    if (!opening.file(std::move(file))) return fail(ErrorCode::limit, "too many files");
    inodes_.push_back(nullptr);
    if (is_folder)
      TRY(list_folder(opening, inode, inner, depth + 1));
    else
      inodes_[inodes_.size() - 1] = std::move(inode);
  }
  open_folders_.erase(folder->base.inode_number);
  return {};
}

Result<Bytes> SquashfsVolume::read(const File& file, std::uint64_t most) {
  if (file.handle >= inodes_.size() || !inodes_[file.handle]) return fail(ErrorCode::internal, "no such file");
  Bytes content;
  const std::uint64_t size = std::min(file.size, most);
  while (content.size() < size) {
    TRY(decoder_.budget->alive());
    const std::size_t had = content.size();
    const std::uint32_t piece = static_cast<std::uint32_t>(std::min<std::uint64_t>(size - had, super_.block_size));
    content.resize(had + piece);
    const sqfs_s32 got = sqfs_data_reader_read(data_.get(), inodes_[file.handle].get(), had, content.data() + had, piece);
    if (got <= 0) return fail(ErrorCode::protocol, "{} after {} of {} bytes", got < 0 ? reason(got) : "ends", had, file.size);
    content.resize(had + static_cast<std::size_t>(got));
  }
  return content;
}

Result<void> open(Opening& opening) {
  const Header header(opening.bytes(), Endian::little);
  const auto compression = compression_of(header.u16(20));
  if (opening.header()["version"] != "4.0" || opening.header()["byte_order"] != "little" || as_text(opening.bytes().first(4)) != "hsqs")
    return fail(ErrorCode::unsupported, "this variety of SquashFS is not read");
  if (!compression) return fail(ErrorCode::unsupported, "compression {} is not known", header.u16(20));
  // The library makes room for as many fragments as the superblock says.
  if (header.u32(16) != 0xFFFFFFFF && header.u32(16) > header.size() / kLeastFragment) return fail(ErrorCode::protocol, "{} fragments do not fit", header.u32(16));
  auto volume = std::make_shared<SquashfsVolume>(opening.bytes(), *compression, opening.budget());
  opening.volume(volume);
  return volume->list(opening);
}

constexpr Magic kMagic[] = {{"hsqs"sv}, {"sqsh"sv}, {"shsq"sv}, {"qshs"sv}, {"tqsh"sv}, {"hsqt"sv}, {"sqlz"sv}, {"zlqs"sv}};

}  // namespace

const Format kSquashfs{"squashfs", kMagic, recognise, open};

}  // namespace lintel::firmware
