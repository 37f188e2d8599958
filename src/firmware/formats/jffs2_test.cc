// JFFS2, node by node, in both byte orders: versions, deletions, replaced nodes, every compression, holes, and what loops or lies.
#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

constexpr std::uint32_t kFolderMode = 0040755, kFileMode = 0100644, kLinkMode = 0120777;

std::uint32_t bare_crc(const std::string& text) { return ~static_cast<std::uint32_t>(crc32_z(0xFFFFFFFF, as_bytes(text).data(), text.size())); }

struct Log {
  bool big_endian = false;
  std::string bytes{};

  std::string n(std::uint64_t value, std::size_t size) const { return big_endian ? big(value, size) : little(value, size); }
  void add(std::uint16_t type, const std::string& rest) {
    const std::string begin = n(0x1985, 2) + n(type, 2) + n(12 + rest.size(), 4);
    bytes += padded(begin + n(bare_crc(begin), 4) + rest, 4);
  }
  void entry(std::uint32_t folder, const std::string& name, std::uint32_t inode, std::uint32_t version = 1) {
    const std::string middle = n(folder, 4) + n(version, 4) + n(inode, 4) + n(1700000000, 4) + n(name.size(), 1) + n(8, 1) + n(0, 2);
    const std::string begin = n(0x1985, 2) + n(0xE001, 2) + n(40 + name.size(), 4);
    add(0xE001, middle + n(bare_crc(begin + n(bare_crc(begin), 4) + middle), 4) + n(bare_crc(name), 4) + name);
  }
  struct Data {
    std::uint32_t offset = 0, unpacked = 0, size = 0, version = 1;
    std::uint8_t compression = 0;
  };
  void inode(std::uint32_t number, std::uint32_t mode, const std::string& data, Data is) {
    const std::string middle = n(number, 4) + n(is.version, 4) + n(mode, 4) + n(7, 2) + n(8, 2) + n(is.size, 4) + n(0, 4) + n(1600000000, 4) + n(0, 4) + n(is.offset, 4) + n(data.size(), 4) + n(is.unpacked, 4) +
                               n(is.compression, 1) + n(0, 1) + n(0, 2);
    const std::string begin = n(0x1985, 2) + n(0xE002, 2) + n(68 + data.size(), 4);
    add(0xE002, middle + n(bare_crc(data), 4) + n(bare_crc(begin + n(bare_crc(begin), 4) + middle), 4) + data);
  }
  void stored(std::uint32_t number, std::uint32_t mode, const std::string& data, std::uint32_t version = 1) {
    const auto size = static_cast<std::uint32_t>(data.size());
    inode(number, mode, data, {.unpacked = size, .size = size, .version = version});
  }
};

Log sample(bool big_endian) {
  Log log{big_endian};
  log.add(0x2003, "");  // clean marker
  log.inode(2, kFolderMode, "", {});
  log.entry(1, "etc", 2);
  log.stored(3, kFileMode, "old");
  log.stored(3, kFileMode, "root:x", 2);
  log.entry(2, "passwd", 3);
  log.stored(4, kLinkMode, "etc/passwd");
  log.entry(1, "link", 4);
  log.entry(1, "gone", 3);
  log.entry(1, "gone", 0, 2);
  return log;
}

std::string problems(const Seen& seen) { return seen.image.parts.empty() ? "none" : fmt::format("{}", fmt::join(seen.image.parts[0].problems, "; ")); }

}  // namespace

TEST_CASE("the latest version counts, in both byte orders") {
  for (const bool big_endian : {false, true}) {
    const Seen seen = look(sample(big_endian).bytes);
    CHECK(seen.files == "etc/passwd=root:x\nlink->etc/passwd\n");
    CHECK(problems(seen) == "");
    REQUIRE(seen.image.files.size() == 3);
    CHECK(seen.image.files[1].uid == 7);
    CHECK(seen.image.files[1].gid == 8);
    CHECK(seen.image.files[1].mode == 0644);
    CHECK(seen.image.files[1].modified == 1600000000);
    CHECK(seen.image.parts[0].header["byte_order"] == (big_endian ? "big" : "little"));
    CHECK(seen.image.coverage.parsed == seen.image.coverage.bytes);
    harm(sample(big_endian).bytes);
  }
}

