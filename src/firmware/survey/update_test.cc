#include <doctest/doctest.h>

#include "base/bytes.h"
#include "firmware/survey/surveyors.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

Json facts_of(const std::vector<std::pair<std::string, std::string>>& files) {
  Image image;
  image.parts.resize(1);
  const auto surveyor = survey_update();
  for (const auto& [path, content] : files) {
    File file;
    file.path = path;
    surveyor->see(image, file, as_bytes(content));
  }
  Json facts = Json::object();
  surveyor->conclude(image, facts);
  return facts;
}

// "unverified/weak digest 2" of one script.
std::string updater(const std::string& script) {
  const Json facts = facts_of({{"usr/bin/update.sh", "#!/bin/sh\n" + script}});
  if (facts["updaters"].empty()) return "";
  const Json& one = facts["updaters"][0];
  return one["transport"].get<std::string>() + "/" + one["verifies"].get<std::string>() + " " + std::to_string(one["line"].get<int>());
}

}  // namespace

TEST_CASE("a script that writes firmware, and what it checks") {
  CHECK(updater("curl -sk https://x/fw -o /tmp/fw\nmd5sum -c /tmp/fw.md5 && mtd write /tmp/fw firmware\n") == "unverified/weak digest 2");
  CHECK(updater("wget http://x/fw -O /tmp/fw\nif sha256sum -c fw.sum; then flashcp /tmp/fw /dev/mtd0; fi\n") == "clear/digest 2");
  CHECK(updater("wget --no-check-certificate https://x/fw\nmtd write fw firmware\n") == "unverified/none 2");
  CHECK(updater("wget https://x/fw\nopenssl dgst -sha256 -verify /etc/key.pem -signature fw.sig fw || exit 1\nmtd write fw firmware\n") == "unknown/signature 4");
  CHECK(updater("curl --insecure https://x/fw\nusign -V -m fw -p key\nsysupgrade fw\n") == "unverified/signature 2");
  CHECK(updater("swupdate -i fw.swu\n") == "unknown/none 2");
}

TEST_CASE("what writes nothing is no updater, and comments and texts are no commands") {
  CHECK(updater("curl -k https://x/list\n").empty());
  CHECK(updater("mtd fixtrx firmware\n").empty());
  CHECK(updater("# mtd write fw firmware\necho mtd write\ncat <<E\nmtd write x y\nE\n").empty());
  CHECK(updater("swupdate -k /etc/key.pem -i fw.swu\nrauc install x.raucb\n").empty());
  CHECK(updater("curl http://127.0.0.1/fw\nmtd write fw firmware\n") == "unknown/none 3");
  CHECK(facts_of({{"bin/update", std::string("\x7f" "ELF curl -k\nmtd write a b\n")}})["updaters"].empty());
}

TEST_CASE("Android's switches") {
  const Json facts = facts_of({{"system/build.prop", "# ro.debuggable=0\nro.debuggable=1\nro.product=x\nro.adb.secure = 0\n"}, {"etc/other.prop", "ro.debuggable=1\n"}});
  REQUIRE(facts["android_properties"].size() == 2);
  CHECK(facts["android_properties"][0]["line"] == 2);
  CHECK(facts["android_properties"][1]["name"] == "ro.adb.secure");
  CHECK(facts["android_properties"][1]["value"] == "0");
}
