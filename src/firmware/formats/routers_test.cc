// The headers of makers of routers, and U-Boot's environment, written byte by byte: right, wrong, cut off, and lying.
#include "crypto/digest.h"
#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

std::string md5(const std::string& text) {
  const auto sum = crypto::digest(crypto::DigestAlgorithm::md5, as_bytes(text));
  REQUIRE(sum);
  return std::string(as_text(*sum));
}
const Part& first(const Seen& seen) {
  REQUIRE(!seen.image.parts.empty());
  return seen.image.parts[0];
}
using Problems = std::vector<std::string>;

std::string trx(std::uint16_t version, std::uint32_t second) {
  const std::uint32_t header = version == 2 ? 32 : 28;
  std::string all = "HDR0" + le32(0) + le32(0) + le16(0) + le16(version) + le32(header) + le32(second) + le32(0) + (version == 2 ? le32(0) : "");
  all += kInside + "rest";
  put(all, 4, le32(static_cast<std::uint32_t>(all.size())));
  put(all, 8, le32(~crc32_of(as_bytes(all).subspan(12))));
  return all;
}

std::string tplink(bool second, const std::string& body, std::uint32_t root) {
  std::string all = second ? le32(2) + padded("ver. 2.0", 48) + be32(0xABCD) : be32(0x01000000) + padded("TP-LINK Technologies", 24) + padded("ver. 1.0", 36) + be32(0x08410009);
  all.resize(512, '\0');
  const std::size_t length = second ? 112 : 124;
  put(all, length, be32(static_cast<std::uint32_t>(512 + body.size())) + be32(512) + be32(4) + be32(root) + be32(100));
  if (second) put(all, 140, be16(0x55AA) + std::string(2, '\0') + "\xA5");
  const std::string salt = second ? std::string("\xDC\xD7\x3A\xA5\xC3\x95\x98\xFB\xDC\xF9\xE7\xF4\x0E\xAE\x47\x37") : std::string("\xDC\xD7\x3A\xA5\xC3\x95\x98\xFB\xDD\xF9\xE7\xF4\x0E\xAE\x47\x38");
  put(all, second ? 64 : 76, salt);
  all += body;
  put(all, second ? 64 : 76, md5(all));
  return all;
}

std::string seama(const std::string& description, const std::string& data) {
  const std::string padded_description = padded(description + '\0', 4);
  return be32(0x5EA3A417) + be16(0) + be16(static_cast<std::uint16_t>(padded_description.size())) + be32(static_cast<std::uint32_t>(data.size())) + (data.empty() ? "" : md5(data)) + padded_description + data;
}

std::uint32_t sum(const std::string& text) {
  std::uint32_t a = 0, b = 0;
  for (const char c : text) a += static_cast<std::uint8_t>(c), b += a;
  const auto fold = [](std::uint32_t v) { v = (v & 0xFFFF) + (v >> 16); return ((v >> 16) + v) & 0xFFFF; };
  return fold(b) << 16 | fold(a);
}
std::string chk(const std::string& kernel, const std::string& root) {
  const std::string board = "U12H332T20_NETGEAR";
  std::string header = be32(0x2A23245E) + be32(static_cast<std::uint32_t>(40 + board.size())) + std::string("\1\1\0\0\x3A\1\0\x26", 8) + be32(sum(kernel)) + be32(sum(root)) + be32(static_cast<std::uint32_t>(kernel.size())) +
                       be32(static_cast<std::uint32_t>(root.size())) + be32(sum(kernel + root)) + be32(0) + board;
  put(header, 36, be32(sum(header)));
  return header + kernel + root;
}

std::string xiaomi(const std::string& content) {
  std::string all = "HDR1" + le32(0) + le32(0) + le16(0) + le16(0x25) + le32(48) + std::string(28, '\0');
  all += le32(0xBABE) + le32(0x60000) + le32(static_cast<std::uint32_t>(content.size())) + le16(4) + le16(0) + padded("root.ubi", 32) + content;
  put(all, 4, le32(static_cast<std::uint32_t>(all.size())));
  all += le32(256) + std::string(12, '\0') + std::string(256, 's');
  put(all, 8, le32(~crc32_of(as_bytes(all).subspan(12))));
  return all;
}

std::string environment(const std::string& variables, std::size_t size, bool two_copies, bool is_big = false, char filling = '\0') {
  std::string data = variables + '\0';
  data.resize(size - (two_copies ? 5 : 4), filling);
  const std::uint32_t crc = crc32_of(as_bytes(data));
  return (is_big ? be32(crc) : le32(crc)) + (two_copies ? "\1" : "") + data;
}

}  // namespace

TEST_CASE("trx: pieces, check sum, places that lie") {
  for (const std::uint16_t version : {std::uint16_t{1}, std::uint16_t{2}}) {
    const std::string image = trx(version, static_cast<std::uint32_t>(trx(version, 40).size() - 4));
    const Seen seen = look(image + "behind");
    CHECK(first(seen).format == "trx");
    CHECK(first(seen).length == image.size());
    CHECK(first(seen).header == Json({{"version", version}, {"crc_right", true}}));
    CHECK(seen.files == "a=AB\n");
    std::string wrong = image;
    wrong.back() ^= 1;
    CHECK(first(look(wrong)).problems == Problems{"the check sum is wrong"});
    CHECK(first(look(image.substr(0, image.size() - 1))).problems.at(0) == fmt::format("cut off: {} of {} bytes are there", image.size() - 1, image.size()));
    harm(image);
  }
  CHECK(look(trx(1, 5000)).image.parts.at(0).format != "trx");  // a piece behind the end
  CHECK(look(trx(1, 20)).image.parts.at(0).format != "trx");    // inside the header
}

