// UBI and UBIFS, built block by block: names of volumes, copies of a block, the index, the journal, damage.
#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

constexpr std::size_t kBlock = 17408, kData = 2048, kLogical = kBlock - kData;

std::string sealed(std::string header, std::size_t crc_at) {
  header.resize(crc_at, '\0');
  return header + be32(~crc32_of(as_bytes(header)));
}

struct Place {
  std::uint32_t volume = 0, number = 0;
  std::uint64_t sequence = 1;
  bool copy = false, right = true, is_static = false;
};

std::string block(const Place& place, const std::string& data) {
  std::string header = "UBI#" + be32(0x01000000) + big(1, 8) + be32(512) + be32(kData) + be32(77);
  std::string all = padded(sealed(header, 60), 512);
  header = "UBI!" + std::string("\1", 1) + std::string(1, place.is_static ? '\2' : '\1') + std::string(1, place.copy ? '\1' : '\0') + std::string(1, '\0') + be32(place.volume) + be32(place.number) + be32(0);
  header += be32(static_cast<std::uint32_t>(data.size())) + be32(0) + be32(0) + be32(place.right ? ~crc32_of(as_bytes(data)) : 1) + be32(0) + big(place.sequence, 8);
  all = padded(all + sealed(header, 60), kData);
  all += data;
  all.resize(kBlock, '\xFF');
  return all;
}

std::string table(const std::string& name) {
  std::string record = be32(4) + be32(1) + be32(0) + std::string("\1\0", 2) + be16(static_cast<std::uint16_t>(name.size())) + name;
  return sealed(record, 168);
}

// A file system of UBIFS, of logical blocks.
std::uint64_t sequence = 0;
std::string node(std::uint8_t type, const std::string& body) {
  const std::string tail = le64(++sequence) + le32(static_cast<std::uint32_t>(24 + body.size())) + std::string(1, static_cast<char>(type)) + std::string(3, '\0') + body;
  return padded(le32(0x06101831) + le32(~crc32_of(as_bytes(tail))) + tail, 8);
}
std::string key(std::uint32_t inode, std::uint32_t type, std::uint32_t number = 0) { return le32(inode) + le32(type << 29 | number) + le64(0); }
std::string inode(std::uint32_t number, std::uint32_t mode, std::uint64_t size, const std::string& data = "", std::uint32_t links = 1, std::uint32_t flags = 0) {
  return node(0, key(number, 0) + le64(1) + le64(size) + le64(0) + le64(0) + le64(1700000000) + std::string(12, '\0') + le32(links) + le32(7) + le32(8) + le32(mode) + le32(flags) +
                     le32(static_cast<std::uint32_t>(data.size())) + std::string(44, '\0') + data);
}
std::string entry(std::uint32_t folder, const std::string& name, std::uint64_t target) {
  return node(2, key(folder, 2, crc32_of(as_bytes(name)) & 0xFFFFFF) + le64(target) + std::string(2, '\0') + le16(static_cast<std::uint16_t>(name.size())) + le32(0) + name + '\0');
}
std::string data(std::uint32_t number, std::uint32_t piece, const std::string& content, std::uint16_t compression = 0, std::uint32_t size = 0) {
  return node(1, key(number, 1, piece) + le32(size == 0 ? static_cast<std::uint32_t>(content.size()) : size) + le16(compression) + le16(static_cast<std::uint16_t>(content.size())) + content);
}

// `committed` are reached by the index, `journal` by the log.
std::string ubifs(const std::vector<std::string>& committed, const std::vector<std::string>& journal, std::size_t harmed = 0) {
  const auto logical = [](std::string content) {
    content.resize(kLogical, '\xFF');
    return content;
  };
  std::string main, children;
  for (const std::string& leaf : committed) {
    children += le32(5) + le32(static_cast<std::uint32_t>(main.size())) + le32(static_cast<std::uint32_t>(leaf.size())) + leaf.substr(24, 8);
    main += leaf;
  }
  const std::size_t index_at = main.size();
  main += node(9, le16(static_cast<std::uint16_t>(committed.size())) + le16(0) + children);
  if (harmed > 0) main[index_at + harmed] ^= 1;
  const std::string master = node(7, le64(100) + le64(42) + le32(0) + le32(3) + le32(5) + le32(static_cast<std::uint32_t>(index_at)) + le32(28 + 20 * static_cast<std::uint32_t>(committed.size())) + std::string(440, '\0'));
  const std::string super = node(6, le32(0) + le32(0) + le32(8) + le32(kLogical) + le32(7) + le32(7) + le64(0) + le32(2) + le32(1) + le32(1) + le32(1) + le32(8) + le32(1) + le32(4) + le16(1) + std::string(4010, '\0'));
  const std::string commit = node(10, le64(42)), log = commit + node(8, le32(6) + le32(0) + le32(1) + std::string(28, '\0'));
  std::string bud;
  for (const std::string& written : journal) bud += written;
  return logical(super) + logical(master) + logical(master) + logical(log) + logical("") + logical(main) + logical(bud);
}

