#include "probes/binding/looks.h"

#include <algorithm>
#include <set>

#include "model/placeholder.h"

namespace lintel::probes::binding {
namespace {

using flow::Client;
using flow::Outcome;

constexpr const char* kToken = "bind_token";

std::string_view word(Outcome outcome) { return outcome == Outcome::accepted ? "no" : outcome == Outcome::refused ? "yes" : "unknown"; }

// The variables that a log-in sends or gives: they say who somebody is, everything else what is asked for.
std::set<std::string> personal(const flow::Application& application) {
  std::set<std::string> names{"certificate", "key", application.session.variable};
  if (const auto* login = flow::find_flow(application, "login"))
    for (const flow::Step& step : *login) {
      for (const auto& found : model::placeholders(dump_json(step.request))) names.insert(found.name);
      for (const auto& [name, place] : step.take) names.insert(name);
    }
  return names;
}

class Look {
 public:
  explicit Look(Scene& scene) : scene_(scene) {}

  Result<void> run() {
    owner_ = TRY(sign_in(scene_.account));
    TRY(control());
    TRY(forged_by_nobody());
    TRY(altered());
    TRY(other_user());
    return used();
  }

  // Nothing stays bound, whatever happened: the answer does not matter.
  void clean_up() {
    for (auto& client : {&owner_, &thief_})
      if (*client) (void)(*client)->run("unbind");
  }

 private:
  Result<Client> sign_in(const std::string& account) { return Client::log_in(scene_.wire, account); }

  // The session may have idled away or been closed by a refusal: one new log-in before each look.
  Result<std::string> issue() {
    owner_ = TRY(sign_in(scene_.account));
    flow::set_random(owner_->variables);
    owner_->keep_random = true;
    for (const flow::Step& step : scene_.bind.issue) {
      const auto exchange = TRY(owner_->send(step));
      if (!exchange.success) return fail(ErrorCode::protocol, "the issue of a token: {}", exchange.why);
      if (!exchange.missing.empty()) return fail(ErrorCode::protocol, "the issue of a token: no value in {}", exchange.missing.front());
    }
    const std::string token = owner_->variables[kToken];
    scene_.tokens.push_back(token);
    return token;
  }

  // Accepted when every step is a success. A refusal is an answer of the server itself; trouble and limits are none.
  Result<Outcome> present(Client& client, const std::string& token) {
    scene_.wire.context().hide(token);  // made-up ones look like real ones
    client.variables[kToken] = token;
    for (const flow::Step& step : scene_.bind.present) {
      const auto exchange = TRY(client.send(step));
      if (!exchange.success) return flow::outcome_for_nobody(exchange);
    }
    return Outcome::accepted;
  }

  Result<Outcome> bind_afresh() {
    const std::string token = TRY(issue());
    return present(*owner_, token);
  }

  // A fresh token binds, and unbinding frees the device again: without it before and after, a refusal says nothing.
  Result<void> control() {
    if (TRY(bind_afresh()) != Outcome::accepted) {
      (void)owner_->run("unbind");  // left bound by an earlier run
      if (TRY(bind_afresh()) != Outcome::accepted) return fail(ErrorCode::protocol, "flow bind: a fresh token of {} does not bind the device", scene_.account);
    }
    TRY(owner_->run("unbind"));
    scene_.facts["works"] = true;
    return {};
  }

  // `refused.NAME`; "yes" only when a fresh token works afterwards, "no" only when not everybody is answered with success.
  Result<void> state(const char* name, Outcome outcome) {
    Json& fact = scene_.facts["refused"][name];
    fact = "unknown";
    if (outcome == Outcome::unclear) scene_.notes.push_back(fmt::format("{}: the answer is neither success nor refusal", name));
    if (outcome == Outcome::accepted && open_) return {};
    if (outcome == Outcome::accepted) (void)owner_->run("unbind");
    if (auto works = control(); outcome == Outcome::refused && !works) return add_context(works.error(), fmt::format("{}: refused, and afterwards", name));
    fact = word(outcome);
    return {};
  }

  // The owner's variables of now, without his session and certificate.
  Client nobody() {
    Client client = *owner_;
    client.drop_session();
    if (!scene_.wire.application().session.variable.empty()) client.set_session_id("");
    client.variables.erase("certificate");
    return client;
  }

  // What nobody must get: it shows whether `success` can tell a refusal at all.
  Result<void> forged_by_nobody() {
    const std::string token = TRY(issue());
    Client client = nobody();
    open_ = TRY(present(client, flow::lookalike(token))) != Outcome::refused;
    if (open_) scene_.notes.emplace_back("a made-up token without a session is not refused either: make `success` of the flow bind exact");
    return {};
  }

  Result<void> altered() {
    const std::string altered = flow::altered(TRY(issue()));
    if (altered.empty()) return {};
    const Outcome outcome = TRY(present(*owner_, altered));
    return state("altered", outcome);
  }

  Result<void> other_user() {
    if (scene_.other.empty()) {
      scene_.notes.emplace_back("declare a second account to see whether a token works for somebody else");
      return {};
    }
    Client thief = TRY(sign_in(scene_.other));
    const std::string token = TRY(issue());
    const auto own = personal(scene_.wire.application());
    for (const auto& [name, value] : owner_->variables)
      if (!own.contains(name)) thief.variables[name] = value;
    thief_ = thief;
    const Outcome outcome = TRY(present(*thief_, token));
    if (outcome != Outcome::accepted) {
      thief_.reset();
      return state("other_user", outcome);
    }
    (void)thief_->run("unbind");
    thief_.reset();
    // Where the device presents its token without any user's session, it makes no difference whose we sent with it.
    const std::string another = TRY(issue());
    Client client = nobody();
    if (TRY(present(client, another)) == Outcome::refused) return state("other_user", outcome);
    (void)owner_->run("unbind");
    scene_.facts["refused"]["other_user"] = "unknown";
    scene_.notes.emplace_back("other_user: a token is taken without any session, so that it can't be seen for whom the device is bound");
    return {};
  }

  Result<void> used() {
    const std::string token = TRY(issue());
    if (TRY(present(*owner_, token)) != Outcome::accepted) return fail(ErrorCode::protocol, "used: a fresh token does not bind the device");
    const Outcome twice = TRY(present(*owner_, token));
    TRY(owner_->run("unbind"));
    const Outcome after_unbind = TRY(present(*owner_, token));
    TRY(state("twice", twice));
    return state("after_unbind", after_unbind);
  }

  Scene& scene_;
  std::optional<Client> owner_, thief_;
  bool open_ = true;
};

}  // namespace

Halves halves_of(const std::vector<flow::Step>& bind) {
  const auto taken = std::ranges::find_if(bind, [](const flow::Step& step) { return step.take.contains(kToken); });
  if (taken == bind.end() || taken + 1 == bind.end()) return {};
  return {{bind.begin(), taken + 1}, {taken + 1, bind.end()}};
}

Result<void> look(Scene& scene) {
  Look looking(scene);
  auto done = looking.run();
  if (!done) looking.clean_up();
  return done;
}

}  // namespace lintel::probes::binding
