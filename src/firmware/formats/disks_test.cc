// Partition tables and FAT, built byte by byte.
#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

const Part& first(const Seen& seen) {
  REQUIRE(!seen.image.parts.empty());
  return seen.image.parts[0];
}
using Problems = std::vector<std::string>;

std::string slice(std::uint8_t type, std::uint32_t first_sector, std::uint32_t count) { return std::string(4, '\0') + std::string(1, static_cast<char>(type)) + std::string(3, '\0') + le32(first_sector) + le32(count); }
void put_table(std::string& disk, std::size_t sector, const std::string& slices) {
  put(disk, sector * 512 + 446, slices);
  put(disk, sector * 512 + 510, "\x55\xAA");
}

std::string gpt(std::uint64_t second_first = 12) {
  std::string disk(32 * 512, '\0');
  put_table(disk, 0, slice(0xEE, 1, 31));
  const auto entry = [](std::uint64_t from, std::uint64_t to, const std::string& name) {
    std::string utf16;
    for (const char c : name) utf16 += std::string(1, c) + '\0';
    return std::string(16, 't') + std::string(16, 'u') + le64(from) + le64(to) + le64(0) + padded(utf16, 72);
  };
  const std::string table = entry(8, 10, "boot") + entry(second_first, 14, "root") + std::string(128, '\0') + entry(5, 4, "no");
  put(disk, 2 * 512, table);
  put(disk, 8 * 512, kInside);
  std::string header = "EFI PART" + le32(0x10000) + le32(92) + le32(0) + le32(0) + le64(1) + le64(31) + le64(6) + le64(30) + std::string(16, 'g') + le64(2) + le32(4) + le32(128) + le32(crc32_of(as_bytes(table)));
  put(header, 16, le32(crc32_of(as_bytes(header))));
  put(disk, 512, header);
  return disk;
}

// FAT12: one sector each of boot, table, root; clusters of 512 bytes.
struct Fat {
  std::string bytes = std::string(40 * 512, '\0');
  std::size_t entries = 0;
  std::size_t root = 2;  // sector
  Fat() {
    put(bytes, 0, std::string("\xEB\x3C\x90", 3) + "MSDOS5.0" + le16(512) + "\1" + le16(1) + "\1" + le16(16) + le16(40) + "\xF8" + le16(1));
    put(bytes, 43, "LAMP       FAT12   ");
    put(bytes, 510, "\x55\xAA");
    put(bytes, 512, "\xF8\xFF\xFF");
  }
  void next(std::uint32_t cluster, std::uint16_t value) {
    const std::size_t at = 512 + cluster + cluster / 2;
    const auto low = static_cast<std::uint8_t>(bytes[at]), high = static_cast<std::uint8_t>(bytes[at + 1]);
    const unsigned pair = low | high << 8U, now = cluster % 2 == 0 ? (pair & 0xF000U) | value : (pair & 0xFU) | static_cast<unsigned>(value) << 4;
    put(bytes, at, le16(static_cast<std::uint16_t>(now)));
  }
  void cluster(std::uint32_t number, const std::string& content, std::uint16_t after = 0xFFF) {
    put(bytes, (3 + number - 2) * 512, content);
    next(number, after);
  }
  static std::string entry(const std::string& name, std::uint8_t attributes, std::uint16_t cluster, std::uint32_t size, std::uint8_t small = 0) {
    return name + std::string(1, static_cast<char>(attributes)) + std::string(1, static_cast<char>(small)) + std::string(7, '\0') + le16(0) + le16(12 << 11 | 30 << 5) + le16(46 << 9 | 1 << 5 | 2) + le16(cluster) + le32(size);
  }
  static std::string long_name(std::uint8_t number, std::string name) {
    std::string units;
    for (const char c : name) units += std::string(1, c) + '\0';
    if (units.size() < 26) units += std::string(2, static_cast<char>(0));
    units.resize(26, '\xFF');
    return std::string(1, static_cast<char>(number)) + units.substr(0, 10) + "\x0F" + std::string(2, '\0') + units.substr(10, 12) + le16(0) + units.substr(22, 4);
  }
  void add(const std::string& entry) { put(bytes, root * 512 + 32 * entries++, entry); }
};

}  // namespace

