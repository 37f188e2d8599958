#include <doctest/doctest.h>

#include "firmware/survey/surveyors.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

File entry(std::string path, std::uint16_t mode, FileKind kind = FileKind::file) {
  File file;
  file.path = std::move(path);
  file.mode = mode;
  file.kind = kind;
  return file;
}

Json facts_of(std::string format, std::vector<File> files) {
  Image image;
  image.parts.push_back({.format = std::move(format)});
  image.files = std::move(files);
  Json facts = Json::object();
  survey_modes()->conclude(image, facts);
  return facts;
}

}  // namespace

TEST_CASE("setuid programs and what everybody may write are found, and nothing else") {
  const Json facts = facts_of("jffs2", {entry("bin/su", 04755), entry("bin/mail", 02755), entry("etc/data", 04644), entry("etc/conf", 0666), entry("bin/run", 0777),
                                        entry("tmp", 01777, FileKind::folder), entry("srv", 0777, FileKind::folder), entry("link", 0777, FileKind::symlink), entry("ok", 0755)});
  REQUIRE(facts["setuid_files"].size() == 2);
  CHECK(facts["setuid_files"][0] == Json{{"part", 1}, {"path", "bin/su"}, {"mode", "4755"}, {"uid", 0}});
  CHECK(facts["setuid_files"][1]["path"] == "bin/mail");
  REQUIRE(facts["writable_files"].size() == 3);
  CHECK(facts["writable_files"][0]["executable"] == false);
  CHECK(facts["writable_files"][1] == Json{{"part", 1}, {"path", "bin/run"}, {"mode", "0777"}, {"uid", 0}, {"executable", true}, {"folder", false}, {"read_only", false}});
  CHECK(facts["writable_files"][2]["folder"] == true);
}

TEST_CASE("what lies in a file system that can't be written says so") {
  CHECK(facts_of("squashfs", {entry("bin/run", 0777)})["writable_files"][0]["read_only"] == true);
}

TEST_CASE("a long list is cut, and what is cut is counted") {
  const Json facts = facts_of("ext", std::vector<File>(kMostFindings + 7, entry("a\x1b", 0666)));
  CHECK(facts["writable_files"].size() == kMostFindings);
  CHECK(facts["cut"] == Json{{"writable_files", 7}});
  CHECK(facts["writable_files"][0]["path"].get<std::string>().find('\x1b') == std::string::npos);
}
