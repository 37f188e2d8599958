// cramfs and romfs, built byte by byte in both byte orders.
#include <zlib.h>

#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

std::string zipped(const std::string& text) {
  std::string out(compressBound(text.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
  return out.substr(0, size);
}

struct Cramfs {
  bool is_big = false;
  std::string word(std::uint32_t value) const { return is_big ? be32(value) : le32(value); }
  std::string inode(std::uint32_t mode, std::uint32_t size, std::uint32_t place, const std::string& name) const {
    const std::uint32_t length = static_cast<std::uint32_t>((name.size() + 3) / 4);
    if (is_big) return be32(mode << 16 | 3) + be32(size << 8 | 4) + be32(length << 26 | place / 4) + padded(name, 4);
    return le32(3 << 16 | mode) + le32(4U << 24 | size) + le32(place / 4 << 6 | length) + padded(name, 4);
  }
  // A hole and "end" in one file, a link, and one folder that may lie about itself.
  std::string image(std::uint32_t folder_place = 0, const std::string& name = "hole") const {
    const std::string end = zipped("end"), target = zipped("../x");
    const std::uint32_t folder = 76, list = 3 * 16, file = folder + list, link = file + 8 + static_cast<std::uint32_t>(padded(end, 4).size());
    std::string all = word(0x28CD3D45) + word(0) + word(1) + word(0) + "Compressed ROMFS" + word(0) + word(0) + word(1) + word(4) + padded("small", 16) + inode(0040755, list, folder, "");
    all += inode(0104755, 4099, file, name) + inode(0120777, 4, link, "link") + inode(0040700, folder_place == 0 ? 0 : list, folder_place, "sub");
    all += word(file + 8) + word(file + 8 + static_cast<std::uint32_t>(end.size())) + padded(end, 4);
    all += word(link + 4 + static_cast<std::uint32_t>(target.size())) + target;
    put(all, 4, word(static_cast<std::uint32_t>(all.size())));
    put(all, 32, word(crc32_of(as_bytes(all))));
    return all;
  }
};

std::string summed(std::string bytes, std::size_t at, std::size_t over) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 4 <= std::min(over, bytes.size()); i += 4) sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i])) << 24 | static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i + 1])) << 16 | static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i + 2])) << 8 | static_cast<std::uint8_t>(bytes[i + 3]);
  put(bytes, at, be32(0 - sum));
  return bytes;
}
std::string romfs_file(std::uint32_t next, std::uint32_t special, const std::string& name, const std::string& content) {
  return summed(be32(next) + be32(special) + be32(static_cast<std::uint32_t>(content.size())) + be32(0) + padded(name + '\0', 16), 12, 32) + padded(content, 16);
}
std::string romfs(const std::string& files) {
  std::string all = "-rom1fs-" + be32(static_cast<std::uint32_t>(32 + files.size())) + be32(0) + padded("vol", 16) + files;
  return summed(all, 12, 512);
}

}  // namespace

TEST_CASE("cramfs: holes, links, owners, both byte orders") {
  for (const bool is_big : {false, true}) {
    const Seen seen = look(Cramfs{is_big}.image());
    CHECK(seen.files == "hole=" + std::string(4096, '\0') + "end\nlink->../x\n");
    REQUIRE(!seen.image.parts.empty());
    CHECK(seen.image.parts[0].header == Json({{"byte_order", is_big ? "big" : "little"}, {"name", "small"}, {"crc_right", true}}));
    REQUIRE(seen.image.files.size() == 3);
    CHECK(seen.image.files[0].mode == 04755);
    CHECK(seen.image.files[0].uid == 3);
    CHECK(seen.image.files[0].gid == 4);
    CHECK(seen.image.files[2].kind == FileKind::folder);
    CHECK(seen.image.coverage.parsed == seen.image.coverage.bytes);
    harm(Cramfs{is_big}.image());
  }
  std::string damaged = Cramfs{}.image();
  damaged.back() ^= 1;
  const auto problems = look(damaged).image.parts.at(0).problems;
  CHECK(problems.at(0) == "the check sum is wrong");
  CHECK(problems.at(1) == "link: damaged at 0");
}

TEST_CASE("cramfs: a folder in itself, a name that is none, a folder outside") {
  CHECK(look(Cramfs{}.image(76)).files.find("sub/") != std::string::npos);  // another folder with the same list: read to the deepest, not for ever
  CHECK(look(Cramfs{}.image(76)).image.parts.at(0).problems.at(0) == "sub/sub: the folder is listed twice, or inside itself");
  CHECK(look(Cramfs{}.image(0, "a/b")).image.parts.at(0).problems.at(0) == "/: \"a/b\" is no file name");
  CHECK(look(Cramfs{}.image(40000)).image.parts.at(0).problems.at(0) == "sub: the folder is damaged at 40000");
}

TEST_CASE("romfs: files, links, hard links, a list that leads back") {
  const std::string files = romfs_file(80 | 3, 0, "link", "../up") + romfs_file(112 | 0, 112, "hard", "") + romfs_file(160 | 10, 0, "run", "#!") + romfs_file(0 | 9, 32, "sub", "");
  const Seen seen = look(romfs(files));
  CHECK(seen.files.substr(0, 16) == "hard=#!\nrun=#!\ns");
  CHECK(seen.files.find("link->../up\n") != std::string::npos);
  REQUIRE(seen.image.files.size() >= 4);
  CHECK(seen.image.files[2].mode == 0755);
  CHECK(seen.image.parts[0].header["name"] == "vol");
  CHECK(seen.image.parts[0].problems == std::vector<std::string>{"sub/sub: the folder is listed twice, or inside itself"});
  const Seen loop = look(romfs(romfs_file(32 | 2, 0, "a", "x")));
  CHECK(loop.files == "a=x\n");
  CHECK(loop.image.parts[0].problems == std::vector<std::string>{"/: the list of files is damaged at 32"});
  harm(romfs(files));
}
