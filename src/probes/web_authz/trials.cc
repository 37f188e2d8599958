#include "probes/web_authz/trials.h"

#include <fmt/format.h>

#include <algorithm>

namespace lintel::probes::web_authz {
namespace {

using flow::Client;
using flow::Outcome;

// Without an answer there is no verdict, but the look goes on; these end it.
bool ends_the_look(const Error& error) {
  switch (error.code) {
    case ErrorCode::cancelled: case ErrorCode::refused: case ErrorCode::unreachable: case ErrorCode::permission: case ErrorCode::internal: return true;
    default: return false;
  }
}

class Trials {
 public:
  Trials(flow::Wire& wire, const std::vector<Way>& ways) : wire_(wire), application_(wire.application()), ways_(ways) {}

  Looked run() {
    std::size_t done = 0;
    for (const flow::Call& call : application_.calls) {
      if (looked_.stopped) break;
      look_at(call);
      wire_.context().progress(++done, application_.calls.size());
    }
    return std::move(looked_);
  }

 private:
  bool goes_on() {
    const probe::Context& context = wire_.context();
    if (!looked_.stopped && context.cancel().requested()) looked_.stopped = Error{ErrorCode::cancelled, "cancelled"};
    if (!looked_.stopped && context.deadline().passed()) looked_.stopped = Error{ErrorCode::timeout, "out of time before all calls were tried"};
    return !looked_.stopped;
  }

  // The account's client, logged in once. Null when it can't; the first such account ends the look.
  Client* client_of(const std::string& account) {
    if (const auto known = clients_.find(account); known != clients_.end()) return &known->second;
    auto client = Client::log_in(wire_, account);
    if (!client) {
      looked_.stopped = Error{client.error().code, fmt::format("account {}: {}", account, client.error().message)};
      return nullptr;
    }
    return &clients_.emplace(account, *std::move(client)).first->second;
  }

  // Again when the session may have ended meanwhile.
  Result<flow::Exchange> as_owner(const std::string& account, const flow::Call& call) {
    Client* client = client_of(account);
    if (client == nullptr) return tl::unexpected<Error>(*looked_.stopped);
    auto exchange = client->send(call);
    if (exchange && exchange->success) return exchange;
    clients_.erase(account);
    client = client_of(account);
    if (client == nullptr) return tl::unexpected<Error>(*looked_.stopped);
    return client->send(call);
  }

  void look_at(const flow::Call& call) {
    const std::string owner = owner_of(call);
    const auto attempts = attempts_for(application_, call, ways_);
    if (attempts.empty() || !goes_on()) return;
    const auto control = call.erases ? Result<flow::Exchange>() : as_owner(owner, call);
    if (looked_.stopped) return;
    if (!call.erases && (!control || !control->success)) {
      looked_.failing.push_back(call.id);
      looked_.notes.push_back(fmt::format("{} as {}: {}", call.id, owner, control ? control->why : control.error().message));
      return;
    }
    if (!call.erases) looked_.working.push_back(call.id);
    long nobody = 0;
    // How a refusal looks here, whichever ways are asked for.
    const bool open = try_one(call, owner, {Way::nobody, ""}, nobody).outcome == Outcome::accepted;
    for (const Attempt& attempt : attempts) {
      if (!goes_on()) return;
      // Where nobody is asked for a credential, an id in its place is not taken for one.
      if (open && (attempt.way == Way::device_id || attempt.way == Way::user_id)) continue;
      looked_.tried.push_back(try_one(call, owner, attempt, nobody));
    }
  }

  Tried try_one(const flow::Call& call, const std::string& owner, const Attempt& attempt, long& nobody) {
    Tried tried{call.id, attempt.way, attempt.account, Outcome::unclear, 0};
    auto client = intruder(owner, attempt);
    if (!client) {
      if (!looked_.stopped) looked_.notes.push_back(fmt::format("{} as {}: {}", call.id, name_of(attempt.way), client.error().message));
      return tried;
    }
    const auto exchange = client->send(call);
    if (!exchange) {
      looked_.notes.push_back(fmt::format("{} as {}: {}", call.id, name_of(attempt.way), exchange.error().message));
      if (ends_the_look(exchange.error())) looked_.stopped = exchange.error();
      return tried;
    }
    tried.status = exchange->response.status;
    tried.outcome = attempt.way == Way::nobody ? outcome_for_nobody(*exchange) : outcome_of(*exchange, nobody);
    if (attempt.way == Way::nobody) nobody = tried.status;
    // Many hide from others what is not theirs. It is still there when its owner gets it afterwards.
    const bool hidden = (attempt.way == Way::other || attempt.way == Way::partner) && tried.outcome == Outcome::unclear && tried.status == 404;
    if (hidden && !call.erases)
      if (const auto control = as_owner(owner, call); control && control->success) tried.outcome = Outcome::refused;
    return tried;
  }

  // A client with the owner's ids and, in the place of his session and secrets, what the attempt says.
  Result<Client> intruder(const std::string& owner, const Attempt& attempt) {
    const flow::Variables& declared = application_.accounts.at(owner);
    if (attempt.way == Way::other || attempt.way == Way::partner) {
      Client* thief = client_of(attempt.account);
      if (thief == nullptr) return tl::unexpected<Error>(*looked_.stopped);
      Client client = *thief;
      for (const auto& [name, value] : declared)
        if (!is_secret(name, value) && name != "certificate") client.variables[name] = value;
        else client.variables.emplace(name, "");  // a secret that this account has none of
      return client;
    }
    auto client = attempt.way == Way::ended ? TRY(ended_session(owner)) : TRY(Client::open(wire_, owner));
    client.variables.erase("certificate");
    if (attempt.way == Way::ended) return client;
    const auto credential = [&](const std::string& real) {
      switch (attempt.way) {
        case Way::device_id: return device_id(declared);
        case Way::user_id: return user_id(declared);
        case Way::altered: return flow::altered(real);
        default: return std::string();
      }
    };
    if (!has_sessions(application_)) {
      for (auto& [name, value] : client.variables)
        if (is_secret(name, declared.at(name))) value = credential(value);
      return client;
    }
    // Only the session is taken away: what else the request proves (a device's signature) must not hide that nobody asks for it.
    const Client* logged_in = client_of(owner);
    if (logged_in == nullptr) return tl::unexpected<Error>(*looked_.stopped);
    const auto id = logged_in->session_id();
    if (!id) return fail(ErrorCode::not_found, "log-in gave no session id at the declared place");
    for (const auto& [name, value] : logged_in->variables) client.variables.emplace(name, value);
    if (!application_.session.variable.empty() || attempt.way != Way::nobody) client.set_session_id(credential(*id));
    return client;
  }

  // A session of its own, so that the owner's stays. Its id and cookies are put back after log-out, which a browser would have dropped.
  Result<Client> ended_session(const std::string& owner) {
    if (ended_ && ended_of_ == owner) return *ended_;
    Client client = TRY(Client::log_in(wire_, owner));
    const flow::Jar cookies = client.cookies;
    const auto id = client.session_id();
    TRY(client.run("logout"));
    client.cookies = cookies;
    if (id) client.set_session_id(*id);
    ended_ = client;
    ended_of_ = owner;
    return client;
  }

  flow::Wire& wire_;
  const flow::Application& application_;
  const std::vector<Way>& ways_;
  std::map<std::string, Client> clients_;
  std::optional<Client> ended_;
  std::string ended_of_;
  Looked looked_;
};

}  // namespace

Looked look_at_calls(flow::Wire& wire, const std::vector<Way>& ways) { return Trials(wire, ways).run(); }

}  // namespace lintel::probes::web_authz
