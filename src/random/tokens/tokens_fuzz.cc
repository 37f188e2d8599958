// Fuzz target: a file as a sample, and its identifiers through all statistics.
#include "base/bytes.h"
#include "base/text.h"
#include "random/tokens/sample.h"
#include "random/tokens/statistics.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::random::tokens;
  const std::string_view text = as_text({data, size});
  const auto sample = parse_sample(text);
  if (sample && sample->empty()) __builtin_trap();
  std::vector<std::string> ids;
  for (const std::string_view line : split(text, '\n')) ids.push_back(percent_decoded(line));
  const Statistics found = examine(ids);
  if (!(found.effective_bits >= 0) || found.unique + found.duplicates != found.count) __builtin_trap();
  if (found.smallest_p && !(*found.smallest_p >= 0 && *found.smallest_p <= 1)) __builtin_trap();
  for (const PositionEntropy& position : found.positions)
    if (!(position.entropy_bits >= 0 && position.entropy_bits <= 8.1)) __builtin_trap();
  return 0;
}
