// ext2 to ext4, built block by block: lists, extents, holes, contents in the inode, links, and what points outside or at itself.
#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

constexpr std::size_t kBlock = 1024, kInode = 256, kTable = 3, kBlocks = 32;

struct Disk {
  std::string bytes = std::string(kBlocks * kBlock, '\0');
  std::string folder{};  // entries of the root

  void inode(std::uint32_t number, std::uint16_t mode, std::uint32_t size, std::uint32_t flags, const std::string& blocks) {
    const std::size_t at = kTable * kBlock + (number - 1) * kInode;
    put(bytes, at, le16(mode) + le16(5) + le32(size));
    put(bytes, at + 16, le32(1700000000));
    put(bytes, at + 24, le16(6));
    put(bytes, at + 32, le32(flags));
    put(bytes, at + 40, blocks);
    put(bytes, at + 120, le16(1) + le16(0));
    put(bytes, at + 128, le16(32));
  }
  void entry(std::uint32_t number, const std::string& name) { folder += padded(le32(number) + le16(static_cast<std::uint16_t>((8 + name.size() + 3) / 4 * 4)) + std::string(1, static_cast<char>(name.size())) + std::string(1, '\0') + name, 4); }
  void block(std::size_t number, const std::string& content) { put(bytes, number * kBlock, content); }
  std::string done() {
    put(bytes, 1024, le32(16) + le32(kBlocks) + std::string(12, '\0') + le32(1) + le32(0) + le32(0) + le32(8192) + le32(8192) + le32(16));
    put(bytes, 1024 + 56, le16(0xEF53));
    put(bytes, 1024 + 76, le32(1));
    put(bytes, 1024 + 88, le16(kInode));
    put(bytes, 1024 + 96, le32(0x2 | 0x40 | 0x8000));
    put(bytes, 1024 + 120, "disk");
    put(bytes, 2 * kBlock + 8, le32(kTable));
    inode(2, 0040755, kBlock, 0, le32(10));
    std::string list = folder;
    list += le32(0) + le16(static_cast<std::uint16_t>(kBlock - folder.size())) + le16(0);  // the rest of the block
    block(10, padded(list, kBlock));
    return bytes;
  }
};

std::string extents(std::uint16_t depth, const std::vector<std::string>& rows) {
  std::string all = le16(0xF30A) + le16(static_cast<std::uint16_t>(rows.size())) + le16(4) + le16(depth) + le32(0);
  for (const std::string& row : rows) all += row;
  return all;
}
std::string leaf(std::uint32_t logical, std::uint16_t length, std::uint32_t physical) { return le32(logical) + le16(length) + le16(0) + le32(physical); }
std::string table(std::uint32_t logical, std::uint32_t block) { return le32(logical) + le32(block) + le32(0); }

std::vector<std::string> problems(Disk disk) { return look(disk.done()).image.parts.at(0).problems; }

}  // namespace

