// Android's boot images, Verified Boot's metadata and MCUboot's images, written byte by byte.
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

std::string sha256(const std::string& text) {
  const auto sum = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(text));
  REQUIRE(sum);
  return std::string(as_text(*sum));
}

std::string boot(std::uint32_t version) {
  const std::uint32_t inside = static_cast<std::uint32_t>(kInside.size());
  std::string header = "ANDROID!";
  if (version >= 3) {
    header += le32(4) + le32(inside) + le32(11U << 25 | 26 << 4 | 3) + le32(1580) + std::string(16, '\0') + le32(version) + padded("quiet init=/bin/sh", 1536) + le32(5);
    return padded(padded(padded(header, 4096) + "kern", 4096) + kInside, 4096) + (version == 4 ? padded("signd", 4096) : "");
  }
  header += le32(4) + le32(0) + le32(inside) + le32(0) + le32(0) + le32(0) + le32(0) + le32(2048) + le32(version) + le32(0) + padded("lamp", 16) + padded("quiet", 512) + std::string(32, '\0') + padded(" more", 1024);
  if (version >= 1) header += le32(3) + le64(0) + le32(1660) + le32(version == 2 ? 4 : 0) + le64(0);
  return padded(padded(padded(padded(header, 2048) + "kern", 2048) + kInside, 2048) + (version >= 1 ? padded("dto", 2048) : "") + (version == 2 ? "tree" : ""), 2048);
}

std::string vbmeta(std::uint32_t algorithm, std::uint64_t lying = 0) {
  std::string descriptor = big(4096, 8) + padded("sha256", 32) + be32(4) + be32(0) + be32(0) + be32(0) + std::string(60, '\0') + "boot";
  descriptor = padded(descriptor, 8);
  descriptor = big(2, 8) + big(descriptor.size() + lying, 8) + descriptor;
  const std::string auxiliary = padded(descriptor + "KEYKEYKE", 64), authentication_size = big(algorithm == 0 ? 0 : 320, 8);
  std::string header = "AVB0" + be32(1) + be32(0) + authentication_size + big(auxiliary.size(), 8) + be32(algorithm) + big(0, 8) + big(32, 8) + big(32, 8) + big(256, 8) + big(descriptor.size(), 8) + big(8, 8);
  header += big(0, 8) + big(0, 8) + big(0, 8) + big(descriptor.size(), 8) + big(3, 8) + be32(2) + be32(0) + padded("avbtool 1.2.0", 48);
  header.resize(256, '\0');
  return header + (algorithm == 0 ? "" : padded(sha256(header + auxiliary) + std::string(256, 's'), 64)) + auxiliary;
}

std::string row(std::uint16_t type, const std::string& value) { return le16(type) + le16(static_cast<std::uint16_t>(value.size())) + value; }
std::string rows(std::uint16_t magic, const std::string& all) { return le16(magic) + le16(static_cast<std::uint16_t>(all.size() + 4)) + all; }
std::string mcuboot(bool protect, bool is_signed, std::uint32_t flags = 0) {
  const std::string shielded = protect ? rows(0x6908, row(0x50, le32(9))) : "";
  std::string all = le32(0x96F3B83D) + le32(0) + le16(64) + le16(static_cast<std::uint16_t>(shielded.size())) + le32(static_cast<std::uint32_t>(kInside.size())) + le32(flags) + "\1\2" + le16(3) + le32(4) + le32(0);
  all = padded(all, 64) + kInside + shielded;
  return all + rows(0x6907, row(0x10, sha256(all)) + row(1, std::string(32, 'k')) + (is_signed ? row(0x24, std::string(64, 's')) : "") + (protect ? "" : row(0x50, le32(1))));
}

}  // namespace

TEST_CASE("android: boot images of every version") {
  for (const std::uint32_t version : {0U, 1U, 2U, 3U, 4U}) {
    const std::string image = boot(version);
    const Seen seen = look(image);
    CHECK(first(seen).format == "android-boot");
    CHECK(first(seen).length == image.size());
    CHECK(first(seen).header["version"] == version);
    CHECK(first(seen).header["command_line"] == (version >= 3 ? "quiet init=/bin/sh" : "quiet more"));
    CHECK(first(seen).problems.empty());
    CHECK(seen.files == "a=AB\n");
    if (version >= 3) CHECK(first(seen).header["patch_level"] == "2026-03");
  }
  harm(boot(2));
  CHECK(first(look(boot(0).substr(0, 4096 + 100))).problems.at(0) == fmt::format("cut off: 4196 of {} bytes are there", 4096 + kInside.size()));
}

TEST_CASE("android: verified boot's metadata") {
  const Seen seen = look(vbmeta(1) + "behind");
  CHECK(first(seen).format == "vbmeta");
  CHECK(first(seen).length == vbmeta(1).size());
  CHECK(first(seen).problems.empty());
  const Json& header = first(seen).header;
  CHECK(header["algorithm"] == "SHA256_RSA2048");
  CHECK(header["hash_right"] == true);
  CHECK(header["rollback_index"] == 3);
  CHECK(header["flags"] == 2);
  CHECK(header["signature"] == Json({{"scheme", "AVB"}, {"offset", 256 + 32}, {"length", 256}}));
  CHECK(header["key_sha256"] == sha256_hex(as_bytes("KEYKEYKE")));
  CHECK(header["descriptors"] == Json::array({{{"type", "hash"}, {"partition", "boot"}, {"digest", "sha256"}, {"bytes", 4096}}}));
  std::string wrong = vbmeta(1);
  wrong[115] ^= 1;
  CHECK(first(look(wrong)).problems == Problems{"the hash is wrong"});
  CHECK(first(look(vbmeta(0))).header["algorithm"] == "none");
  CHECK_FALSE(first(look(vbmeta(0))).header.contains("signature"));
  CHECK(first(look(vbmeta(0, 100))).problems == Problems{"the descriptor at 0 is cut off"});
  const std::string footer = "AVBf" + be32(1) + be32(0) + big(1000, 8) + big(4096, 8) + big(576, 8) + std::string(28, '\0');
  CHECK(first(look(footer)).header == Json({{"original_bytes", 1000}, {"vbmeta_offset", 4096}, {"vbmeta_bytes", 576}}));
  harm(vbmeta(1));
}

TEST_CASE("mcuboot: digest, signature, counter, what is not protected") {
  const Seen seen = look(mcuboot(true, true) + "behind");
  CHECK(first(seen).format == "mcuboot");
  CHECK(first(seen).length == mcuboot(true, true).size());
  CHECK(first(seen).problems.empty());
  const Json& header = first(seen).header;
  CHECK(header["version"] == "1.2.3+4");
  CHECK(header["digest_right"] == true);
  CHECK(header["security_counter"] == 9);
  CHECK(header["signature"]["scheme"] == "Ed25519");
  CHECK(header["rows"].size() == 4);
  CHECK(seen.files == "a=AB\n");
  const Seen poor = look(mcuboot(false, false));
  CHECK_FALSE(first(poor).header.contains("signature"));
  CHECK(first(poor).problems == Problems{"the security counter is not protected"});
  std::string wrong = mcuboot(true, true);
  wrong[21] ^= 1;
  CHECK(first(look(wrong)).problems == Problems{"the digest is wrong"});
  CHECK_FALSE(first(look(mcuboot(true, true, 4))).header.contains("digest_right"));
  CHECK(first(look(mcuboot(false, true).substr(0, 64 + kInside.size()))).problems == Problems{"there is neither digest nor signature"});
  harm(mcuboot(true, true));
}
