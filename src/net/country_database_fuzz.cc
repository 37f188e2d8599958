// Fuzz target: a country database from anywhere, opened and asked.
#include "net/country_database.h"

// libmaxminddb 1.7 keeps a few KiB when it refuses a description; a process opens one database or two.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libmaxminddb"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel::net;
  const auto database = CountryDatabase::open({data, size});
  if (!database) return 0;
  for (const char* text : {"127.0.10.1", "255.255.255.255", "0.0.0.0", "2001:db8::1", "::"}) {
    const auto country = database->country_of(*parse_address(text, 0));
    if (country && *country && (*country)->size() != 2) __builtin_trap();
  }
  if (database->type().size() > 400) __builtin_trap();
  return 0;
}