TEST_CASE("ext: block lists with holes, extents with a table, contents and links in the inode") {
  Disk disk;
  disk.entry(11, "listed");
  disk.inode(11, 0104711, 12 * kBlock + 3, 0, std::string(48, '\0') + le32(12));  // twelve holes, then a list
  disk.block(12, le32(13));
  disk.block(13, "end");
  disk.entry(12, "mapped");
  disk.inode(12, 0100600, 3 * kBlock + 2, 0x80000, extents(1, {table(0, 14)}));
  disk.block(14, extents(0, {leaf(1, 32768 + 1, 15), leaf(3, 1, 16)}));  // a hole, room set aside, a hole
  disk.block(15, std::string(kBlock, 'x'));
  disk.block(16, "ok");
  disk.entry(13, "inside");
  disk.inode(13, 0100644, 64, 0x10000000, std::string(60, 'i'));
  put(disk.bytes, kTable * kBlock + 12 * kInode + 160, le32(0xEA020000) + std::string("\4\7", 2) + le16(60) + le32(0) + le32(4) + le32(0) + "data");
  put(disk.bytes, kTable * kBlock + 12 * kInode + 164 + 60, "tail");
  disk.entry(14, "link");
  disk.inode(14, 0120777, 5, 0, "a/b/c");
  disk.entry(15, "sub");
  disk.inode(15, 0040700, 60, 0x10000000, le32(2) + le32(14) + le16(56) + std::string("\4\0", 2) + "here");
  const Seen seen = look(disk.done());
  const auto zeros = [](std::size_t count) { return std::string(count, '\0'); };
  CHECK(seen.files == "listed=" + zeros(12 * kBlock) + "end\nmapped=" + zeros(3 * kBlock) + "ok\ninside=" + std::string(60, 'i') + "tail\nlink->a/b/c\nsub/here->a/b/c\n");
  REQUIRE(!seen.image.parts.empty());
  CHECK(seen.image.parts[0].format == "ext");
  CHECK(seen.image.parts[0].header["version"] == 4);
  CHECK(seen.image.parts[0].header["name"] == "disk");
  CHECK(seen.image.parts[0].length == kBlocks * kBlock);
  CHECK(seen.image.parts[0].problems.empty());
  CHECK(seen.image.files.at(0).mode == 04711);
  CHECK(seen.image.files.at(0).uid == 65536 + 5);
  CHECK(seen.image.files.at(0).modified == 1700000000);
  harm(disk.done());
}

TEST_CASE("ext: what is damaged is named, the rest is read") {
  Disk disk;
  disk.entry(11, "good");
  disk.inode(11, 0100644, 2, 0, le32(12));
  disk.block(12, "ok");
  Disk outside = disk, loop = disk, disorder = disk, twice = disk, bad = disk, far = disk;
  outside.entry(12, "outside");
  outside.inode(12, 0100644, 2, 0, le32(5000));
  CHECK(problems(outside) == std::vector<std::string>{"outside: block 5000 lies outside"});
  CHECK(look(outside.done()).files == "good=ok\n");
  loop.entry(12, "loop");
  loop.inode(12, 0100644, 90000, 0x80000, extents(1, {table(0, 14), table(0, 14)}));
  loop.block(14, extents(0, {}));
  CHECK(problems(loop) == std::vector<std::string>{"loop: the extents are damaged"});
  disorder.entry(12, "disorder");
  disorder.inode(12, 0100644, 90000, 0x80000, extents(0, {leaf(0, 2, 14), leaf(1, 2, 14)}));
  CHECK(problems(disorder) == std::vector<std::string>{"disorder: the extents are damaged"});
  twice.entry(2, "again");
  CHECK(problems(twice) == std::vector<std::string>{"again: the folder is listed twice, or inside itself"});
  bad.entry(11, "a/b");
  bad.entry(4000, "no");
  CHECK(problems(bad) == std::vector<std::string>{"/: \"a/b\" is no file name", "no: there is no inode 4000"});
  far.entry(12, "secret");
  far.inode(12, 0100644, 2, 0x800, le32(12));
  CHECK(problems(far) == std::vector<std::string>{"secret: encrypted"});
}

TEST_CASE("ext: a size that fills the memory costs no more than what is read of a file") {
  Disk disk;
  disk.entry(11, "huge");
  disk.inode(11, 0100644, 0xFFFFFFFF, 0, "");
  const std::string image = disk.done();
  Cancel cancel;
  Budget budget({.file_bytes = 1000}, image.size(), Deadline::never(), cancel);
  std::size_t read = 0;
  open_image(as_bytes(image), formats(), budget, [&](const Image&, const File&, ByteView content) { read += content.size(); });
  CHECK(read == 1000);
}

TEST_CASE("ext: a superblock that is a copy, or none") {
  Disk disk;
  std::string image = disk.done();
  put(image, 1024 + 90, le16(1));
  CHECK(look(image).image.parts.at(0).format == "unknown");
  image = disk.done();
  put(image, 1024 + 24, le32(9));
  CHECK(look(image).image.parts.at(0).format == "unknown");
  CHECK(look(disk.done().substr(0, 20 * kBlock)).image.parts.at(0).problems.at(0) == "cut off: 20480 of 32768 bytes are there");
}
