#include "probes/audit/actions.h"

#include <fmt/format.h>

#include <algorithm>

#include "flow/refusal.h"

namespace lintel::probes::audit {
namespace {

using flow::Client;

constexpr std::size_t kShortestSecret = 8;  // shorter ones stand in any text by chance

bool ends_the_look(const Error& error) {
  switch (error.code) {
    case ErrorCode::cancelled: case ErrorCode::timeout: case ErrorCode::refused: case ErrorCode::unreachable: case ErrorCode::permission: case ErrorCode::internal: return true;
    default: return false;
  }
}

// The application came as far as the parameters: no trouble, no limit, no missing right.
bool was_looked_at(const flow::Exchange& exchange) {
  switch (exchange.response.status) {
    case 401: case 403: case 404: case 405: case 408: case 425: case 429: return false;
    default: return exchange.response.status < 500;
  }
}

// A log-in that did not work since the server did not.
bool is_trouble(long status) { return status >= 500 || status == 408 || status == 425; }
constexpr long kTooMany = 429;  // what a locked account says, or a limit in front of the application, which then never hears of the log-in

std::string member_of(const flow::Application& application, const std::string& account, const char* name) {
  const auto found = application.accounts.find(account);
  if (found == application.accounts.end()) return "";
  const auto value = found->second.find(name);
  return value == found->second.end() ? "" : value->second;
}

void remember(Scene& scene, std::string what, const std::string& value) {
  if (value.size() < kShortestSecret) return;
  if (std::ranges::none_of(scene.secrets, [&](const Secret& known) { return known.value == value; })) scene.secrets.push_back({std::move(what), value});
}

Action action_of(const Scene& scene, const std::string& name, const std::string& account, const std::string& type) {
  return {name, account, type, member_of(scene.wire.application(), account, "user"), "", false, false};
}

// One wrong password of the account that may be locked.
Result<Action> fail_to_log_in(Scene& scene, const std::string& type) {
  Action action = action_of(scene, "login_failed", "victim", type);
  auto client = TRY(Client::open(scene.wire, action.account));
  const std::string right = client.variables["password"];
  if (right.empty()) return fail(ErrorCode::not_found, "account `victim` has no member `password`");
  client.variables["password"] = flow::lookalike(right);
  remember(scene, "mistyped password", client.variables["password"]);
  long last = 0;
  scene.wire.watch = [&last](const net::HttpRequest&, const net::HttpResponse& response) { last = response.status; };
  const auto ended = client.run("login");
  scene.wire.watch = nullptr;
  if (ended) return fail(ErrorCode::protocol, "a wrong password of `victim` was a success");
  if (ended.error().code != ErrorCode::protocol) return tl::unexpected(ended.error());
  if (is_trouble(last)) return fail(ErrorCode::protocol, "HTTP {} to a wrong password of `victim`", last);
  action.done = true;
  action.owed = last != kTooMany;
  return action;
}

Result<Action> do_call(Scene& scene, const flow::Call& call, const std::string& type) {
  if (call.as.empty()) return fail(ErrorCode::not_found, "call `{}` has no account", call.id);
  Action action = action_of(scene, call.id, call.as.front(), type);
  auto client = TRY(sign_in(scene, action.account));
  if (dump_json(call.step.request).find("{device}") != std::string::npos) action.device = client.variables["device"];
  const auto sent = TRY(client.send(call));
  action.done = action.owed = sent.success;
  if (!sent.success) scene.notes.push_back(fmt::format("call {} was no success: {}", call.id, sent.why));
  return action;
}

Result<Action> do_flow(Scene& scene, const std::string& name, const std::string& type) {
  const auto& accounts = scene.wire.application().accounts;
  Action action = action_of(scene, name, accounts.contains("owner") || scene.call->as.empty() ? "owner" : scene.call->as.front(), type);
  auto client = TRY(sign_in(scene, action.account));
  if (name != "login") TRY(client.run(name));
  action.done = action.owed = true;
  return action;
}

Result<Action> do_one(Scene& scene, const std::string& name, const std::string& type) {
  if (name == "login_failed") return fail_to_log_in(scene, type);
  if (const flow::Call* call = find_call(scene.wire.application(), name)) return do_call(scene, *call, type);
  return do_flow(scene, name, type);
}

}  // namespace

Result<Client> sign_in(Scene& scene, const std::string& account) {
  auto client = TRY(Client::open(scene.wire, account));
  if (find_flow(scene.wire.application(), "login") == nullptr || client.variables.contains("certificate")) return client;
  TRY(client.run("login"));
  if (const auto id = client.session_id()) remember(scene, "session id of " + account, *id);
  remember(scene, "password of " + account, client.variables["password"]);
  return client;
}

Result<Trail> fetch(Scene& scene) {
  auto client = TRY(sign_in(scene, scene.call->as.front()));
  const auto sent = TRY(client.send(*scene.call));
  if (!sent.success) return fail(ErrorCode::protocol, "call {}: {}", scene.call->id, sent.why);
  return flow::read_trail(sent.response.body, scene.layout.records);
}

Result<std::vector<Action>> act(Scene& scene) {
  std::vector<Action> actions;
  const Json& events = member(scene.audit, "events");
  if (!events.is_object()) return actions;
  for (const auto& [name, type] : events.items()) {
    const auto action = do_one(scene, name, flow::scalar_text(type));
    if (action) {
      actions.push_back(*action);
      continue;
    }
    if (ends_the_look(action.error())) return tl::unexpected(action.error());
    scene.notes.push_back(fmt::format("{}: {}", name, action.error().message));
    actions.push_back(action_of(scene, name, "", flow::scalar_text(type)));
  }
  return actions;
}

Result<std::optional<Abnormal>> send_abnormal(Scene& scene) {
  const Json& declared = member(scene.audit, "abnormal");
  const flow::Call* call = find_call(scene.wire.application(), text_or(declared, "call"));
  if (call == nullptr || call->as.empty()) return std::optional<Abnormal>();
  Abnormal abnormal{call->id, text_or(declared, "type"), "", 0};
  auto client = TRY(sign_in(scene, call->as.front()));
  if (dump_json(call->step.request).find("{device}") != std::string::npos) abnormal.device = client.variables["device"];
  if (const Json& inputs = member(declared, "inputs"); inputs.is_object())
    for (const auto& [name, value] : inputs.items()) client.variables[name] = flow::scalar_text(value);
  for (std::int64_t i = integer_or(declared, "times", 5); i > 0; --i) {
    const auto sent = client.send(*call);
    if (!sent && ends_the_look(sent.error())) return tl::unexpected(sent.error());
    if (sent && was_looked_at(*sent)) ++abnormal.sent;
  }
  return std::optional(abnormal);
}

}  // namespace lintel::probes::audit
