// Probe audit: does something, then looks how it stands in the exported audit records, and whether these can be changed.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/audit/match.h"
#include "probes/audit/tamper.h"

namespace lintel::probes::audit {
namespace {

constexpr auto kClocksDiffer = std::chrono::minutes(5);
constexpr std::size_t kMostKept = 200;  // records in the evidence

struct Found {
  std::vector<Action> actions;
  std::vector<Match> matches;
  std::optional<Abnormal> abnormal;
  bool alarm = false;
  Trail trail;
  std::vector<const Json*> fresh;
  bool complete() const {
    return alarm && std::ranges::all_of(matches, [](const Match& one) { return one.record != nullptr; });
  }
};

// Fetches and pairs until all is there or the declared time is up: records may be written late.
Result<void> pair_up(Scene& scene, const flow::Known& before, WallTime begun, Found& found) {
  const probe::Context& context = scene.wire.context();
  const auto within = parse_duration(text_or(scene.audit, "within", "15s")).value_or(std::chrono::seconds(15));
  const auto step = std::max<std::chrono::milliseconds>(within / 4, std::chrono::milliseconds(100));
  for (auto waited = std::chrono::milliseconds(0);; waited += step) {
    found.trail = TRY(fetch(scene));
    found.fresh = flow::new_records(found.trail, before);
    const Span span{begun - kClocksDiffer, context.clock().now() + kClocksDiffer};
    found.matches = match_all(found.actions, found.fresh, scene.layout, span);
    found.alarm = !found.abnormal || alarmed(*found.abnormal, found.fresh, scene.layout);
    if (found.complete() || waited >= within) return {};
    scene.wire.close();
    TRY(scene.wire.context().wait(step));
  }
}

Json acted_facts(const Found& found) {
  Json acted = Json::array();
  for (std::size_t i = 0; i < found.actions.size(); ++i) {
    const Action& action = found.actions[i];
    const Match& one = found.matches[i];
    Json fact = {{"action", action.name}, {"account", action.account}, {"recorded", !action.done ? "unknown" : one.record != nullptr ? "yes" : action.owed ? "no" : "unknown"}};
    if (one.record != nullptr) fact["lacking"] = one.lacking, fact["time"] = one.time;
    acted.push_back(std::move(fact));
  }
  return acted;
}

void state_trail(Scene& scene, const Trail& trail, Json& facts) {
  facts["records"] = trail.records.size();
  facts["unreadable"] = trail.unreadable;
  facts["lacking"] = Json::array();
  for (const Lacking& one : lacking_fields(trail, scene.layout)) facts["lacking"].push_back({{"field", one.field}, {"records", one.records}});
  if (!scene.layout.hash.empty()) {
    const Chain chain = follow_chain(trail, scene.layout);
    facts["chain"] = {{"links", chain.links}, {"breaks", chain.breaks}};
  }
  const auto days = [&](WallTime since) { return std::chrono::floor<std::chrono::days>(scene.wire.context().clock().now() - since).count(); };
  if (const auto first = oldest(trail, scene.layout)) {
    facts["oldest"] = format_time(*first);
    facts["oldest_days"] = days(*first);
  }
  if (const auto since = parse_time(text_or(scene.audit, "running_since") + "T00:00:00Z")) facts["running_days"] = days(*since);
  facts["needed_days"] = integer_or(scene.audit, "retention_days", 180);
}

void state_secrets(const Scene& scene, const Trail& trail, Json& facts) {
  facts["secrets"] = {{"searched", scene.secrets.size()}, {"found", Json::array()}};
  for (const Secret& secret : scene.secrets)
    if (const std::size_t records = records_with(trail, secret.value); records > 0)
      facts["secrets"]["found"].push_back({{"what", secret.what}, {"records", records}});
}

Result<void> state_tampering(Scene& scene, Found& found, Json& facts) {
  if (!scene.audit.contains("record")) {
    scene.notes.emplace_back("`record`, the address of one record, is not declared: no attempt to change one");
    return {};
  }
  const auto own = std::ranges::find_if(found.matches, [](const Match& one) { return one.record != nullptr; });
  if (own == found.matches.end()) {
    scene.notes.emplace_back("none of our actions left a record that could be tried");
    return {};
  }
  const Json record = *own->record;
  const Tampered tampered = TRY(tamper(scene, record, found.trail));
  facts["attempts"] = Json::array();
  for (const Tampering& one : tampered.attempts)
    facts["attempts"].push_back({{"account", one.account}, {"method", one.method}, {"status", one.status}, {"refused", one.refused}});
  facts["record_kept"] = tampered.kept;
  if (tampered.last) state_trail(scene, *tampered.last, facts);
  return {};
}

void keep_records(probe::Context& context, const Found& found) {
  std::string lines;
  for (std::size_t i = 0; i < std::min(found.fresh.size(), kMostKept); ++i) lines += dump_json(*found.fresh[i]) + "\n";
  if (!lines.empty()) context.keep_evidence("new-records.jsonl", "application/x-ndjson", as_bytes(lines), {"acted", "result_differs", "abnormal"});
}

Result<void> look(Scene& scene, Json& facts) {
  probe::Context& context = scene.wire.context();
  const WallTime begun = context.clock().now();
  const Trail earlier = TRY(fetch(scene));
  const flow::Known before = flow::known_records(earlier);
  state_trail(scene, earlier, facts);
  Found found;
  found.actions = TRY(act(scene));
  found.abnormal = TRY(send_abnormal(scene));
  TRY(pair_up(scene, before, begun, found));
  if (!found.alarm) {  // an alarm may be held back after one just before, of another test
    found.abnormal = TRY(send_abnormal(scene));
    TRY(pair_up(scene, before, begun, found));
  }
  state_trail(scene, found.trail, facts);
  facts["acted"] = acted_facts(found);
  facts["result_differs"] = result_differs(found.actions, found.matches, scene.layout);
  if (found.abnormal) {
    const bool all = found.abnormal->sent == static_cast<std::size_t>(integer_or(member(scene.audit, "abnormal"), "times", 5));
    facts["abnormal"] = {{"call", found.abnormal->call}, {"sent", found.abnormal->sent}, {"alarm", !all ? "unknown" : found.alarm ? "yes" : "no"}};
  }
  state_secrets(scene, found.trail, facts);
  keep_records(context, found);
  return state_tampering(scene, found, facts);
}

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const Json& declared = member(context.item().data, "audit");
  flow::Wire wire(context, application);
  wire.body_cap_bytes = flow::kExportCapBytes;
  Scene scene{wire, declared, read_layout(declared), find_call(application, text_or(declared, "call"))};
  if (scene.call == nullptr || scene.call->as.empty()) {
    observation.status = declared.is_object() ? model::Status::not_declared : model::Status::not_applicable;
    observation.message = "a look at audit records needs `audit` with the `call` that exports them, and an account that may send it";
    return;
  }
  if (const auto done = look(scene, observation.facts); !done) flow::end_look(done.error(), observation);
  observation.facts["requests"] = wire.requests();
  observation.notes = std::move(scene.notes);
  wire.keep({});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "审计记录",
    .title_en = "Audit records",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::yes,
    .run = run,
};

}  // namespace lintel::probes::audit
