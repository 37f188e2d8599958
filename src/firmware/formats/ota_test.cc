// Zigbee's, Matter's and Silicon Labs' upgrade files, written byte by byte.
#include "firmware/formats/digests.h"
#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

const Part& first(const Seen& seen) {
  REQUIRE(!seen.image.parts.empty());
  return seen.image.parts[0];
}
using Problems = std::vector<std::string>;

std::string tag(std::uint32_t id, const std::string& data) { return le32(id) + le32(static_cast<std::uint32_t>(data.size())) + data; }
std::string gbl(std::uint32_t type, const std::string& more) {
  std::string all = tag(0x03A617EB, le32(0x03000000) + le32(type)) + more;
  if ((type & 0x100) != 0) all += tag(0xF70A0AF7, std::string(64, 's'));
  all += le32(0xFC0404FC) + le32(4);
  return all + le32(crc32_of(as_bytes(all)));
}
const std::string kApplication = tag(0xF40A0AF4, le32(1) + le32(77) + le32(0) + std::string(16, 'p'));

std::string element(std::uint16_t id, const std::string& data) { return le16(id) + le32(static_cast<std::uint32_t>(data.size())) + data; }
std::string zigbee(const std::string& elements, bool hardware = false, std::uint32_t more = 0) {
  const std::uint16_t size = hardware ? 60 : 56;
  return le32(0x0BEEF11E) + le16(0x100) + le16(size) + le16(hardware ? 4 : 0) + le16(4476) + le16(8707) + le32(33) + le16(2) + padded("EBL lamp", 32) + le32(static_cast<std::uint32_t>(size + elements.size() + more)) +
         (hardware ? le16(1) + le16(9) : "") + elements;
}

std::string matter(const std::string& program, std::uint64_t said, bool right = true) {
  const auto sum = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(program));
  REQUIRE(sum);
  std::string digest(as_text(*sum));
  if (!right) digest[0] ^= 1;
  const auto small = [](char id, std::uint16_t value) { return "\x25" + std::string(1, id) + le16(value); };
  const std::string header = "\x15" + small(0, 0xFFF1) + small(1, 0x8000) + "\x26\2" + le32(9) + "\x2C\3\5" "1.2.3" "\x27\4" + le64(said) + "\x24\x08\x01" "\x30\x09\x20" + digest + "\x18";
  return le32(0x1BEEF11E) + le64(16 + header.size() + program.size()) + le32(static_cast<std::uint32_t>(header.size())) + header + program;
}

}  // namespace

TEST_CASE("gbl: tags, programs, signature, check sum") {
  const std::string image = gbl(0x100, kApplication + tag(0xFD0303FD, le32(0x4000) + kInside));
  const Seen seen = look(image + "behind");
  CHECK(first(seen).format == "gbl");
  CHECK(first(seen).length == image.size());
  CHECK(first(seen).header["crc_right"] == true);
  CHECK(first(seen).header["encrypted"] == false);
  CHECK(first(seen).header["application"]["version"] == 77);
  CHECK(first(seen).header["signature"] == Json({{"scheme", "ECDSA-P256"}, {"offset", image.size() - 12 - 64}, {"length", 64}}));
  CHECK(first(seen).header["tags"].size() == 5);
  CHECK(seen.image.parts.at(1).name == "program 00004000");
  CHECK(seen.files == "a=AB\n");
  const Seen closed = look(gbl(1, tag(0xFA0606FA, std::string(16, 'n')) + tag(0xF90707F9, std::string(100, 'x'))));
  CHECK(first(closed).header["encrypted"] == true);
  CHECK_FALSE(first(closed).header.contains("signature"));
  std::string wrong = image;
  wrong[40] ^= 1;
  CHECK(first(look(wrong)).problems == Problems{"the check sum is wrong"});
  CHECK(first(look(image.substr(0, image.size() - 12))).problems == Problems{"there is no end"});
  CHECK(first(look(image.substr(0, 80))).problems.at(0) == "program at 52 is cut off");
  CHECK(first(look(gbl(0, tag(0x12345678, "x")))).problems == Problems{"an unknown tag 12345678 at 16"});
  harm(image);
}

TEST_CASE("zigbee: elements, hardware, signatures; a wrapper and what follows stay unknown") {
  const std::string image = zigbee(element(0, kInside) + element(5, std::string(80, 's')) + element(0xF001, "maker"), true);
  const Seen seen = look(std::string(2000, 'w') + "NGIS" + image + std::string(2000, 't') + "t");
  const Part& part = first(seen);
  CHECK(part.format == "zigbee-ota");
  CHECK(part.offset == 2004);
  CHECK(part.length == image.size());
  CHECK(part.header["manufacturer"] == 4476);
  CHECK(part.header["file_version"] == 33);
  CHECK(part.header["text"] == "EBL lamp");
  CHECK(part.header["hardware"] == Json({{"from", 1}, {"to", 9}}));
  CHECK(part.header["elements"].size() == 3);
  CHECK(part.header["elements"][2]["tag"] == "F001");
  CHECK(part.header["signature"]["length"] == 80);
  CHECK(part.problems.empty());
  CHECK(seen.files == "a=AB\n");
  const Seen lying = look(zigbee(element(0, kInside), false, 4000) + std::string(4000, '\xFE'));
  CHECK(first(lying).problems == Problems{fmt::format("what stands at {} is no element", 62 + kInside.size())});
  CHECK(first(lying).length == 62 + kInside.size());
  CHECK(first(look(zigbee(element(0, kInside), false, 7))).problems.at(0).starts_with("cut off"));
  CHECK(look(zigbee(le16(7) + le32(0xFFFFFFFF) + "..........")).image.parts.empty());  // chance: no element at all
  harm(image);
}

TEST_CASE("matter: header, digest, lengths that lie") {
  const std::string image = matter(kInside, kInside.size());
  const Seen seen = look(image + "behind");
  CHECK(first(seen).format == "matter-ota");
  CHECK(first(seen).length == image.size());
  CHECK(first(seen).header == Json({{"vendor", 0xFFF1}, {"product", 0x8000}, {"version", 9}, {"version_text", "1.2.3"}, {"program_bytes", kInside.size()}, {"digest", "sha256"}, {"digest_right", true}}));
  CHECK(seen.files == "a=AB\n");
  CHECK(first(look(matter(kInside, kInside.size(), false))).problems == Problems{"the digest is wrong"});
  CHECK(first(look(matter(kInside, 5))).problems == Problems{fmt::format("the program has {} bytes, not the 5 that the header says", kInside.size())});
  CHECK(first(look(image.substr(0, image.size() - 1))).problems.at(0).starts_with("cut off"));
  std::string chance = image;
  chance[16] = '\x16';
  CHECK(look(chance).image.parts.at(0).format == "cpio");
  harm(image);
}
