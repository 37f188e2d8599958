// The session_ids probe: asks a declared log-in or session endpoint for many identifiers and says what they show from outside.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "crypto/digest.h"
#include "data/json.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/session_ids/harvest.h"
#include "probes/session_ids/statistics.h"

namespace lintel::probes::session_ids {
namespace {

constexpr std::int64_t kDefaultCount = 2000;

double rounded(double bits) { return std::round(bits * 1e6) / 1e6; }

// `unix_us TAB id` in the order of issue; by default the identifier's SHA-256 stands for it, since the live ones open the test account.
void keep_sample(probe::Context& context, const Harvest& found) {
  const bool raw = bool_or(context.item().data, "keep_ids", false);
  std::string text;
  for (const Harvested& entry : found.ids) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(entry.received.time_since_epoch()).count();
    const auto digest = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(entry.id));
    if (!raw && !digest) continue;
    text += fmt::format("{}\t{}\n", microseconds, raw ? printable(entry.id) : "sha256:" + to_hex(*digest));
  }
  context.keep_evidence("session-ids.tsv", "text/tab-separated-values", as_bytes(text), {});
}

Json test_fact(const std::optional<double>& p) {
  Json fact = {{"ran", p.has_value()}};
  if (p) fact["p"] = *p;
  return fact;
}

void add_facts(const Statistics& found, Json& facts) {
  facts["unique"] = found.unique;
  facts["duplicates"] = found.duplicates;
  facts["length"] = {{"min", found.shortest}, {"max", found.longest}};
  facts["alphabet"] = {{"name", found.alphabet.name}, {"size", found.alphabet.size()}, {"seen", found.alphabet.seen}};
  if (found.count < 2) return;  // one identifier shows nothing about the next
  facts["nominal_bits"] = rounded(found.nominal_bits);
  facts["effective_bits"] = rounded(found.effective_bits);
  facts["constant_positions"] = found.constant_positions;
  facts["monotone"] = found.monotone;
  facts["positions"] = Json::array();
  for (const PositionEntropy& position : found.positions)
    facts["positions"].push_back({{"position", position.position}, {"symbols", position.symbols}, {"entropy_bits", rounded(position.entropy_bits)}});
  facts["sequences"] = Json::array();
  for (const Window& window : found.sequences) {
    const char* kind = window.kind == Window::Kind::rising ? "rising" : window.kind == Window::Kind::falling ? "falling" : "constant_step";
    facts["sequences"].push_back({{"first", window.first}, {"last", window.last}, {"kind", kind}, {"bits_left", rounded(window.bits_left)}});
  }
  facts["tests"] = {{"bits", found.test_bits}, {"monobit", test_fact(found.monobit)}, {"runs", test_fact(found.runs)}, {"serial", test_fact(found.serial)}};
  if (found.smallest_p) facts["smallest_p"] = *found.smallest_p;
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
  if (found.ids.empty()) return;
  keep_sample(context, found);
  std::vector<std::string> ids;
  for (const Harvested& entry : found.ids) ids.push_back(percent_decoded(entry.id));
  const Statistics statistics = examine(ids);
  add_facts(statistics, facts);
  if (!statistics.sequences.empty() && !statistics.monotone)
    observation.notes.push_back("a counter or clock is part of the identifiers; enough else is left");
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "会话标识的随机性",
    .title_en = "Randomness of session identifiers",
    .version = "1",
    .takes = model::ItemKind::session,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::session_ids
