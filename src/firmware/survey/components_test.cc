#include <doctest/doctest.h>

#include "firmware/survey/surveyors.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

using namespace std::string_literals;

Json components_of(const std::string& path, const std::string& content) {
  Image image;
  image.parts.push_back({.format = "squashfs"});
  File file;
  file.path = path;
  Json facts = Json::object();
  const auto components = survey_components();
  components->see(image, file, as_bytes(content));
  components->conclude(image, facts);
  return facts["components"];
}

}  // namespace

TEST_CASE("packages by the records of opkg and dpkg") {
  const std::string records = "Package: dropbear\nVersion: 2015.67-1\nStatus: install user installed\n\nPackage: nothing\n\nPackage: libc++\nDepends: x\nVersion: 1:2+3";
  const Json found = components_of("usr/lib/opkg/status", records);
  REQUIRE(found.size() == 2);
  CHECK(found[0] == Json{{"part", 1}, {"path", "usr/lib/opkg/status"}, {"name", "dropbear"}, {"version", "2015.67-1"}, {"purl", "pkg:generic/dropbear@2015.67-1"}, {"how", "opkg"}, {"confidence", "structural"}});
  CHECK(found[1]["purl"] == "pkg:generic/libc%2B%2B@1%3A2%2B3");
  CHECK(components_of("var/lib/dpkg/status", records)[0]["how"] == "dpkg");
  CHECK(components_of("home/status", records).empty());
}

TEST_CASE("programs by the version that they print; a name alone is none") {
  const Json found = components_of("bin/busybox", "\177ELF..OpenSSL not here\0BusyBox v1.23.2 (2016-01-25)\0OpenSSL 1.0.2f  28 Jan 2016\0BusyBox v1.23.2"s);
  REQUIRE(found.size() == 2);
  CHECK(found[0]["name"] == "busybox");
  CHECK(found[0]["version"] == "1.23.2");
  CHECK(found[0]["confidence"] == "pattern");
  CHECK(found[1]["version"] == "1.0.2f");
  CHECK(components_of("readme", "BusyBox v1.23.2").empty());
  CHECK(components_of("bin/x", "\177ELF lighttpd/ mbed TLS x OpenSSL 3").empty());
}

TEST_CASE("kernels and boot loaders that lie in parts") {
  const std::string kernel = "....Linux version 3.10.14 (build@here) #1\n";
  Image image;
  image.parts.push_back({.format = "linux", .bytes = as_bytes(kernel)});
  Json facts = Json::object();
  survey_components()->conclude(image, facts);
  REQUIRE(facts["components"].size() == 1);
  CHECK(facts["components"][0]["version"] == "3.10.14");
  CHECK_FALSE(facts["components"][0].contains("path"));
}
