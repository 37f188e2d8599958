// Probe replay_web: whether an application carries out a recorded signed request, or a spoiled one.
#include <algorithm>

#include "probe/probe.h"
#include "probes/replay_web/spoil.h"

namespace lintel::probes::replay_web {
namespace {

using flow::Call;
using flow::Client;
using model::Status;

enum class Known { no, unknown, yes };

std::string_view word(Known known) { return known == Known::yes ? "yes" : known == Known::no ? "no" : "unknown"; }

// A refusal names what is wrong with the request; a server in trouble, or one that wants fewer requests, says nothing.
Known carried_out(const flow::Exchange& exchange) {
  const long status = exchange.response.status;
  if (exchange.success) return Known::yes;
  return status >= 500 || status == 408 || status == 425 || status == 429 ? Known::unknown : Known::no;
}

std::string other_device(const flow::Wire& wire, const Client& client) {
  const auto own = client.variables.find("device");
  for (const auto& [name, account] : wire.application().accounts) {
    const auto device = account.find("device");
    const auto value = device == account.end() ? Result<std::string>("") : wire.context().secret(device->second);
    if (value && !value->empty() && own != client.variables.end() && *value != own->second) return *value;
  }
  return "";
}

// A device that signs its calls may have no log-in; people have.
Result<void> log_in(Client& client) {
  auto done = client.run("login");
  const bool none = !done && (done.error().code == ErrorCode::not_found || done.error().code == ErrorCode::invalid_input);
  return none ? Result<void>() : done;
}

// The facts of one call. Errors: the log-in failed, or no rightful request worked.
Result<void> look_at(flow::Wire& wire, const Call& call, Json& facts, std::vector<std::string>& notes) {
  const Clock& clock = wire.context().clock();
  facts["id"] = call.id;
  facts["control"] = "unknown";
  Client client = TRY(Client::open(wire, call.as.front()));
  TRY(log_in(client));
  const net::HttpRequest recorded = TRY(client.prepare(call));
  const auto control = TRY(client.send(recorded, call.step));
  if (!control.success) return fail(ErrorCode::protocol, "call {} as {}: {}", call.id, call.as.front(), control.why);
  facts["control"] = "yes";
  std::vector<std::string> refused;
  for (const Look& look : TRY(looks(client, call, recorded, clock, other_device(wire, client)))) {
    Known most = Known::no;
    for (const net::HttpRequest& request : look.requests) {
      const auto exchange = client.send(request, call.step);
      if (!exchange) notes.push_back(fmt::format("call {}, {}: {}", call.id, look.fact, exchange.error().message));
      most = std::max(most, exchange ? carried_out(*exchange) : Known::unknown);
    }
    facts[look.fact] = word(most == Known::yes ? Known::yes : Known::unknown);
    if (most == Known::no) refused.push_back(look.fact);
  }
  // A session or server that is gone by now refuses everything.
  const auto after = client.send(call);
  const bool alive = after && after->success;
  facts["control_after"] = word(alive ? Known::yes : Known::unknown);
  if (!alive) return fail(after ? ErrorCode::protocol : after.error().code, "call {} no longer works in the end: {}", call.id, after ? after->why : after.error().message);
  for (const std::string& fact : refused) facts[fact] = "no";
  return {};
}

// Over all calls: one yes is a yes, no only when all are a no. A fact that no call has stays missing.
void put_summary(Json& facts) {
  for (const char* fact : {"replayed", "stale", "reused_nonce", "changed", "unsigned", "other_device"}) {
    bool any = false, yes = false, no = true;
    for (const Json& call : facts["calls"]) {
      const std::string known = text_or(call, fact);
      any = any || !known.empty();
      yes = yes || known == "yes";
      no = no && (known == "no" || (known.empty() && text_or(call, "control_after") == "yes"));
    }
    if (any) facts[fact] = yes ? "yes" : no ? "no" : "unknown";
  }
}

void run(probe::Context& context, model::Observation& observation) {
  const flow::Application application = flow::read_application(context.item().data);
  std::vector<const Call*> calls;
  for (const Call& call : application.calls)
    if (call.step.sign && !call.as.empty()) calls.push_back(&call);
  if (calls.empty()) {
    observation.status = Status::not_applicable;
    observation.message = "no declared call is signed";
    return;
  }
  const auto most = static_cast<std::size_t>(integer_or(context.params(), "calls", 8));
  if (calls.size() > most) {
    observation.notes.push_back(fmt::format("{} signed calls were left out", calls.size() - most));
    calls.resize(most);
  }
  flow::Wire wire(context, application);
  observation.facts["calls"] = Json::array();
  for (const Call* call : calls) {
    Json facts = Json::object();
    const auto done = look_at(wire, *call, facts, observation.notes);
    observation.facts["calls"].push_back(facts);
    if (done) continue;
    flow::end_look(done.error(), observation);
    if (context.cancel().requested() || context.deadline().passed() || done.error().code == ErrorCode::refused || done.error().code == ErrorCode::timeout) break;
  }
  put_summary(observation.facts);
  wire.keep({"calls"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "已签名请求的防重放与完整性",
    .title_en = "Replayed and spoiled signed requests",
    .version = "1",
    .takes = model::ItemKind::web,
    .run = run,
};

}  // namespace lintel::probes::replay_web
