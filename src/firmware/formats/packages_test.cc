// Update packages, zip archives: built byte by byte.
#include <zlib.h>

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

std::string tar(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  put(header, 0, name);
  put(header, 100, "0000644");
  put(header, 108, "0000000");
  put(header, 116, "0000000");
  put(header, 124, fmt::format("{:011o}", content.size()));
  put(header, 136, "14526214400");
  put(header, 148, "        ");
  put(header, 156, "0");
  put(header, 257, std::string("ustar\0" "00", 8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<std::uint8_t>(c);
  put(header, 148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header + padded(content, 512);
}

std::string deflated(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Zip {
  std::string files{}, directory{};
  std::uint16_t count = 0;
  Zip& add(const std::string& name, const std::string& content, std::uint32_t mode = 0100644, std::uint16_t flags = 0, std::uint32_t size = 0, std::uint32_t wrong = 0) {
    const std::string packed = deflated(content);
    const std::string common = le16(20) + le16(flags) + le16(8) + le32(0) + le32(crc32_of(as_bytes(content)) ^ wrong) + le32(static_cast<std::uint32_t>(packed.size())) +
                               le32(size == 0 ? static_cast<std::uint32_t>(content.size()) : size) + le16(static_cast<std::uint16_t>(name.size())) + le16(0);
    directory += "PK\1\2" + le16(0x0314) + common + le16(0) + le16(0) + le16(0) + le32(mode << 16) + le32(static_cast<std::uint32_t>(files.size())) + name;
    files += "PK\3\4" + common + name + packed;
    ++count;
    return *this;
  }
  std::string done(const std::string& comment = "") const {
    return files + directory + "PK\5\6" + le32(0) + le16(count) + le16(count) + le32(static_cast<std::uint32_t>(directory.size())) + le32(static_cast<std::uint32_t>(files.size())) + le16(static_cast<std::uint16_t>(comment.size())) + comment;
  }
};

}  // namespace

TEST_CASE("swupdate: a cpio with a description; which images it lists, whether it is signed") {
  const std::string description = cpio("sw-description", "software = { images: ({ filename = \"a\"; sha256 = \"" + sha256_hex(as_bytes("AB")) + "\"; }) }");
  const Seen seen = look(description + cpio("sw-description.sig", std::string(256, 's')) + kInside);
  CHECK(first(seen).format == "swupdate");
  CHECK(first(seen).header["images"] == Json::array({{{"name", "a"}, {"digest_listed", true}}}));
  CHECK(first(seen).header["signature"]["length"] == 256);
  CHECK(seen.image.files.size() == 3);
  const Seen poor = look(description + cpio("a", "AC") + kCpioEnd);
  CHECK_FALSE(first(poor).header.contains("signature"));
  CHECK(first(poor).header["images"][0]["digest_listed"] == false);
  CHECK(first(look(kInside)).format == "cpio");
  harm(description + kInside);
}

TEST_CASE("mender: the manifest's digests, whether it is signed") {
  const std::string version = "{\"format\":\"mender\",\"version\":3}", header = "header";
  const std::string manifest = sha256_hex(as_bytes(version)) + "  version\n" + sha256_hex(as_bytes("other")) + "  header.tar.gz\n";
  const std::string whole = tar("version", version) + tar("manifest", manifest) + tar("manifest.sig", std::string(344, 's')) + tar("header.tar.gz", header) + std::string(1024, '\0');
  const Seen seen = look(whole);
  CHECK(first(seen).format == "mender");
  CHECK(first(seen).header["version"] == 3);
  CHECK(first(seen).header["manifest"] == Json::array({{{"name", "version"}, {"digest_right", true}}, {{"name", "header.tar.gz"}, {"digest_right", false}}}));
  CHECK(first(seen).header["signature"]["length"] == 344);
  CHECK(first(seen).problems == Problems{"header.tar.gz: the manifest has another digest"});
  CHECK(seen.image.files.size() == 4);
  CHECK(first(look(tar("version", "{\"format\":\"other\"}"))).format == "tar");
  harm(whole);
}

TEST_CASE("rauc: a SquashFS with a CMS behind it") {
  std::string squashfs = "hsqs" + le32(0) + le32(0) + le32(4096) + le32(0) + le16(1) + le16(12) + le16(0) + le16(0) + le16(4) + le16(0) + le64(0) + le64(5000);
  squashfs.resize(8192, '\0');
  std::string cms = std::string("\x30\x82\x01\x00", 4) + "[bundle]\nformat=verity\n";
  cms.resize(260, 'c');
  const std::string whole = squashfs + cms + big(cms.size(), 8);
  const Seen seen = look(whole);
  CHECK(first(seen).format == "rauc");
  CHECK(first(seen).header == Json({{"bundle_format", "verity"}, {"signature", {{"scheme", "CMS"}, {"offset", 8192}, {"length", 260}}}}));
  CHECK(seen.image.parts.at(1).format == "squashfs");
  CHECK(seen.image.parts.at(1).name == "bundle");
  CHECK(first(look(squashfs + cms + big(cms.size() - 1, 8))).format == "squashfs");
  harm(whole);
}

TEST_CASE("zip: files, links, what is damaged, a directory that is missing") {
  const std::string image = Zip().add("etc/a", kInside, 0100755).add("etc/", "", 0040755).add("link", "../x", 0120777).add("../up", "x").add("closed", "x", 0100644, 1).add("wrong", "x", 0100644, 0, 0, 1).add("short", "x", 0100644, 0, 9).done("hello");
  const Seen seen = look(image + "behind");
  CHECK(first(seen).format == "zip");
  CHECK(first(seen).length == image.size());
  CHECK(seen.files == "etc/a=" + kInside + "\na=AB\nlink->../x\n");
  CHECK(seen.image.files.at(0).mode == 0755);
  CHECK(seen.image.files.at(1).kind == FileKind::folder);
  CHECK(first(seen).problems == Problems{"../up: the name climbs out of the archive", "closed: encrypted", "wrong: the check sum is wrong", "short: ends after 1 of 9 bytes"});
  const Seen cut = look(Zip().add("a", "AB").add("b", "CD").files);
  CHECK(cut.files == "a=AB\nb=CD\n");
  CHECK(first(cut).problems == Problems{"the directory is missing: the files are read one after the other"});
  const Seen bomb = look(Zip().add("bomb", std::string(3'000'000, 'x')).done(), {.unpacked_bytes = 1000});
  CHECK(bomb.hit == std::set<std::string>{"unpacked bytes"});
  harm(image);
}