std::string small_tree(std::size_t harmed = 0, const std::string& more = "") {
  sequence = 0;
  std::vector<std::string> committed{inode(1, 0040755, 0), inode(64, 0100644, 3), entry(1, "kept", 64), data(64, 0, "abc"), inode(65, 0100600, 3), entry(1, "changed", 65), data(65, 0, "old"),
                                     inode(66, 0100644, 2), entry(1, "gone", 66), data(66, 0, "xx"), inode(67, 0120777, 0, "../../etc/shadow"), entry(1, "link", 67), inode(68, 0040700, 0),
                                     entry(1, "sub", 68), inode(69, 0100644, 4099), entry(68, "hole", 69), data(69, 1, "end"), inode(70, 0100644, 0, "", 1, 0x40), entry(68, "secret", 70)};
  std::vector<std::string> journal{data(65, 0, "new!"), inode(65, 0104755, 4), entry(1, "gone", 0), inode(66, 0100644, 0, "", 0)};
  if (!more.empty()) journal.push_back(more);
  return ubifs(committed, journal, harmed);
}

}  // namespace

TEST_CASE("ubi: volumes by name, blocks in their order, the later of two") {
  const std::string image = block({0x7FFFEFFF, 0, 1}, table("root")) + block({0, 1, 5}, "new") + block({0, 0, 2}, kInside) + block({0, 1, 4}, "old") + block({0, 0, 9, true, false}, "a copy that was not finished");
  const Seen seen = look(image);
  REQUIRE(seen.image.parts.size() >= 3);
  CHECK(seen.image.parts[0].format == "ubi");
  CHECK(seen.image.parts[0].length == image.size());
  CHECK(seen.image.parts[0].header["block_bytes"] == kBlock);
  CHECK(seen.image.parts[0].header["volumes"][0]["name"] == "root");
  CHECK(seen.image.parts[0].problems == std::vector<std::string>{"the data of 1 blocks has a wrong check sum"});
  CHECK(seen.image.parts[1].format == "cpio");
  CHECK(seen.image.parts[1].name == "root");
  CHECK(seen.files == "a=AB\n");
  const auto& volume = *seen.image.unpacked.at(0);
  CHECK(volume.size() == 2 * kLogical);
  CHECK(as_text(ByteView(volume).subspan(kLogical, 4)) == "new\xFF");
}

TEST_CASE("ubi: static volumes have a length, and what is missing is said") {
  const Seen seen = look(block({3, 2, 1, false, true, true}, "end") + block({3, 0, 1, false, true, true}, std::string(kLogical, 'x')));
  CHECK(seen.image.parts[0].problems == std::vector<std::string>{"volume 3: 1 of 3 blocks are missing"});
  CHECK(seen.image.unpacked.at(0)->size() == 2 * kLogical + 3);
  // A block number that would fill the memory.
  const Seen wide = look(block({0, 0xFFFFFFF0, 1}, "x") + block({1, 500'000, 1}, "x"));
  CHECK(wide.image.unpacked.empty());
  CHECK(wide.hit == std::set<std::string>{"unpacked bytes"});
}

TEST_CASE("ubifs: the index, and what the journal changed") {
  const Seen seen = look(small_tree());
  CHECK(seen.files == "changed=new!\nkept=abc\nsub/hole=" + std::string(4096, '\0') + "end\nlink->../../etc/shadow\n");
  const Image& image = seen.image;
  REQUIRE(image.files.size() == 6);
  CHECK(image.files[0].mode == 04755);
  CHECK(image.files[1].uid == 7);
  CHECK(image.files[1].modified == 1700000000);
  CHECK(image.parts[0].length == 7 * kLogical);
  CHECK(image.parts[0].problems == std::vector<std::string>{"sub/secret: encrypted"});
}

TEST_CASE("ubifs: without its index every node is read, and that is said") {
  const Seen seen = look(small_tree(30));
  CHECK(seen.files == "changed=new!\nkept=abc\nsub/hole=" + std::string(4096, '\0') + "end\nlink->../../etc/shadow\n");
  REQUIRE(!seen.image.parts[0].problems.empty());
  CHECK(seen.image.parts[0].problems[0] == "the index is damaged: every node is read, deleted ones among them");
}

TEST_CASE("ubifs: names that are none, a folder in itself, a block that is no data") {
  CHECK(look(small_tree(0, entry(68, "a/../b", 64))).image.parts[0].problems.at(0) == "sub: \"a/../b\" is no file name");
  CHECK(look(small_tree(0, entry(68, "again", 1))).image.parts[0].problems.at(0) == "sub/again: the folder is listed twice, or inside itself");
  CHECK(look(small_tree(0, entry(68, "lost", 99))).image.parts[0].problems.at(0) == "sub/lost: its inode is missing");
  CHECK(look(small_tree(0, data(64, 0, "junk", 1, 100))).image.parts[0].problems.at(0) == "kept: damaged at 0");
  CHECK(look(small_tree(0, data(64, 0, "junk", 9))).image.parts[0].problems.at(0) == "kept: compression 9 is not known");
  harm(small_tree());
}
