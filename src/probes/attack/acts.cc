#include "probes/attack/acts.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "flow/refusal.h"

namespace lintel::probes::attack {
namespace {

using flow::Client;

bool ends_the_look(const Error& error) {
  return error.code == ErrorCode::cancelled || error.code == ErrorCode::permission || error.code == ErrorCode::internal;
}

Result<Client> attacker(flow::Wire& wire, const std::string& account) {
  auto client = TRY(Client::open(wire, account));
  client.from_second_source = !wire.application().second_source.empty();
  return client;
}

// Sends until as many are answered as wanted. `counts`: the status is one that such an act is answered with.
Result<void> repeat(flow::Wire& wire, Act& act, const std::function<Result<long>()>& send, bool (*counts)(long)) {
  const WallTime begun = wire.context().clock().now();
  std::size_t others = 0;
  for (std::size_t i = 0; i < act.wanted; ++i) {
    const auto status = send();
    if (!status) {
      if (ends_the_look(status.error())) return tl::unexpected(status.error());
      act.flaw = fmt::format("{} of {}: {}", i + 1, act.wanted, status.error().message);
      break;
    }
    counts(*status) ? ++act.sent : ++others;
    wire.context().progress(i + 1, act.wanted);
  }
  act.took = std::chrono::duration_cast<std::chrono::milliseconds>(wire.context().clock().now() - begun);
  if (act.flaw.empty() && others > 0) act.flaw = fmt::format("{} of {} answers were others than expected", others, act.wanted);
  return {};
}

Result<long> get(flow::Wire& wire, Client& client, const std::string& path) {
  const auto sent = TRY(client.send(net::HttpRequest{"GET", wire.application().url + path, {}, ""}, flow::Step{}));
  return sent.response.status;
}

Result<Act> burst(flow::Wire& wire, const Json& declared) {
  Act act{"burst", text_or(declared, "type"), "", static_cast<std::size_t>(integer_or(declared, "requests", 200)), 0, {}, ""};
  auto client = TRY(attacker(wire, ""));
  const std::string path = text_or(declared, "path", "/");
  TRY(repeat(wire, act, [&] { return get(wire, client, path); }, [](long status) { return status < 500; }));
  const auto within = parse_duration(text_or(declared, "within", "0s")).value_or(std::chrono::milliseconds(0));
  if (act.flaw.empty() && within.count() > 0 && act.took > within)
    act.flaw = fmt::format("the burst took {} ms, longer than the declared {} ms", act.took.count(), within.count());
  return act;
}

Result<Act> paths(flow::Wire& wire, const Json& declared) {
  Act act{"paths", text_or(declared, "type"), "", static_cast<std::size_t>(integer_or(declared, "requests", 40)), 0, {}, ""};
  auto client = TRY(attacker(wire, ""));
  const auto unknown = [&] {
    flow::set_random(client.variables);
    return get(wire, client, "/" + client.variables["random"]);
  };
  TRY(repeat(wire, act, unknown, [](long status) { return status >= 400 && status < 500; }));
  return act;
}

// One log-in with a password that looks like the right one; the status of its last answer.
Result<long> guess(flow::Wire& wire, Client client, const std::string& right) {
  client.variables["password"] = flow::lookalike(right);
  long last = 0;
  wire.watch = [&last](const net::HttpRequest&, const net::HttpResponse& response) { last = response.status; };
  const auto ended = client.run("login");
  wire.watch = nullptr;
  if (ended) return fail(ErrorCode::protocol, "a wrong password was a success");
  if (ended.error().code != ErrorCode::protocol || last == 0) return tl::unexpected(ended.error());
  return last;
}

Result<Act> guessing(flow::Wire& wire, const Json& declared) {
  Act act{"guessing", text_or(declared, "type"), "", static_cast<std::size_t>(integer_or(declared, "requests", 12)), 0, {}, ""};
  const auto client = TRY(attacker(wire, text_or(declared, "account", "victim")));
  const auto password = client.variables.find("password"), user = client.variables.find("user");
  if (password == client.variables.end() || flow::find_flow(wire.application(), "login") == nullptr)
    return fail(ErrorCode::not_found, "guessing needs a flow `login` and an account with a `password`");
  if (user != client.variables.end()) act.target = user->second;
  TRY(repeat(wire, act, [&] { return guess(wire, client, password->second); }, [](long status) { return status < 500; }));
  return act;
}

const model::Item* web_item(const probe::Context& context, const std::string& id) {
  const auto found = std::ranges::find_if(context.asset().items, [&](const model::Item& item) { return item.kind == model::ItemKind::web && item.id == id; });
  return found == context.asset().items.end() ? nullptr : &*found;
}

// Sends the call with one after another of the declared inputs, over and over, and at the end once as it is declared.
Result<void> report(flow::Wire& wire, const Json& declared, Act& act) {
  const flow::Call* call = flow::find_call(wire.application(), text_or(declared, "call"));
  if (call == nullptr || call->as.empty()) return fail(ErrorCode::not_found, "no call `{}` that an account may send", text_or(declared, "call"));
  auto client = TRY(Client::log_in(wire, call->as.front()));
  if (const auto device = client.variables.find("device"); device != client.variables.end()) act.target = device->second;
  const Json& inputs = declared.at("inputs");
  std::size_t turn = 0;
  const auto send = [&]() -> Result<long> {
    auto odd = client;
    for (const auto& [name, value] : inputs[turn++ % inputs.size()].items()) odd.variables[name] = flow::scalar_text(value);
    const auto sent = TRY(odd.send(*call));
    return sent.success ? 200 : sent.response.status == 200 ? 0 : sent.response.status;
  };
  TRY(repeat(wire, act, send, [](long status) { return status == 200; }));
  if (const auto back = client.send(*call); !back && ends_the_look(back.error())) return tl::unexpected(back.error());
  return {};
}

Result<Act> device_state(flow::Wire& wire, const Json& declared, const char* name) {
  Act act{name, text_or(declared, "type"), "", static_cast<std::size_t>(integer_or(declared, "times", 12)), 0, {}, "", true};
  const std::string id = text_or(declared, "item");
  if (id.empty()) {
    TRY(report(wire, declared, act));
    return act;
  }
  const model::Item* item = web_item(wire.context(), id);
  if (item == nullptr) return fail(ErrorCode::not_found, "no web application `{}`", id);
  wire.close();  // one connection at a time
  const auto application = flow::read_application(item->data);
  flow::Wire other(wire.context(), application);
  const auto done = report(other, declared, act);
  other.keep({"states"});
  if (!done) return tl::unexpected(done.error());
  return act;
}

Result<Act> flapping(flow::Wire& wire, const Json& declared) { return device_state(wire, declared, "flapping"); }
Result<Act> resources(flow::Wire& wire, const Json& declared) { return device_state(wire, declared, "resources"); }

}  // namespace

Result<std::vector<Act>> do_acts(flow::Wire& wire, const Json& alarms) {
  std::vector<Act> acts;
  const std::pair<const char*, Result<Act> (*)(flow::Wire&, const Json&)> all[] = {
      {"flapping", flapping}, {"resources", resources}, {"paths", paths}, {"guessing", guessing}, {"burst", burst}};  // who bursts may be shut out
  for (const auto& [name, act] : all) {
    if (!alarms.contains(name)) continue;
    const auto done = act(wire, alarms[name]);
    if (!done && ends_the_look(done.error())) return tl::unexpected(done.error());
    acts.push_back(done ? *done : Act{name, text_or(alarms[name], "type"), "", 0, 0, {}, done.error().message, act == flapping || act == resources});
  }
  return acts;
}

}  // namespace lintel::probes::attack
