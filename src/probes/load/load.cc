// The load probe: whether a declared call is still answered, and how fast, at the declared peak of requests a second.
#include <fmt/format.h>

#include <algorithm>

#include "flow/client.h"
#include "probe/probe.h"
#include "probes/load/pace.h"

namespace lintel::probes::load {
namespace {

using flow::Client;
using model::Status;

const flow::Call* call_of(const flow::Application& application, const std::string& id) {
  const auto found = std::ranges::find_if(application.calls, [&](const flow::Call& call) { return !call.writes && !call.as.empty() && (id.empty() || call.id == id); });
  return found == application.calls.end() ? nullptr : &*found;
}

std::string account_of(const flow::Call& call) {
  const auto found = std::ranges::find_if(call.as, [](const std::string& name) { return name != "victim"; });
  return found == call.as.end() ? call.as.front() : *found;
}

End end_of(const flow::Exchange& exchange) { return exchange.success ? End::success : exchange.response.status >= 500 ? End::failed : End::other; }

// What says nothing about the platform: the scan's end and its own limits.
bool is_ours(const Error& error, const probe::Context& context) {
  return error.code == ErrorCode::cancelled || error.code == ErrorCode::limit || error.code == ErrorCode::permission || error.code == ErrorCode::invalid_input || error.code == ErrorCode::internal ||
         context.cancel().requested() || context.deadline().passed();
}

// Sends at the declared pace over one connection. When answers are late the next request goes at once, until three times the time is over.
Result<void> press(Client& client, const flow::Call& call, probe::Context& context, const Declared& declared, std::vector<Sample>& samples) {
  const WallTime start = context.clock().now();
  const auto since = [&] { return std::max(Milliseconds(0), context.clock().now() - start); };
  const Milliseconds most = std::chrono::seconds(3 * declared.seconds);
  const std::size_t count = declared.requests();
  while (samples.size() < count && !enough(samples) && since() < most) {
    if (const auto early = due(samples.size(), declared.rate) - since(); early.count() > 0) TRY(context.wait(early));
    Sample sample{since(), {}, 0, End::lost};
    const auto exchange = client.send(call);
    if (!exchange && is_ours(exchange.error(), context)) return tl::unexpected<Error>(exchange.error());
    sample.took = since() - sample.sent;
    if (exchange) {
      sample.status = exchange->response.status;
      sample.end = end_of(*exchange);
    }
    samples.push_back(sample);
    context.progress(samples.size(), count);
  }
  return {};
}

Result<void> look(flow::Wire& wire, const flow::Call& call, const Declared& declared, std::vector<Sample>& samples) {
  Client client = TRY(Client::log_in(wire, account_of(call)));
  const auto control = TRY(client.send(call));
  if (!control.success) return fail(ErrorCode::protocol, "call {} as {} does not work without any load: {}", call.id, client.account(), control.why);
  return press(client, call, wire.context(), declared, samples);
}

void run(probe::Context& context, model::Observation& observation) {
  const Json& item = context.item().data;
  if (!item.contains("load")) {
    observation.status = Status::not_applicable;
    observation.message = "no `load` is declared here";
    return;
  }
  const auto application = flow::read_application(item);
  const Declared declared = read_declared(item.at("load"));
  const flow::Call* call = call_of(application, declared.call);
  if (call == nullptr || declared.rate < 1 || declared.seconds < 1) {
    observation.status = Status::not_declared;
    observation.message = declared.call.empty() ? "a load test needs a call that reads" : fmt::format("no call `{}` that reads is declared", declared.call);
    return;
  }
  Json& facts = observation.facts;
  facts["declared"] = {{"rate", declared.rate}, {"seconds", declared.seconds}, {"errors_percent", declared.errors_percent}, {"p99_ms", declared.p99.count()}};
  facts["call"] = call->id;
  flow::Wire wire(context, application);
  std::vector<Sample> samples;
  if (const auto done = look(wire, *call, declared, samples); !done) flow::end_look(done.error(), observation);
  put_facts(samples, facts);
  if (integer_or(facts, "other", 0) > 0) observation.notes.emplace_back("some answers were neither success nor 5xx: a limit on one client (429) or a session that ended says nothing about capacity");
  if (declared.rate * declared.seconds > static_cast<std::int64_t>(declared.requests())) observation.notes.push_back(fmt::format("stopped at {} requests", declared.requests()));
  if (!samples.empty()) context.keep_evidence("answers.txt", "text/plain", as_bytes(as_lines(samples)), {"sent", "error_percent", "rate", "p99_ms"});
  wire.keep({"call"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "峰值负载",
    .title_en = "Peak load",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::yes,
    .run = run,
};

}  // namespace lintel::probes::load
