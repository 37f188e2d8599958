// The binding probe: whether the token that binds a device to a user works once only, as issued only, and for that user only.
#include <fmt/format.h>

#include <algorithm>

#include "probe/probe.h"
#include "probes/binding/looks.h"
#include "probes/binding/tokens.h"

namespace lintel::probes::binding {
namespace {

// `preferred`, else the first one that is neither `victim` nor the one not wanted.
std::string account_of(const flow::Application& application, const std::string& preferred, const std::string& unwanted) {
  if (application.accounts.contains(preferred)) return preferred;
  for (const auto& [name, members] : application.accounts)
    if (name != "victim" && name != unwanted) return name;
  return "";
}

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const auto* bind = flow::find_flow(application, "bind");
  if (bind == nullptr) {
    observation.status = model::Status::not_applicable;
    observation.message = "no flow `bind` is declared here";
    return;
  }
  flow::Wire wire(context, application);
  Scene scene{wire, halves_of(*bind), account_of(application, "owner", "other"), ""};
  scene.other = account_of(application, "other", scene.account);
  if (scene.bind.issue.empty() || flow::find_flow(application, "unbind") == nullptr || scene.account.empty()) {
    observation.status = model::Status::not_declared;
    observation.message = "a look at binding needs an account, a flow `bind` with a step that takes `bind_token` and later ones that use it, and a flow `unbind`";
    return;
  }
  if (const auto done = look(scene); !done) flow::end_look(done.error(), observation);
  observation.facts = std::move(scene.facts);
  observation.facts["account"] = scene.account;
  if (!scene.other.empty()) observation.facts["other"] = scene.other;
  if (!scene.tokens.empty()) observation.facts["tokens"] = shape_of(scene.tokens);
  observation.facts["requests"] = wire.requests();
  observation.notes = std::move(scene.notes);
  wire.keep({"refused", "works"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "设备绑定凭据",
    .title_en = "Binding tokens",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::binding
