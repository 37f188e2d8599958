// Probe web_authz: who else gets what a declared call gives its owner.
#include <fmt/format.h>

#include <algorithm>

#include "probe/context.h"
#include "probe/probe.h"
#include "probes/web_authz/trials.h"

namespace lintel::probes::web_authz {
namespace {

std::string_view word(flow::Outcome outcome) {
  return outcome == flow::Outcome::accepted ? "yes" : outcome == flow::Outcome::refused ? "no" : "unknown";
}

std::vector<Way> ways_of(const Json& params) {
  std::vector<Way> ways;
  if (const Json& names = member(params, "ways"); names.is_array())
    for (const Json& name : names)
      if (const auto way = way_named(name.get_ref<const std::string&>())) ways.push_back(*way);
  return ways;
}

bool offers(const flow::Application& application, const std::vector<Way>& ways) {
  return std::ranges::any_of(application.calls, [&](const flow::Call& call) { return !attempts_for(application, call, ways).empty(); });
}

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const auto ways = ways_of(context.params());
  if (!offers(application, ways)) {
    observation.status = model::Status::not_applicable;
    observation.message = "nothing declared here can be tried in these ways";
    return;
  }
  flow::Wire wire(context, application);
  const Looked looked = look_at_calls(wire, ways);
  Json& facts = observation.facts;
  facts["working"] = looked.working;
  facts["failing"] = looked.failing;
  facts["tried"] = Json::array();
  for (const Tried& tried : looked.tried)
    facts["tried"].push_back({{"call", tried.call}, {"way", name_of(tried.way)}, {"account", tried.account}, {"accepted", word(tried.outcome)}, {"status", tried.status}});
  observation.notes = looked.notes;
  if (looked.stopped) flow::end_look(*looked.stopped, observation);
  wire.keep({"tried", "working", "failing"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "Web 调用的授权",
    .title_en = "Authorisation of web calls",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::web_authz
