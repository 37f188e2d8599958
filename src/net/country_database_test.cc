// Country databases: a good one, and files that are none or spoiled.
#include <doctest/doctest.h>

#include "base/files.h"
#include "net/country_database.h"

using namespace lintel;
using namespace lintel::net;

// libmaxminddb 1.7 keeps a few KiB when it refuses a description; a process opens one database or two.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libmaxminddb"; }

namespace {
std::string sample() { return *read_file(LINTEL_SOURCE_DIR "/tests/fuzz/country_database_fuzz/sample.mmdb", 1 << 20); }
std::string country(const CountryDatabase& database, const char* address) {
  const auto found = database.country_of(*parse_address(address, 0));
  return !found ? "error: " + found.error().message : found->value_or("not known");
}
}  // namespace

TEST_CASE("an address has the country of its network, or none") {
  const auto database = *CountryDatabase::open(as_bytes(sample()));
  CHECK(country(database, "127.0.10.0") == "CN");
  CHECK(country(database, "127.0.10.255") == "CN");
  CHECK(country(database, "127.0.20.1") == "US");
  CHECK(country(database, "127.0.11.1") == "not known");
  CHECK(country(database, "2001:db8::1") == "not known");  // a database of IPv4 only
  CHECK(database.type() == "Sample-Country");
  CHECK(database.built() == 1790000000);
}

TEST_CASE("what is no database, or half of one, is an error in words") {
  const std::string whole = sample();
  std::string no_country = whole, wrong_size = whole;
  no_country.replace(no_country.find("\x42" "CN"), 3, "\x42" "c1");
  const std::size_t size = wrong_size.find("record_size");
  wrong_size[size + 12] = 7;
  for (const std::string& content : {std::string(), std::string("not a database"), std::string(100'000, 'x'), whole.substr(0, whole.size() / 2), wrong_size}) {
    const auto opened = CountryDatabase::open(as_bytes(content));
    REQUIRE(!opened.has_value());
    CHECK(opened.error().code == ErrorCode::invalid_input);
    CHECK(opened.error().message.starts_with("no country database in MaxMind's format"));
  }
  CHECK(country(*CountryDatabase::open(as_bytes(no_country)), "127.0.10.1") == "not known");
}

TEST_CASE("cut or spoiled anywhere, it never names a wrong kind of country") {
  const std::string whole = sample();
  int opened = 0;
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char byte : {'\0', '\xFF', '\x20'}) {
      std::string spoiled = whole;
      spoiled[at] = byte;
      const auto database = CountryDatabase::open(as_bytes(spoiled));
      if (!database) continue;
      ++opened;
      for (const char* address : {"127.0.10.1", "127.0.20.1", "0.0.0.0", "::1"})
        if (const auto found = database->country_of(*parse_address(address, 0)); found && *found) CHECK((*found)->size() == 2);
    }
  CHECK(opened > 0);
}
