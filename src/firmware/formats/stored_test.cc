// Archives byte by byte: cpio and tar with what they can get wrong; device trees; U-Boot's header.
#include <doctest/doctest.h>
#include <zlib.h>

#include "firmware/formats/device_tree.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/stored.h"
#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

std::string tar(std::string_view name, std::string_view content, char type = '0', std::string_view link = "") {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, std::string_view text) { header.replace(at, text.size(), text); };
  put(0, name.substr(0, 100));
  put(100, "0000755");
  put(108, "0000000");
  put(116, "0000005");
  put(124, fmt::format("{:011o}", content.size()));
  put(136, "14526214400");
  put(148, "        ");
  header[156] = type;
  put(157, link);
  put(257, "ustar\0" "00");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<std::uint8_t>(c);
  put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header + padded(std::string(content), 512);
}
const std::string kTarEnd(1024, '\0');

}  // namespace

TEST_CASE("cpio: files, links, owners, and nothing outside") {
  const Seen seen = look(cpio("./etc/passwd", "root:x", 0100600) + cpio("bin/sh", "busybox", 0120777) + cpio("../../etc/shadow", "x") + cpio("etc", "", 0040755) + kCpioEnd);
  CHECK(seen.files == "etc/passwd=root:x\nbin/sh->busybox\n");
  REQUIRE(seen.image.files.size() == 3);
  CHECK(seen.image.files[0].mode == 0600);
  CHECK(seen.image.files[0].gid == 5);
  CHECK(seen.image.files[0].modified == 1700000000);
  CHECK(seen.image.files[2].kind == FileKind::folder);
  CHECK(seen.image.parts[0].problems == std::vector<std::string>{"../../etc/shadow: the name climbs out of the archive"});
  CHECK(seen.image.coverage.parsed == seen.image.coverage.bytes);
}

TEST_CASE("cpio: check sums, a missing end, a cut") {
  CHECK(look(cpio("a", "AB", 0100644, "070702", 'A' + 'B') + kCpioEnd).image.parts[0].problems.empty());
  CHECK(look(cpio("a", "AB", 0100644, "070702", 7) + kCpioEnd).image.parts[0].problems == std::vector<std::string>{"a: the check sum is wrong"});
  const Seen endless = look(cpio("a", "AB"));
  CHECK(endless.files == "a=AB\n");
  CHECK(endless.image.parts[0].problems == std::vector<std::string>{"the archive has no end"});
  const std::string whole = cpio("a", "AB") + cpio("b", std::string(400, 'b')) + kCpioEnd;
  for (std::size_t part = 1; part < 64; ++part) CHECK(look(std::string_view(whole).substr(0, whole.size() * part / 64)).image.coverage.bytes == whole.size() * part / 64);
}

TEST_CASE("tar: long names, links, sums that are wrong") {
  const std::string long_name = std::string(120, 'd') + "/file";
  Seen seen = look(tar("etc/passwd", "root") + tar("././@LongLink", long_name + '\0', 'L') + tar("short", "long") + tar("bin/sh", "", '2', "busybox") + tar("pax", "17 path=pax/name\n", 'x') +
                   tar("other", "p") + kTarEnd);
  CHECK(seen.files == "etc/passwd=root\n" + long_name + "=long\npax/name=p\nbin/sh->busybox\n");
  CHECK(seen.image.files[0].mode == 0755);
  CHECK(seen.image.coverage.parsed == seen.image.coverage.bytes);
  std::string wrong = tar("etc/passwd", "root");
  wrong[148] = '7';
  CHECK(look(wrong + kTarEnd).image.files.empty());
  CHECK(look(tar("a", std::string(5000, 'x')).substr(0, 2000)).image.parts[0].problems == std::vector<std::string>{"a is cut off", "a: 1488 of 5000 bytes are there"});
}

