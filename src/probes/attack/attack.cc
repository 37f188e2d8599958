// Probe attack: does what an attacker would, within bounds, and looks whether an alarm tells of it.
#include <fmt/format.h>

#include <algorithm>

#include "probe/context.h"
#include "probe/probe.h"
#include "probes/attack/alarms.h"

namespace lintel::probes::attack {
namespace {

constexpr auto kClocksDiffer = std::chrono::minutes(5);
constexpr std::size_t kMostKept = 200;  // alarms in the evidence

struct Scene {
  flow::Wire& wire;
  const Json& alarms;                // the item's member `alarms`
  Layout layout;
  const flow::Call* call = nullptr;  // the export
  std::vector<std::string> notes{};
};

struct Found {
  std::vector<Act> acts;
  std::vector<Alarm> alarms;  // one an act
  flow::Trail trail;
  std::vector<const Json*> fresh;
};

Result<flow::Trail> fetch(Scene& scene) {
  auto client = TRY(flow::Client::log_in(scene.wire, scene.call->as.front()));
  const auto sent = TRY(client.send(*scene.call));
  if (!sent.success) return fail(ErrorCode::protocol, "call {}: {}", scene.call->id, sent.why);
  return flow::read_trail(sent.response.body, text_or(scene.alarms, "records"));
}

// Fetches until each act has its alarm or the declared time is up.
Result<void> pair_up(Scene& scene, const flow::Known& before, WallTime begun, Found& found) {
  probe::Context& context = scene.wire.context();
  const auto within = parse_duration(text_or(scene.alarms, "within", "15s")).value_or(std::chrono::seconds(15));
  const auto step = std::max<std::chrono::milliseconds>(within / 6, std::chrono::milliseconds(100));
  for (auto waited = std::chrono::milliseconds(0);; waited += step) {
    found.trail = TRY(fetch(scene));
    found.fresh = flow::new_records(found.trail, before);
    found.alarms.clear();
    const flow::Span span{begun - kClocksDiffer, context.clock().now() + kClocksDiffer};
    for (const Act& act : found.acts) found.alarms.push_back(find_alarm(act, found.fresh, scene.layout, span, act.of_device ? "" : scene.wire.application().second_source));
    if (waited >= within || std::ranges::all_of(found.alarms, [](const Alarm& one) { return one.record != nullptr; })) return {};
    scene.wire.close();
    TRY(context.wait(step));
  }
}

Json fact_of(Scene& scene, const Act& act, const Alarm& alarm, bool held_back) {
  const bool owed = act.flaw.empty() && !held_back;
  Json fact = {{"act", act.name}, {"sent", act.sent}, {"took_ms", act.took.count()}, {"raised", alarm.record != nullptr ? "yes" : owed ? "no" : "unknown"}};
  if (alarm.record != nullptr) fact["lacking"] = alarm.lacking, fact["time"] = alarm.time;
  if (!alarm.source.empty()) fact["source"] = alarm.source;
  if (!act.flaw.empty()) scene.notes.push_back(fmt::format("{}: {}", act.name, act.flaw));
  if (alarm.record == nullptr && held_back) scene.notes.push_back(fmt::format("{}: there was such an alarm within the hour before; another may be held back", act.name));
  return fact;
}

void keep_alarms(probe::Context& context, const Found& found) {
  std::string lines;
  for (std::size_t i = 0; i < std::min(found.fresh.size(), kMostKept); ++i) lines += dump_json(*found.fresh[i]) + "\n";
  if (!lines.empty()) context.keep_evidence("new-alarms.jsonl", "application/x-ndjson", as_bytes(lines), {"acts", "states"});
}

Result<void> look(Scene& scene, Json& facts) {
  const WallTime begun = scene.wire.context().clock().now();
  const flow::Trail earlier = TRY(fetch(scene));
  Found found;
  found.acts = TRY(do_acts(scene.wire, scene.alarms));
  TRY(pair_up(scene, flow::known_records(earlier), begun, found));
  facts["alarms"] = found.trail.records.size();
  facts["acts"] = Json::array();
  facts["states"] = Json::array();
  for (std::size_t i = 0; i < found.acts.size(); ++i)
    facts[found.acts[i].of_device ? "states" : "acts"].push_back(fact_of(scene, found.acts[i], found.alarms[i], may_be_held_back(found.acts[i], earlier, scene.layout, begun)));
  keep_alarms(scene.wire.context(), found);
  return {};
}

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const Json& declared = member(context.item().data, "alarms");
  const flow::Call* call = flow::find_call(application, text_or(declared, "call"));
  if (!declared.is_object() || call == nullptr || call->as.empty()) {
    observation.status = declared.is_object() ? model::Status::not_declared : model::Status::not_applicable;
    observation.message = "a look at alarms needs `alarms` with the `call` that exports them, and an account that may send it";
    return;
  }
  flow::Wire wire(context, application);
  wire.body_cap_bytes = flow::kExportCapBytes;
  Scene scene{wire, declared, read_layout(declared), call};
  if (const auto done = look(scene, observation.facts); !done) flow::end_look(done.error(), observation);
  observation.facts["requests"] = wire.requests();
  observation.notes = std::move(scene.notes);
  wire.keep({});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "攻击告警",
    .title_en = "Alarms of attacks",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::yes,
    .run = run,
};

}  // namespace lintel::probes::attack
