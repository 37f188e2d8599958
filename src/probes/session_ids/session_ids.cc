// The session_ids probe: asks a declared log-in or session endpoint for many identifiers and says what they show from outside.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "data/json.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/session_ids/evidence.h"
#include "probes/session_ids/harvest.h"
#include "random/tokens/sample.h"
#include "random/tokens/statistics.h"

namespace lintel::probes::session_ids {
namespace {

using namespace random::tokens;

constexpr std::int64_t kDefaultCount = 2000;

double rounded(double bits) { return std::round(bits * 1e6) / 1e6; }

Json test_fact(const std::optional<double>& p) {
  Json fact = {{"ran", p.has_value()}};
  if (p) fact["p"] = *p;
  return fact;
}

void add_facts(const Statistics& found, Json& facts) {
  facts["unique"] = found.unique;
  facts["length"] = {{"min", found.shortest}, {"max", found.longest}};
  facts["alphabet"] = {{"name", found.alphabet.name}, {"size", found.alphabet.size()}, {"seen", found.alphabet.seen}};
  // A single value, once or often, shows nothing about the next: the server may go on with one session.
  if (found.unique < 2) return;
  facts["duplicates"] = found.duplicates;
  facts["nominal_bits"] = rounded(found.nominal_bits);
  facts["constant_positions"] = found.constant_positions;
  const bool enough = found.count >= kLeastSample;
  if (enough) facts["effective_bits"] = rounded(found.effective_bits);
  if (enough || found.monotone) facts["monotone"] = found.monotone;
  const auto count = static_cast<double>(found.count);
  if (found.duplicates == 0) facts["shown_bits"] = rounded(std::max(0.0, std::log2(count * (count - 1) / 6)));
  facts["positions"] = Json::array();
  for (const PositionEntropy& position : found.positions)
    facts["positions"].push_back({{"position", position.position}, {"symbols", position.symbols}, {"entropy_bits", rounded(position.entropy_bits)}});
  facts["sequences"] = Json::array();
  for (const Window& window : found.sequences)
    facts["sequences"].push_back({{"first", window.first}, {"last", window.last}, {"kind", name_of(window.kind)}, {"bits_left", rounded(window.bits_left)}});
  if (found.independent_bits) facts["independent_bits"] = *found.independent_bits;
  facts["tests"] = {{"bits", found.test_bits}, {"monobit", test_fact(found.monobit)}, {"runs", test_fact(found.runs)}, {"serial", test_fact(found.serial)}};
  if (found.smallest_p) facts["smallest_p"] = *found.smallest_p;
}

void add_notes(const Harvest& harvested, const Statistics& found, std::vector<std::string>& notes) {
  if (harvested.odd_status != 0) notes.push_back(fmt::format("an answer HTTP {} carried an identifier; it is no success and was not counted", harvested.odd_status));
  if (harvested.waits > 0) notes.push_back(fmt::format("the server asked for a pause {} times; the sample was taken more slowly", harvested.waits));
  if (!found.sequences.empty() && !found.monotone) notes.push_back("a counter or clock is part of the identifiers; enough else is left");
}

void run(probe::Context& context, model::Observation& observation) {
  const auto count = static_cast<std::size_t>(std::max<std::int64_t>(2, integer_or(context.params(), "count", kDefaultCount)));
  const auto endpoint = endpoint_of(context);
  if (!endpoint) {
    observation.status = probe::status_of(endpoint.error());
    observation.message = endpoint.error().message;
    return;
  }
  const Harvest found = harvest(context, *endpoint, count);
  observation.status = found.status;
  observation.message = found.message;
  Json& facts = observation.facts;
  facts["requested"] = count;
  facts["count"] = found.ids.size();
  facts["errors"] = found.errors;
  facts["connections_used"] = found.connections;
  std::vector<std::string> ids;
  for (const Harvested& entry : found.ids) ids.push_back(percent_decoded(entry.id));
  const Statistics statistics = examine(ids);
  add_notes(found, statistics, observation.notes);
  if (ids.empty()) return;
  add_facts(statistics, facts);
  context.keep_evidence("session-ids.tsv", "text/tab-separated-values", as_bytes(sample_text(found.ids)), {"count", "unique", "duplicates"});
  context.keep_evidence("statistics.txt", "text/plain", as_bytes(statistics_text(ids, statistics)),
                        {"nominal_bits", "effective_bits", "monotone", "positions", "sequences", "tests", "smallest_p"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "会话标识的随机性",
    .title_en = "Randomness of session identifiers",
    .version = "2",
    .takes = model::ItemKind::session,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::session_ids
