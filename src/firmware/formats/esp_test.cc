// Images of Espressif's chips and their partition table, written byte by byte: sums, digests, signatures of both kinds, cuts.
#include "firmware/formats/digests.h"
#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

std::string digest(crypto::DigestAlgorithm algorithm, const std::string& text) {
  const auto sum = crypto::digest(algorithm, as_bytes(text));
  REQUIRE(sum);
  return std::string(as_text(*sum));
}
const Part& first(const Seen& seen) {
  REQUIRE(!seen.image.parts.empty());
  return seen.image.parts[0];
}
using Problems = std::vector<std::string>;

std::string app() {
  std::string all = le32(0xABCD5432) + le32(7) + std::string(8, '\0') + padded("1.2.3", 32) + padded("lamp", 32) + padded("12:00:00", 16) + padded("Jan  1 2026", 16) + padded("v5.2", 32);
  all.resize(256, '\0');
  return all + kInside;
}

std::string image(bool is_old = false, const std::string& content = app()) {
  std::string all = std::string("\xE9\x02\2\x20", 4) + le32(0x40080400);
  if (!is_old) all += std::string("\0\0\0\0", 4) + le16(5) + std::string(9, '\0') + "\1";
  std::uint8_t sum = 0xEF;
  for (const std::string& segment : {content, std::string("code")}) {
    all += le32(0x3F400020) + le32(static_cast<std::uint32_t>(segment.size())) + segment;
    for (const char c : segment) sum ^= static_cast<std::uint8_t>(c);
  }
  all.resize(all.size() | 15, '\0');
  all += static_cast<char>(sum);
  return is_old ? all : all + digest(crypto::DigestAlgorithm::sha256, all);
}

std::string block(const std::string& covered, bool is_rsa) {
  std::string all = std::string(is_rsa ? "\xE7\2\0\0" : "\xE7\3\1\0", 4) + digest(is_rsa ? crypto::DigestAlgorithm::sha256 : crypto::DigestAlgorithm::sha384, covered);
  if (!is_rsa) all += '\3';
  all.resize(1196, 'k');
  return all + le32(crc32_of(as_bytes(all))) + std::string(16, '\0');
}

std::string row(std::uint8_t type, std::uint8_t subtype, std::uint32_t offset, std::uint32_t size, const std::string& label, std::uint32_t flags = 0) {
  return "\xAA\x50" + std::string(1, static_cast<char>(type)) + std::string(1, static_cast<char>(subtype)) + le32(offset) + le32(size) + padded(label, 16).substr(0, 16) + le32(flags);
}

}  // namespace

TEST_CASE("esp: segments, description, sum and digest") {
  const std::string good = image();
  const Seen seen = look(good + "behind");
  CHECK(first(seen).format == "esp-image");
  CHECK(first(seen).length == good.size());
  CHECK(first(seen).header["chip"] == "ESP32-C3");
  CHECK(first(seen).header["digest_right"] == true);
  CHECK(first(seen).header["app"] == Json({{"secure_version", 7}, {"version", "1.2.3"}, {"project", "lamp"}, {"built", "Jan  1 2026 12:00:00"}, {"idf", "v5.2"}}));
  CHECK(seen.files == "a=AB\n");
  CHECK(first(seen).problems.empty());
  std::string wrong = good;
  wrong[wrong.size() - 1] ^= 1;
  CHECK(first(look(wrong)).problems == Problems{"the SHA-256 is wrong"});
  wrong[300] ^= 1;
  CHECK(first(look(wrong)).problems == Problems{"the check sum is wrong", "the SHA-256 is wrong"});
  CHECK(first(look(good.substr(0, good.size() - 40))).problems.at(0) == "the image is cut off");
  CHECK(look(good.substr(0, good.size() - 40)).files == "a=AB\n");
  CHECK(first(look(image(true, kInside))).header["chip"] == "ESP8266");
  CHECK(look(image(true, kInside)).files == "a=AB\n");
  std::string chance = image(true, kInside);
  chance.back() ^= 1;
  CHECK(first(look(chance)).format != "esp-image");
  harm(good);
}

TEST_CASE("esp: signatures of secure boot are found") {
  const std::string covered = padded(image(), 4096, '\xFF');
  for (const bool is_rsa : {true, false}) {
    const std::string whole = padded(covered + block(covered, is_rsa) + block(covered, is_rsa), 4096, '\xFF');
    const Seen seen = look(whole + "behind");
    CHECK(first(seen).length == whole.size());
    const Json signature = first(seen).header["signature"];
    CHECK(signature["scheme"] == "secure-boot-v2");
    CHECK(signature["offset"] == covered.size());
    REQUIRE(signature["blocks"].size() == 2);
    CHECK(signature["blocks"][1]["offset"] == covered.size() + 1216);
    CHECK(signature["blocks"][0]["algorithm"] == (is_rsa ? "RSA-3072-PSS" : "ECDSA-P384"));
    CHECK(signature["blocks"][0]["digest_right"] == true);
    CHECK(first(look(covered + block("other", is_rsa))).problems == Problems{"a signature block is for other bytes"});
    std::string broken = whole;
    broken[covered.size() + 50] ^= 1;  // its check sum is wrong: no block
    CHECK_FALSE(first(look(broken)).header.contains("signature"));
  }
  std::string noise;
  for (char c = 0; c < 64; ++c) noise += c;
  CHECK(first(look(image() + le32(0) + noise)).header["signature"] == Json({{"scheme", "secure-boot-v1"}, {"offset", image().size()}, {"length", 68}}));
  CHECK_FALSE(first(look(image() + std::string(68, '\0'))).header.contains("signature"));
}

TEST_CASE("esp: the partition table") {
  const std::string rows = row(1, 2, 0x9000, 0x6000, "nvs", 1) + row(0, 0, 0x10000, 0x100000, "factory");
  const std::string table = rows + "\xEB\xEB" + std::string(14, '\xFF') + digest(crypto::DigestAlgorithm::md5, rows);
  const Seen seen = look(table + std::string(3000, '\xFF'));
  CHECK(first(seen).format == "esp-partitions");
  CHECK(first(seen).length == table.size());
  CHECK(first(seen).header["md5_right"] == true);
  CHECK(first(seen).header["partitions"][0] == Json({{"label", "nvs"}, {"type", 1}, {"subtype", 2}, {"offset", 0x9000}, {"bytes", 0x6000}, {"encrypted", true}}));
  std::string wrong = table;
  wrong.back() ^= 1;
  CHECK(first(look(wrong)).problems == Problems{"the MD5 is wrong"});
  CHECK(look(row(0, 0, 0x10001, 0x1000, "odd")).image.parts.empty());
  CHECK(look(row(0, 0, 0xF0000000, 0x1000, "far")).image.parts.empty());
  harm(table);
}
