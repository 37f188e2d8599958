// Fuzz target: a file as a sample, its identifiers through all statistics, formats, parts, streams and the verdict.
#include "base/bytes.h"
#include "base/text.h"
#include "data/json.h"
#include "random/tokens/decode.h"
#include "random/tokens/judge.h"
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

  const Layout layout = layout_of(ids, sample ? sample->front().unix_us : std::nullopt);
  if (!layout.core.empty() && layout.core.size() != ids.size()) __builtin_trap();
  for (const Part& part : parts_of(layout.core, layout)) {
    if (part.values.size() != ids.size()) __builtin_trap();
    for (const lintel::random::Stream& stream : streams_of(part, layout)) {
      if (stream.per_id == 0 || stream.values.empty() || (!stream.known.empty() && stream.known.size() != stream.per_id)) __builtin_trap();
      for (const std::uint64_t value : stream.values)
        if (stream.range != 0 && value >= stream.range && value != kUnknownValue) __builtin_trap();
    }
  }
  if (sample && size < 512) {
    const Judgement judgement = judge(*sample, {Depth::quick, nullptr});
    if (!(judgement.at_most_bits >= 0) || (judgement.verdict == Verdict::undecided) == judgement.reason.empty()) __builtin_trap();
    if (!parse_json(dump_json(to_json(judgement)))) __builtin_trap();
  }
  return 0;
}
