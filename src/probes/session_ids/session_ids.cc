// The session_ids probe: asks a declared log-in or session endpoint for many identifiers and says what they show from outside.
#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "base/text.h"
#include "data/json.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/session_ids/evidence.h"
#include "probes/session_ids/harvest.h"
#include "random/tokens/judge.h"
#include "random/tokens/sample.h"
#include "random/tokens/statistics.h"

namespace lintel::probes::session_ids {
namespace {

using namespace random::tokens;

constexpr std::int64_t kQuickCount = 200, kDefaultCount = 2000, kDeepCount = 20'000;

double rounded(double bits) { return std::round(bits * 1e6) / 1e6; }

Json test_fact(const std::optional<double>& p) {
  Json fact = {{"ran", p.has_value()}};
  if (p) fact["p"] = *p;
  return fact;
}

void add_facts(const Judgement& judgement, const std::vector<std::string>& ids, Json& facts) {
  const Statistics& found = judgement.statistics;
  const auto [shortest, longest] = std::minmax_element(ids.begin(), ids.end(), [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  const std::size_t unique = std::unordered_set<std::string>(ids.begin(), ids.end()).size();
  facts["unique"] = unique;
  facts["length"] = {{"min", shortest->size()}, {"max", longest->size()}};
  facts["alphabet"] = {{"name", found.alphabet.name}, {"size", found.alphabet.size()}, {"seen", found.alphabet.seen}};
  const Json whole = to_json(judgement);
  for (const char* name : {"verdict", "reason", "format", "signed", "findings", "attacks_run"})
    if (whole.contains(name)) facts[name] = whole[name];
  if (!judgement.tests.empty())
    facts["significance"] = {{"tests", judgement.tests.size()}, {"smallest_p", judgement.tests.front().p}, {"adjusted_p", judgement.tests.front().adjusted}};
  // A single value, once or often, shows nothing about the next: the server may go on with one session.
  if (unique < 2) return;
  // State that a key signs or seals may repeat and may be foretold, and is no weaker for it.
  const Format format = judgement.layout.format;
  const bool identifiers = format != Format::jwt && format != Format::signed_state && format != Format::state && format != Format::sealed;
  if (identifiers) facts["duplicates"] = ids.size() - unique;
  facts["nominal_bits"] = rounded(judgement.nominal_bits);
  facts["constant_positions"] = found.constant_positions;
  const bool enough = found.count >= kLeastSample;
  if (enough && identifiers) facts["effective_bits"] = rounded(judgement.at_most_bits);
  if ((enough || found.monotone) && identifiers) facts["monotone"] = found.monotone;
  if (judgement.at_least_bits && identifiers) facts["shown_bits"] = rounded(*judgement.at_least_bits);
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

void add_notes(const Harvest& harvested, const Judgement& judgement, std::vector<std::string>& notes) {
  if (harvested.odd_status != 0) notes.push_back(fmt::format("an answer HTTP {} carried an identifier; it is no success and was not counted", harvested.odd_status));
  if (harvested.waits > 0) notes.push_back(fmt::format("the server asked for a pause {} times; the sample was taken more slowly", harvested.waits));
  if (!judgement.statistics.sequences.empty() && !judgement.statistics.monotone) notes.push_back("a counter or clock is part of the identifiers; enough else is left");
  for (const Finding& finding : judgement.findings)
    if (finding.predicted_bits > 0 && !finding.generator.empty() && finding.checked > 0)
      notes.push_back(fmt::format("foretold: {} ({} of {} values right, worth {} bits)", finding.generator, finding.right, finding.checked, finding.predicted_bits));
  for (const Finding& finding : judgement.findings)
    if (finding.attack == "uneven" || finding.attack == "shuffle") notes.push_back("the characters of the identifiers are not evenly drawn; enough bits are left");
  if (judgement.reason == "sealed" || judgement.reason == "state") notes.push_back("this is state, not an identifier: ask how it is signed or sealed");
}

std::vector<Issued> issued(const Harvest& found) {
  std::vector<Issued> ids;
  for (const Harvested& entry : found.ids) ids.push_back({entry.id, entry.unix_us});
  return ids;
}

// A p that is small, and not small enough to count: the same test on a second sample decides (Fisher's combination).
void sample_again(const Harvest& second, Judgement& judgement, model::Observation& observation) {
  const Test suspect = judgement.tests.front();
  observation.facts["errors"] = integer_or(observation.facts, "errors", 0) + static_cast<std::int64_t>(second.errors);
  observation.facts["connections_used"] = integer_or(observation.facts, "connections_used", 0) + static_cast<std::int64_t>(second.connections);
  if (second.ids.size() < kLeastSample) {
    observation.notes.push_back("a statistical test asked for a second sample, which could not be taken");
    return;
  }
  std::vector<std::string> ids;
  for (const Harvested& entry : second.ids) ids.push_back(percent_decoded(entry.id));
  const Layout layout = layout_of(ids, std::nullopt);
  const std::vector<Test> tests = tests_of(layout.core.empty() ? ids : layout.core, examine(layout.core.empty() ? ids : layout.core));
  const auto same = std::find_if(tests.begin(), tests.end(), [&](const Test& test) { return test.name == suspect.name; });
  const double p = combined(suspect.p, same == tests.end() ? 1 : same->p, judgement.tests.size());
  judgement.sample_again = false;
  observation.facts["second_sample"] = {{"count", second.ids.size()}, {"combined_p", p}};
  if (p >= kFound) return;
  judgement.findings.push_back({Weight::warns, "uneven", suspect.name, "", 0, 0, 0, std::nullopt, p});
  if (judgement.verdict == Verdict::not_refuted) judgement.verdict = Verdict::warned;
}

std::int64_t count_of(const Json& params) {
  const std::string sample = text_or(params, "sample");
  return std::max<std::int64_t>(2, integer_or(params, "count", sample == "quick" ? kQuickCount : sample == "deep" ? kDeepCount : kDefaultCount));
}

// However the item says that identifiers come.
Harvest harvest_declared(probe::Context& context, std::size_t count) {
  if (!text_or(context.item().data, "subscribe").empty()) return harvest_mqtt(context, count);
  const auto endpoint = endpoint_of(context);
  if (endpoint) return harvest(context, *endpoint, count);
  Harvest none;
  none.status = probe::status_of(endpoint.error());
  none.message = endpoint.error().message;
  return none;
}

void run(probe::Context& context, model::Observation& observation) {
  const std::string file = text_or(context.item().data, "file");
  auto count = static_cast<std::size_t>(count_of(context.params()));
  const Harvest found = file.empty() ? harvest_declared(context, count) : harvest_file(context, file);
  observation.status = found.status;
  observation.message = found.message;
  if (found.status == model::Status::not_declared || (!file.empty() && found.ids.empty())) return;
  if (!file.empty()) {
    count = found.ids.size();
    observation.notes.push_back("the identifiers were read from a file: whether this server issued them, in this order, nobody saw");
  }
  Json& facts = observation.facts;
  facts["requested"] = count;
  facts["count"] = found.ids.size();
  facts["errors"] = found.errors;
  facts["connections_used"] = found.connections;
  if (found.ids.empty()) return add_notes(found, {}, observation.notes);
  std::vector<std::string> ids;
  for (const Harvested& entry : found.ids) ids.push_back(percent_decoded(entry.id));
  Judgement judgement = judge(issued(found), {text_or(context.params(), "depth", "quick") == "deep" ? Depth::deep : Depth::quick, &context.cancel()});
  if (judgement.sample_again && found.status == model::Status::ok) sample_again(file.empty() ? harvest_declared(context, count) : Harvest{}, judgement, observation);
  add_notes(found, judgement, observation.notes);
  add_facts(judgement, ids, facts);
  const std::vector<std::string>& judged = judgement.layout.core.empty() ? ids : judgement.layout.core;
  context.keep_evidence("session-ids.tsv", "text/tab-separated-values", as_bytes(sample_text(found.ids)), {"count", "unique", "duplicates"});
  context.keep_evidence("statistics.txt", "text/plain", as_bytes(statistics_text(judged, judgement.statistics)),
                        {"nominal_bits", "effective_bits", "monotone", "positions", "sequences", "tests", "smallest_p"});
  context.keep_evidence("verdict.json", "application/json", as_bytes(pretty_json(to_json(judgement)) + "\n"), {"verdict", "findings", "significance"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "会话标识的随机性",
    .title_en = "Randomness of session identifiers",
    .version = "3",
    .takes = model::ItemKind::session,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::session_ids
