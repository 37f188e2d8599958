// Names of files in an image: parts, links that stay inside, loops.
#include <doctest/doctest.h>

#include "firmware/image/image_json.h"
#include "firmware/image/locate.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

File entry(std::size_t part, std::string path, FileKind kind = FileKind::file, std::string target = "") {
  File file{.part = part, .path = std::move(path), .kind = kind, .mode = 04755, .uid = 1, .gid = 2, .size = 3};
  file.target = std::move(target);
  return file;
}

Image sample() {
  Image image;
  image.parts.resize(3);
  image.files = {entry(1, "etc", FileKind::folder),        entry(1, "etc/passwd"),
                 entry(1, "bin", FileKind::symlink, "usr/bin"), entry(1, "usr/bin/sh", FileKind::symlink, "busybox"),
                 entry(1, "usr/bin/busybox"),              entry(1, "out", FileKind::symlink, "../../../../etc/passwd"),
                 entry(1, "abs", FileKind::symlink, "/etc/passwd"), entry(1, "loop", FileKind::symlink, "pool"),
                 entry(1, "pool", FileKind::symlink, "loop"), entry(1, "self", FileKind::symlink, "self/self"),
                 entry(1, "dangling", FileKind::symlink, "nowhere"), entry(2, "etc/passwd"),
                 entry(2, "2:odd"), entry(2, "dev/tty", FileKind::device)};
  return image;
}

std::string found(std::string_view name) {
  const Image image = sample();
  const auto located = locate(image, name);
  if (!located) return located.error().message;
  return fmt::format("{} {}", located->part + 1, located->file == nullptr ? "-" : located->file->path);
}

}  // namespace

TEST_CASE("a file by its name, links followed inside the file system") {
  CHECK(found("2:/etc/passwd") == "2 etc/passwd");
  CHECK(found("usr/bin/busybox") == "2 usr/bin/busybox");
  CHECK(found("/bin/sh") == "2 usr/bin/busybox");
  CHECK(found("2:out") == "2 etc/passwd");  // no further up than the root
  CHECK(found("abs") == "2 etc/passwd");
  CHECK(found("2:") == "2 -");
  CHECK(found("3:2:odd") == "3 2:odd");
}

TEST_CASE("what can't be had says why") {
  CHECK(found("etc/passwd") == "etc/passwd is in several parts; say which: 2:etc/passwd, 3:etc/passwd");
  for (const char* name : {"loop", "self", "dangling", "nothing", "", "..", "etc/passwd/x", "2:2:odd"}) CHECK_MESSAGE(found(name).find("; `lintel firmware tree` lists what there is") != std::string::npos, name);
  CHECK(found("7:etc/passwd") == "the image has 3 parts, and no 7");
  CHECK(found("etc") == "etc is no file with content (folder)");
  CHECK(found("dev/tty") == "dev/tty is no file with content (device)");
}

TEST_CASE("JSON and back, with names that are no text") {
  File file = entry(0, "a\xFF\n", FileKind::symlink, "b\x1B[31m");
  file.modified = -5;
  const Json json = to_json(file);
  CHECK(json["path"] == "a\xEF\xBF\xBD\n");
  CHECK(json["path_bytes"] == "61ff0a");
  CHECK(json["mode"] == "4755");
  const auto back = file_from_json(*parse_json(dump_json(json)));
  REQUIRE(back);
  CHECK(back->path == file.path);
  CHECK(back->target == file.target);
  CHECK(back->mode == 04755);
  CHECK(back->modified == -5);
  CHECK_FALSE(file_from_json(Json{{"kind", "file"}, {"mode", "0644x"}, {"path", "a"}}));
  CHECK_FALSE(file_from_json(Json::array()));

  Part part{.format = "squashfs", .name = "rootfs", .parent = 0, .offset = 64, .length = 100, .depth = 1};
  part.header = {{"version", "4.0"}};
  part.problems = {"cut off"};
  part.understood = 0.98765;
  part.file_count = 7;
  const auto again = part_from_json(to_json(part));
  REQUIRE(again);
  CHECK(to_json(*again) == to_json(part));
  CHECK(to_json(part)["understood"] == 0.988);
  CHECK(to_json(part)["parent"] == 1);
  CHECK_FALSE(part_from_json(Json::object()));
}
