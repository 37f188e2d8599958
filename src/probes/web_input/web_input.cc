// Probe web_input: what an application does with values that no user of good will sends.
#include <algorithm>

#include "probe/context.h"
#include "probe/probe.h"
#include "probes/web_input/trials.h"

namespace lintel::probes::web_input {
namespace {

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const Json& params = context.params();
  const auto look = look_named(text_or(params, "look"));
  const auto long_value = static_cast<std::size_t>(integer_or(params, "long_value", 60'000));
  const auto offers = [&](const flow::Call& call) { return look && !attacks_for(application, call, *look, 1).empty(); };
  if (std::ranges::none_of(application.calls, offers)) {
    observation.status = model::Status::not_applicable;
    observation.message = "no declared call has an input, or a file, that this look could change";
    return;
  }
  flow::Wire wire(context, application);
  const Looked looked = look_at_inputs(wire, *look, long_value);
  Json& facts = observation.facts;
  facts["working"] = looked.working;
  facts["failing"] = looked.failing;
  facts["tried"] = Json::array();
  for (const Tried& tried : looked.tried)
    facts["tried"].push_back({{"call", tried.call}, {"input", tried.input}, {"attack", tried.attack}, {"outcome", tried.outcome}, {"effect", tried.effect}, {"status", tried.status}});
  observation.notes = looked.notes;
  if (looked.stopped) flow::end_look(*looked.stopped, observation);
  wire.keep({"tried", "working", "failing"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "Web 输入校验",
    .title_en = "Validation of web input",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::yes,
    .run = run,
};

}  // namespace lintel::probes::web_input
