// Fuzz target: lines as identifiers through all statistics, and answers of a server through the search for an identifier.
#include "base/text.h"
#include "probes/session_ids/harvest.h"
#include "probes/session_ids/statistics.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::probes::session_ids;
  const std::string_view text = as_text({data, size});
  std::vector<std::string> ids;
  for (const std::string_view line : split(text, '\n')) ids.push_back(percent_decoded(line));
  const Statistics found = examine(ids);
  if (!(found.effective_bits >= 0) || found.unique + found.duplicates != found.count) __builtin_trap();
  if (found.smallest_p && !(*found.smallest_p >= 0 && *found.smallest_p <= 1)) __builtin_trap();
  for (const PositionEntropy& position : found.positions)
    if (!(position.entropy_bits >= 0 && position.entropy_bits <= 8.1)) __builtin_trap();
  net::HttpResponse response;
  response.headers = {{"Set-Cookie", std::string(text)}, {"X", std::string(text)}};
  response.body = text;
  for (const Place& place : {Place{"a", "", ""}, Place{"", "x", ""}, Place{"", "", "/a/0"}, Place{"", "", std::string(text.substr(0, 20))}}) id_in(response, place);
  return 0;
}
