#include <doctest/doctest.h>

#include "firmware/survey/surveyors.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

Json facts_of(std::vector<Part> parts) {
  Image image;
  image.parts = std::move(parts);
  Json facts = Json::object();
  survey_boot()->conclude(image, facts);
  return facts;
}

std::string loader_with(std::string_view variables) {
  std::string text = "code....U-Boot 2013.07 (Jul 28 2017)\n";
  text += '\0';
  text += variables;
  text += '\0';
  return text + "Hit any key to stop autoboot: %2d ";
}

Json loader_of(const std::string& content) {
  const Json loaders = facts_of({{.format = "u-boot", .bytes = as_bytes(content)}})["boot_loaders"];
  REQUIRE(loaders.size() == 1);
  return loaders[0];
}

using namespace std::string_literals;

}  // namespace

TEST_CASE("a boot loader says how long it waits and what it runs first") {
  CHECK(loader_of(loader_with("bootargs=console=ttyS1,115200 root=/dev/mtdblock2\0bootcmd=sdupdate;sf probe;sf read 0x80600000 0x40000 0x280000; bootm 0x80600000\0bootdelay=1\0baudrate=115200"s)) ==
        Json{{"part", 1}, {"name", "U-Boot"}, {"version", "2013.07"}, {"delay", 1}, {"any_key_stops", true}, {"verifies", false},
             {"command", "sdupdate;sf probe;sf read 0x80600000 0x40000 0x280000; bootm 0x80600000"}, {"open_sources", Json::array({"sdupdate"})}, {"arguments", "console=ttyS1,115200 root=/dev/mtdblock2"}});
}

TEST_CASE("what comes after the boot, and what is only named, is no open source") {
  CHECK(loader_of(loader_with("bootcmd=sf probe && bootm 0x80600000; tftp 0x80600000 x"))["open_sources"].empty());
  CHECK(loader_of(loader_with("bootcmd=run distro; echo tftp"))["open_sources"].empty());
  CHECK(loader_of(loader_with("bootcmd=fatload mmc 0 0x80600000 up.bin; bootm"))["open_sources"] == Json::array({"fatload"}));
  CHECK_FALSE(loader_of(loader_with("othercmd=sdupdate")).contains("open_sources"));
  CHECK_FALSE(loader_of(loader_with("xbootdelay=5")).contains("delay"));
  CHECK(loader_of(loader_with("bootdelay=-2"))["delay"] == -2);
}

TEST_CASE("a stop string, and a loader that verifies, are told") {
  CHECK(loader_of(loader_with("bootstopkey=open"))["any_key_stops"] == false);
  CHECK(loader_of(loader_with("") + "sha256,rsa2048")["verifies"] == true);
  CHECK(facts_of({{.format = "unknown", .bytes = as_bytes("see U-Boot 20.x, bootdelay=5")}})["boot_loaders"].empty());
}

TEST_CASE("each stage of the chain, with what protects it") {
  const Json chain = facts_of({{.format = "uimage", .header = {{"type", "kernel"}, {"crc_right", true}}},
                               {.format = "uimage", .header = {{"type", "filesystem"}, {"crc_right", true}}},
                               {.format = "vbmeta", .header = {{"algorithm", "SHA256_RSA2048"}, {"flags", 0}, {"hash_right", true}}},
                               {.format = "vbmeta", .header = {{"algorithm", "SHA256_RSA2048"}, {"flags", 2}}},
                               {.format = "vbmeta", .header = {{"algorithm", "none"}, {"flags", 0}}},
                               {.format = "esp-image", .header = {{"digest_right", true}, {"signature", {{"scheme", "secure-boot-v2"}}}}},
                               {.format = "mcuboot", .header = {{"digest_right", false}}},
                               {.format = "android-boot", .header = {{"command_line", "androidboot.veritymode=enforcing"}}}})["boot_chain"];
  REQUIRE(chain.size() == 7);
  CHECK(chain[0] == Json{{"part", 1}, {"stage", "kernel"}, {"mechanism", "uImage, CRC-32"}, {"signed", false}, {"intact", true}});
  const bool is_signed[] = {false, true, false, false, true, false, true};
  for (std::size_t i = 0; i < 7; ++i) CHECK(chain[i]["signed"] == is_signed[i]);
  CHECK(chain[4]["mechanism"] == "ESP image, secure-boot-v2");
  CHECK(chain[5]["intact"] == false);
  CHECK(chain[6]["mechanism"] == "dm-verity");
}