TEST_CASE("U-Boot's header: both check sums, one kernel, several pieces") {
  const auto uimage = [](std::string data, char type, bool right = true) {
    std::string header = be32(0x27051956) + be32(0) + be32(1700000000) + be32(static_cast<std::uint32_t>(data.size())) + be32(0x80000000) + be32(0x80000000) +
                         be32(static_cast<std::uint32_t>(crc32_z(0, as_bytes(data).data(), data.size())) + (right ? 0 : 1)) + std::string("\x05\x02") + type + std::string(1, '\0') + padded("Linux-5.10", 32);
    header.replace(4, 4, be32(static_cast<std::uint32_t>(crc32_z(0, as_bytes(header).data(), header.size()))));
    return header + data;
  };
  Image image = look(uimage(cpio("a", "b") + kCpioEnd, 2)).image;
  CHECK(image.parts[0].header["crc_right"] == true);
  CHECK(image.parts[0].header["name"] == "Linux-5.10");
  REQUIRE(image.parts.size() == 2);
  CHECK(image.parts[1].name == "kernel");
  image = look(uimage(cpio("a", "b") + kCpioEnd, 2, false)).image;
  CHECK(image.parts[0].header["crc_right"] == false);
  CHECK(image.parts[0].problems == std::vector<std::string>{"the check sum of the data is wrong"});
  const std::string first = cpio("a", "b") + kCpioEnd, second = cpio("c", "d") + kCpioEnd;
  const Seen seen = look(uimage(be32(static_cast<std::uint32_t>(first.size())) + be32(static_cast<std::uint32_t>(second.size())) + be32(0) + first + second, 4));
  CHECK(seen.files == "a=b\nc=d\n");
  std::string chance = uimage("x", 2);
  chance[20] ^= 1;
  CHECK(look(chance).image.parts.empty());
}

TEST_CASE("a device tree is read to its end or not at all") {
  const auto node = [](std::string name, std::string inside) { return be32(1) + padded(name + '\0', 4) + inside + be32(2); };
  const auto property = [](std::uint32_t name, std::string data) { return be32(3) + be32(static_cast<std::uint32_t>(data.size())) + be32(name) + padded(data, 4); };
  const std::string strings = std::string("model\0bootargs\0data\0description\0", 32);
  const auto tree = [&](const std::string& structure) {
    const std::uint32_t size = static_cast<std::uint32_t>(structure.size()), total = 56 + size + 32;
    return be32(0xD00DFEED) + be32(total) + be32(56) + be32(56 + size) + be32(40) + be32(17) + be32(16) + be32(0) + be32(32) + be32(size) + std::string(16, '\0') + structure + strings;
  };
  const std::string good = tree(node("", property(0, std::string("lamp\0", 5)) + node("chosen", property(6, std::string("init=/bin/sh\0", 13)))) + be32(9));
  const auto read = read_device_tree(as_bytes(good));
  REQUIRE(read);
  CHECK(text_property(*read, "", "model") == "lamp");
  CHECK(text_property(*read, "/chosen", "bootargs") == "init=/bin/sh");
  CHECK(look(good).image.parts[0].header == Json({{"fit", false}, {"model", "lamp"}, {"bootargs", "init=/bin/sh"}}));
  for (std::size_t part = 1; part < 64; ++part) CHECK_FALSE(read_device_tree(as_bytes(std::string_view(good).substr(0, good.size() * part / 64))));
  CHECK_FALSE(read_device_tree(as_bytes(tree(node("", "").substr(0, 8) + be32(9)))));       // not closed
  CHECK_FALSE(read_device_tree(as_bytes(tree(node("", property(99, "x")) + be32(9)))));     // a name outside the strings
  std::string deep;
  for (int i = 0; i < 80; ++i) deep = node("n", deep);
  CHECK_FALSE(read_device_tree(as_bytes(tree(deep + be32(9)))));
  const Seen fit = look(tree(node("", node("images", node("kernel", property(15, cpio("a", "b") + kCpioEnd)))) + be32(9)));
  CHECK(fit.files == "a=b\n");
  CHECK(fit.image.parts[1].name == "kernel");
}

TEST_CASE("names are made safe") {
  CHECK(clean_path("/etc//./passwd/") == "etc/passwd");
  CHECK(clean_path("./") == "");
  CHECK(clean_path("a..b/..c") == "a..b/..c");
  CHECK_FALSE(clean_path("a/../b"));
  CHECK_FALSE(clean_path(".."));
  CHECK_FALSE(clean_path(std::string(5000, 'a')));
}