TEST_CASE("tp-link: what lies behind the header counts, not what the header says") {
  for (const bool second : {false, true}) {
    const std::string good = tplink(second, "kern" + kInside, 516);
    const Seen seen = look(good);
    CHECK(first(seen).format == "tp-link");
    CHECK(first(seen).problems.empty());
    CHECK(first(seen).header["md5_right"] == true);
    CHECK(first(seen).header["firmware_version"] == (second ? "ver. 2.0" : "ver. 1.0"));
    CHECK(seen.files == "a=AB\n");
    const Seen lying = look(tplink(second, "kern" + kInside, 600));
    CHECK(first(lying).problems == Problems{"the header says that the root file system lies at 600: nothing known begins there"});
    CHECK(lying.files == "a=AB\n");
    std::string wrong = good;
    wrong[513] ^= 1;
    CHECK(first(look(wrong)).problems == Problems{"the MD5 is not that of these bytes"});
    harm(good);
  }
}

TEST_CASE("seama: entities with their MD5") {
  const std::string image = seama("signature=wrgac13", "") + seama("dev=/dev/mtdblock/1", kInside) + seama("type=other", "data");
  const Seen seen = look(image + "behind");
  CHECK(first(seen).format == "seama");
  CHECK(first(seen).length == image.size());
  CHECK(first(seen).header["description"] == "signature=wrgac13");
  CHECK(first(seen).header["entities"][0] == Json({{"description", "dev=/dev/mtdblock/1"}, {"bytes", kInside.size()}, {"md5_right", true}}));
  CHECK(first(seen).header["entities"].size() == 2);
  CHECK(seen.files == "a=AB\n");
  std::string wrong = image;
  wrong.back() ^= 1;
  CHECK(first(look(wrong)).problems == Problems{"entity 1: the MD5 is wrong"});
  CHECK(first(look(image.substr(0, image.size() - 1))).problems == Problems{"1 is cut off: 3 of 4 bytes are there"});
  harm(image);
}

TEST_CASE("chk: board, version, sums") {
  const std::string image = chk("kernel", kInside);
  const Seen seen = look(image);
  CHECK(first(seen).header == Json({{"board", "U12H332T20_NETGEAR"}, {"region", 1}, {"version", "1.0.0.58.1.0.38"}, {"sum_right", true}}));
  CHECK(seen.files == "a=AB\n");
  CHECK(seen.image.parts.at(1).name == "root");
  std::string wrong = image;
  wrong[60] ^= 1;
  CHECK(first(look(wrong)).problems == Problems{"the check sum of the image is wrong"});
  wrong = image;
  wrong[45] ^= 1;  // the header's own sum
  CHECK(first(look(wrong)).format != "chk");
  harm(image);
}

TEST_CASE("xiaomi: files by name, the signature is found") {
  const std::string image = xiaomi(kInside);
  const Seen seen = look(image + "behind");
  CHECK(first(seen).format == "xiaomi");
  CHECK(first(seen).length == image.size());
  CHECK(first(seen).header["signature"] == Json({{"scheme", "RSA"}, {"offset", image.size() - 256}, {"length", 256}}));
  CHECK(first(seen).header["files"][0] == Json({{"name", "root.ubi"}, {"flash_offset", 0x60000}, {"bytes", kInside.size()}}));
  CHECK(first(seen).problems.empty());
  CHECK(seen.files == "a=AB\n");
  std::string wrong = image;
  put(wrong, 20, le32(300));
  CHECK(first(look(wrong)).problems == Problems{"the check sum is wrong", "there is no file 1 at 300"});
  harm(image);
}

TEST_CASE("u-boot environment: both byte orders, one copy or two, any size; nothing without its check sum") {
  const std::string variables = std::string("baudrate=115200\0bootcmd=bootm 0x9f020000\0bootdelay=1\0", 53);
  for (const bool two : {false, true})
    for (const bool is_big : {false, true})
      for (const std::size_t size : {std::size_t{1024}, std::size_t{0x3000}, std::size_t{0x20000}}) {
        const std::string image = std::string(100, 'x') + environment(variables, size, two, is_big, two ? '\xFF' : '\0') + std::string(5000, '\xFF');
        const Seen seen = look(image);
        REQUIRE(!seen.image.parts.empty());
        const Part& part = seen.image.parts[0];
        CHECK(part.format == "u-boot-environment");
        CHECK(part.offset == 100);
        CHECK(part.length == size);
        CHECK(part.header["two_copies"] == two);
        CHECK(part.header["variables"] == Json({{"baudrate", "115200"}, {"bootcmd", "bootm 0x9f020000"}, {"bootdelay", "1"}}));
      }
  std::string wrong = environment(variables, 1024, false);
  wrong[6] ^= 1;
  CHECK(look(wrong).image.parts.at(0).format == "unknown");
  harm(environment(variables, 1024, false));
}