TEST_CASE("gpt: partitions by name, check sums") {
  const Seen seen = look(gpt() + "behind");
  CHECK(first(seen).format == "gpt");
  CHECK(first(seen).length == 32 * 512);
  CHECK(first(seen).header["partitions"][0] == Json({{"name", "boot"}, {"offset", 8 * 512}, {"length", 3 * 512}}));
  CHECK(first(seen).header["partitions"].size() == 2);
  CHECK(first(seen).problems == Problems{"partition 4 has no place"});
  CHECK(seen.files == "a=AB\n");
  std::string wrong = gpt();
  wrong[2 * 512 + 56] ^= 1;
  CHECK(first(look(wrong)).problems.at(0) == "the check sum of the table is wrong");
  wrong = gpt();
  wrong[512 + 40] ^= 1;
  CHECK(first(look(wrong)).format == "mbr");
  CHECK(first(look(gpt(9))).problems.at(1) == "root lies upon another partition");
  harm(gpt());
}

TEST_CASE("mbr: primary and logical partitions; loops and chance") {
  std::string disk(40 * 512, '\0');
  put_table(disk, 0, slice(0x83, 2, 4) + slice(5, 10, 30));
  put_table(disk, 10, slice(0x83, 1, 3) + slice(5, 10, 10));
  put_table(disk, 20, slice(0x0C, 2, 5));
  put(disk, 22 * 512, kInside);
  const Seen seen = look(disk);
  CHECK(first(seen).format == "mbr");
  CHECK(first(seen).header["partitions"] == Json::array({{{"type", 0x83}, {"offset", 1024}, {"length", 2048}}, {{"type", 0x83}, {"offset", 11 * 512}, {"length", 3 * 512}}, {{"type", 0x0C}, {"offset", 22 * 512}, {"length", 5 * 512}}}));
  CHECK(seen.files == "a=AB\n");
  std::string loop = disk;
  put_table(loop, 20, slice(0x0C, 2, 5) + slice(5, 0, 10));
  CHECK(first(look(loop)).header["partitions"].size() == 3);
  std::string overlapping = disk;
  put_table(overlapping, 0, slice(0x83, 2, 30) + slice(0x83, 10, 30));
  CHECK(look(overlapping).image.parts.at(0).format != "mbr");
  harm(disk);
}

TEST_CASE("fat: long and short names, folders, chains") {
  Fat fat;
  fat.add(Fat::entry("LAMP       ", 8, 0, 0));
  fat.add(Fat::long_name(0x42, " name.txt"));
  fat.add(Fat::long_name(1, "a rather long"));
  fat.add(Fat::entry("ARATHE~1TXT", 0, 2, 514));
  fat.cluster(2, std::string(512, 'x'), 3);
  fat.cluster(3, "end");
  fat.add(Fat::entry("\xE5OLD    TXT", 0, 2, 3));
  fat.add(Fat::entry("KERNEL  BIN", 1, 4, 2, 0x18));
  fat.cluster(4, "ok");
  fat.add(Fat::entry("SUB        ", 16, 5, 0));
  fat.cluster(5, Fat::entry(".          ", 16, 5, 0) + Fat::entry("..         ", 16, 0, 0) + Fat::entry("INNER      ", 0, 4, 2) + Fat::entry("AGAIN      ", 16, 5, 0));
  const Seen seen = look(fat.bytes);
  CHECK(first(seen).format == "fat");
  CHECK(first(seen).header == Json({{"bits", 12}, {"cluster_bytes", 512}, {"label", "LAMP"}}));
  CHECK(seen.files == "a rather long name.txt=" + std::string(512, 'x') + "en\nkernel.bin=ok\nSUB/INNER=ok\n");
  REQUIRE(seen.image.files.size() == 4);
  CHECK(seen.image.files[1].mode == 0444);
  CHECK(seen.image.files[1].modified == 1767357000);  // 2026-01-02 12:30
  CHECK(first(seen).problems == Problems{"SUB/AGAIN: the folder is listed twice, or inside itself"});
  harm(fat.bytes);
}

TEST_CASE("fat: chains that loop, end early, or lead outside") {
  Fat fat;
  fat.add(Fat::entry("LOOP       ", 0, 2, 5000));
  fat.cluster(2, "a", 3);
  fat.cluster(3, "b", 2);
  fat.add(Fat::entry("SHORT      ", 0, 4, 5000));
  fat.cluster(4, "c");
  fat.add(Fat::entry("FOLDER     ", 16, 5, 0));
  fat.cluster(5, padded(Fat::entry("IN         ", 0, 4, 1) + Fat::entry("IN2        ", 0, 4, 1), 512, '\xE5'), 5);
  const Seen seen = look(fat.bytes);
  CHECK(seen.files == "FOLDER/IN=c\nFOLDER/IN2=c\n");
  CHECK(first(seen).problems == Problems{"FOLDER: its clusters lead back to themselves", "LOOP: its clusters lead back to themselves", "SHORT: ends after 512 of 5000 bytes"});
  CHECK(first(look(fat.bytes.substr(0, 5 * 512))).problems.at(0) == "cut off: 2560 of 20480 bytes are there");
}
