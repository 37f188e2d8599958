#include "probes/attack/acts.h"

#include <fmt/format.h>

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

}  // namespace

Result<std::vector<Act>> do_acts(flow::Wire& wire, const Json& alarms) {
  std::vector<Act> acts;
  const std::pair<const char*, Result<Act> (*)(flow::Wire&, const Json&)> all[] = {{"paths", paths}, {"guessing", guessing}, {"burst", burst}};
  for (const auto& [name, act] : all) {
    if (!alarms.contains(name)) continue;
    const auto done = act(wire, alarms[name]);
    if (!done && ends_the_look(done.error())) return tl::unexpected(done.error());
    acts.push_back(done ? *done : Act{name, text_or(alarms[name], "type"), "", 0, 0, {}, done.error().message});
  }
  return acts;
}

}  // namespace lintel::probes::attack
