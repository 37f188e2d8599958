// Real images and what must be found in them, where the corpus is present.
#include <filesystem>

#include "base/files.h"
#include "firmware/formats/test_look.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

const std::filesystem::path kCorpus = std::filesystem::path(LINTEL_SOURCE_DIR) / "../shared/corpus/firmware";

constexpr std::size_t kMost = 64 << 20;

bool is_absent() {
  if (std::filesystem::exists(kCorpus)) return false;
  MESSAGE("skipped: no ../shared/corpus/firmware");
  return true;
}
Json expected() {
  const auto text = read_file(kCorpus / "EXPECTED.json", kMost);
  REQUIRE(text);
  return Json::parse(*text);
}
// The file system's own files: path and content, without what lies in containers inside.
struct Tree {
  Image image;
  std::map<std::string, std::string> files;
  std::size_t links = 0;
};
Tree tree_of(const std::filesystem::path& path) {
  const auto text = read_file(path, kMost);
  REQUIRE_MESSAGE(text, path.string());
  Cancel cancel;
  Budget budget({}, text->size(), Deadline::never(), cancel);
  Tree tree;
  tree.image = open_image(as_bytes(*text), formats(), budget, [&](const Image&, const File& file, ByteView content) { tree.files[file.path] = std::string(as_text(content)); });
  for (const File& file : tree.image.files) tree.links += file.kind == FileKind::symlink;
  CHECK(budget.hit().empty());
  return tree;
}

}  // namespace

TEST_CASE("corpus: Zigbee's files and the GBL in them") {
  if (is_absent()) return;
  const Json zigbee = expected()["zigbee"];
  CHECK(zigbee.size() > 20);
  for (const auto& [name, wanted] : zigbee.items()) {
    CAPTURE(name);
    const auto text = read_file(kCorpus.parent_path() / name, kMost);
    REQUIRE(text);
    const Image image = look(*text).image;
    const auto outer = std::find_if(image.parts.begin(), image.parts.end(), [](const Part& part) { return part.format == "zigbee-ota"; });
    REQUIRE(outer != image.parts.end());
    CHECK(outer->offset == wanted["prefix"].get<std::uint64_t>());
    CHECK(outer->header["manufacturer"] == wanted["mfr"]);
    CHECK(outer->header["image_type"] == wanted["type"]);
    CHECK(outer->header["file_version"] == wanted["ver"]);
    CHECK(outer->header["total_bytes"] == wanted["total"]);
    for (std::size_t i = 0; i < outer->header["elements"].size(); ++i) CHECK(outer->header["elements"][i]["length"] == wanted["elements"][i][1]);
    const auto inner = std::find_if(image.parts.begin(), image.parts.end(), [](const Part& part) { return part.format == "gbl"; });
    REQUIRE((inner != image.parts.end()) == wanted.contains("gbl"));
    if (!wanted.contains("gbl")) continue;
    CHECK(inner->header["crc_right"] == wanted["gbl"]["crc_ok"]);
    CHECK(inner->header["encrypted"] == wanted["gbl"]["encrypted"]);
    CHECK(inner->header.contains("signature") == wanted["gbl"]["signed"].get<bool>());
    CHECK(inner->header["tags"].size() == wanted["gbl"]["tags"].size());
  }
}

TEST_CASE("corpus: root file systems of cameras and a router") {
  if (is_absent()) return;
  const Json systems = expected()["rootfs"];
  CHECK(systems.size() == 5);
  for (const auto& [name, wanted] : systems.items()) {
    CAPTURE(name);
    const auto folder = name.starts_with("openwrt") ? "openwrt" : "camera";
    const Tree tree = tree_of(kCorpus / folder / name);
    CHECK(tree.files.size() == wanted["files"].get<std::size_t>());
    CHECK(tree.links == wanted["symlinks"].get<std::size_t>());
    const auto is_folder = [&](const File& file) { return file.kind == FileKind::folder && tree.image.parts[file.part].format == "squashfs"; };  // a kernel brings some of its own
    CHECK(std::count_if(tree.image.files.begin(), tree.image.files.end(), is_folder) == wanted["dirs"].get<std::ptrdiff_t>());
  }
}

TEST_CASE("corpus: one tree in every container") {
  if (is_absent()) return;
  const Tree wanted = tree_of(kCorpus / "generated/rootfs.tar.gz");
  CHECK(wanted.files.size() == 10);
  CHECK(wanted.links == 3);
  for (const char* name : {"rootfs.cpio.gz", "rootfs.ubi", "src/rootfs.ubifs", "rootfs.cramfs", "rootfs.ext4.gz", "rootfs.romfs", "rootfs_le.jffs2", "rootfs_be.jffs2", "rootfs_gzip.sqfs", "rootfs_xz.sqfs",
                           "rootfs_lzma.sqfs", "rootfs_lzo.sqfs", "rootfs_lz4.sqfs", "rootfs_zstd.sqfs", "bootimg_v2.img", "rauc_plain.raucb"}) {
    CAPTURE(name);
    Tree tree = tree_of(kCorpus / "generated" / name);
    for (const auto& [path, content] : wanted.files) {
      CAPTURE(path);
      CHECK(tree.files[path] == content);
    }
    CHECK(tree.links == wanted.links);
  }
}
