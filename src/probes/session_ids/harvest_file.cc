// Identifiers that somebody else has collected.
#include "data/json.h"
#include "probe/probe.h"
#include "probes/session_ids/harvest.h"
#include "random/tokens/sample.h"

namespace lintel::probes::session_ids {

Harvest harvest_file(probe::Context& context, const std::string& path) {
  Harvest found;
  const auto stop = [&](const Error& error) {
    found.status = probe::status_of(error);
    found.message = error.message;
    return found;
  };
  const auto text = context.read_file(path, random::tokens::kMostSampleBytes);
  if (!text) return stop(text.error());
  auto sample = random::tokens::parse_sample(*text);
  if (!sample) return stop(sample.error());
  for (random::tokens::Issued& one : *sample) found.ids.push_back({one.unix_us.value_or(0), std::move(one.value)});
  return found;
}

}  // namespace lintel::probes::session_ids