TEST_CASE("a replaced node loses a bit and keeps its check sum: known, and passed over") {
  for (const bool big_endian : {false, true}) {
    Log log = sample(big_endian);
    log.entry(1, "evil", 3);
    const std::size_t at = log.bytes.size() - 44 + (big_endian ? 2 : 3);
    REQUIRE(static_cast<std::uint8_t>(log.bytes[at]) == 0xE0);
    log.bytes[at] = '\xC0';
    log.bytes[big_endian ? 2 : 3] = '\0';  // the clean marker at the beginning
    const Seen seen = look(log.bytes);
    CHECK(seen.files == "etc/passwd=root:x\nlink->etc/passwd\n");
    CHECK(seen.image.parts.size() == 1);
    CHECK(seen.image.parts[0].offset == 0);
    CHECK(seen.image.coverage.parsed == seen.image.coverage.bytes);
  }
}

TEST_CASE("compressions, fragments in any order, holes") {
  Log log;
  log.entry(1, "file", 2);
  log.inode(2, kFileMode, std::string("CC", 2), {.offset = 12, .unpacked = 2, .size = 20, .version = 4});            // as it is
  log.inode(2, kFileMode, "", {.offset = 8, .unpacked = 4, .size = 20, .version = 3, .compression = 1});             // zeros
  log.inode(2, kFileMode, std::string("A\0B\0A\5", 6), {.offset = 0, .unpacked = 8, .size = 20, .version = 2, .compression = 2});  // rtime: again what came after the last A
  Bytes packed(64);
  uLongf size = packed.size();
  REQUIRE(compress(packed.data(), &size, reinterpret_cast<const Bytef*>("zzzzzz"), 6) == Z_OK);
  log.inode(2, kFileMode, std::string(as_text(ByteView(packed).first(size))), {.offset = 14, .unpacked = 6, .size = 20, .version = 5, .compression = 6});
  CHECK(look(log.bytes).files == "file=" + std::string("ABABABAB") + std::string(4, '\0') + "CCzzzzzz\n");
}

TEST_CASE("what is damaged or lies is a problem, and the rest stays") {
  Log log = sample(false);
  log.entry(1, "a/b", 3);
  log.entry(1, "..", 3);
  log.entry(1, "lost", 99);
  log.stored(5, kFileMode, "data");
  log.entry(1, "damaged", 5);
  log.inode(6, kFileMode, "x", {.unpacked = 4, .size = 4, .compression = 9});
  log.entry(1, "strange", 6);
  log.inode(7, kFolderMode, "", {});
  log.entry(1, "loop", 7);
  log.entry(7, "loop", 7);
  std::string bytes = log.bytes;
  bytes[bytes.find("data")] = 'D';  // the only node of inode 5
  const Seen seen = look(bytes);
  CHECK(seen.files == "etc/passwd=root:x\nlink->etc/passwd\n");
  const std::string said = problems(seen);
  for (const char* part : {"1 nodes have a wrong check sum", "\"a/b\" is no file name", "lost: its inode is missing", "damaged: its inode is missing", "strange: compression 9 is not known", "listed twice, or inside itself"})
    CHECK_MESSAGE(said.find(part) != std::string::npos, said);
}

TEST_CASE("sizes that are said and not there cost their cap, once") {
  Log log;
  log.entry(1, "hole", 2);
  for (std::uint32_t i = 0; i < 2000; ++i) log.inode(2, kFileMode, "", {.unpacked = 1 << 20, .size = 0xFFFFFFFF, .version = i, .compression = 1});
  const Seen seen = look(log.bytes, {.unpacked_bytes = 80 << 20, .file_bytes = 1 << 20});
  CHECK(seen.hit == std::set<std::string>{"unpacked bytes"});
  CHECK(problems(seen).find("hole: unpacked bytes: more than") != std::string::npos);
}
