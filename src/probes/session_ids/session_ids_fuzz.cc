// Fuzz target: answers of a server through the search for an identifier.
#include "base/text.h"
#include "probes/session_ids/harvest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::probes::session_ids;
  const std::string_view text = as_text({data, size});
  net::HttpResponse response;
  response.headers = {{"Set-Cookie", std::string(text)}, {"X", std::string(text)}};
  response.body = text;
  for (const Place& place : {Place{"a", "", ""}, Place{"", "x", ""}, Place{"", "", "/a/0"}, Place{"", "", std::string(text.substr(0, 20))}})
    if (const auto id = id_in(response, place); id && id->empty()) __builtin_trap();
  return 0;
}
