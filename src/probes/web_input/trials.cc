#include "probes/web_input/trials.h"

#include <fmt/format.h>

#include <algorithm>

#include "flow/refusal.h"
#include "probes/web_input/read_back.h"
#include "probes/web_input/signs.h"

namespace lintel::probes::web_input {
namespace {

using flow::Client;
using flow::Exchange;

constexpr int kMostSilences = 4;  // each may take the whole time-out, twice

// A success that any page fits: an answer of 200 that is one may as well be an error page.
bool is_vague(const flow::Success& success) { return success.json.empty() && success.contains.empty() && success.lacks.empty() && success.header.empty(); }

// What may be the answer of a server that an attack has hurt; anything else ends the look.
bool is_silence(const Error& error) {
  return error.code == ErrorCode::timeout || error.code == ErrorCode::closed || error.code == ErrorCode::reset || error.code == ErrorCode::protocol;
}

class Trials {
 public:
  Trials(flow::Wire& wire, Look look, std::size_t long_value) : wire_(wire), application_(wire.application()), look_(look), long_value_(long_value) {}

  Looked run() {
    for (std::size_t done = 0; const flow::Call& call : application_.calls) {
      if (!goes_on()) break;
      look_at(call);
      wire_.context().progress(++done, application_.calls.size());
    }
    return std::move(looked_);
  }

 private:
  bool goes_on() {
    const probe::Context& context = wire_.context();
    if (!looked_.stopped && context.cancel().requested()) looked_.stopped = Error{ErrorCode::cancelled, "cancelled"};
    if (!looked_.stopped && context.deadline().passed()) looked_.stopped = Error{ErrorCode::timeout, "out of time before all inputs were tried"};
    return !looked_.stopped;
  }

  Result<void> log_in(const std::string& account) {
    client_.reset();
    client_ = TRY(Client::log_in(wire_, account));
    return {};
  }

  // The call with good values; once more after a new log-in when the session has ended. False ends the look at this call.
  bool works(const flow::Call& call) {
    std::string why;
    for (int attempt = 0; attempt < 2; ++attempt) {
      if (attempt > 0 || !client_ || client_->account() != call.as.front())
        if (auto in = log_in(call.as.front()); !in) {
          looked_.stopped = Error{in.error().code, fmt::format("account {}: {}", call.as.front(), in.error().message)};
          return false;
        }
      auto sent = client_->send(call);
      if (sent && sent->success) {
        good_ = *std::move(sent);
        renewed_ = renewed_ || attempt > 0;
        return true;
      }
      why = sent ? sent->why : sent.error().message;
      if (!sent && !is_silence(sent.error())) {
        looked_.stopped = sent.error();
        return false;
      }
    }
    looked_.notes.push_back(fmt::format("{} as {} with good values: {}", call.id, call.as.front(), why));
    return false;
  }

  Result<Exchange> attack_once(const Attack& attack) {
    const flow::Variables before = client_->variables;
    for (const auto& [name, value] : attack.values) client_->variables[name] = value;
    auto sent = send(attack);
    for (const auto& [name, value] : attack.values)
      if (const auto old = before.find(name); old != before.end()) client_->variables[name] = old->second;
      else client_->variables.erase(name);
    return sent;
  }

  Result<Exchange> send(const Attack& attack) {
    auto request = TRY(client_->prepare(attack.call));
    if (attack.twice != Place::none && !send_twice(request, attack.twice, attack.member))
      return fail(ErrorCode::invalid_input, "{} is not in the request", attack.member);
    content_ = flow::fill(text_or(member(attack.call.step.request, "file"), "content"), client_->variables).value_or("");
    return client_->send(request, attack.call.step);
  }

  std::string_view outcome_of(const Result<Exchange>& sent, const Attack& attack) {
    if (!sent) return attack.name == "oversize" && sent.error().code != ErrorCode::timeout ? "refused" : "no_answer";  // cut off while it was sent
    if (sent->response.status >= 500) return "error";
    if (sent->success && sent->response.status == 200 && look_ == Look::malformed && is_vague(attack.call.step.success)) return "unknown";
    const auto outcome = flow::outcome_for_nobody(*sent);
    return outcome == flow::Outcome::accepted ? "accepted" : outcome == flow::Outcome::refused ? "refused" : "unknown";
  }

  // False when this call can't be looked at any more.
  bool try_one(const flow::Call& call, const Attack& attack) {
    Tried tried{call.id, attack.input, attack.name};
    auto sent = attack_once(attack);
    if (sent && !sent->success && (sent->response.status == 401 || sent->response.status / 100 == 3)) {  // the session may have ended by itself
      if (!works(call)) return false;
      sent = attack_once(attack);
    }
    if (!sent && !is_silence(sent.error())) {
      looked_.notes.push_back(fmt::format("{}, {} in {}: {}", call.id, attack.name, attack.input, sent.error().message));
      if (sent.error().code != ErrorCode::invalid_input && sent.error().code != ErrorCode::limit) looked_.stopped = sent.error();
      looked_.tried.push_back(tried);
      return !looked_.stopped;
    }
    tried.outcome = outcome_of(sent, attack);
    if (sent) tried.status = sent->response.status, tried.effect = effect_of(*sent, attack);
    if (tried.outcome == "no_answer" || tried.outcome == "error") {
      const bool well = works(call);
      if (!well || outcome_of(attack_once(attack), attack) != tried.outcome || !works(call)) tried.outcome = "unknown";
      silences_ += sent ? 0 : 1;
      looked_.tried.push_back(tried);
      return well && !looked_.stopped && silences_ < kMostSilences;
    }
    looked_.tried.push_back(tried);
    return true;
  }

  std::string_view effect_of(const Exchange& sent, const Attack& attack) {
    if (const auto effect = effect_in(sent.response, attack, good_.response); effect != "none" || !sent.success) return effect;
    Client client = *client_;
    if (attack.sign == Sign::markup && attack.call.writes) return shows_up_later(client, application_, attack.mark) ? "reflected" : "none";
    if (attack.sign != Sign::stored && attack.sign != Sign::contained) return "none";
    const std::string content = content_;
    const bool contained = attack.sign == Sign::contained;
    const auto read = read_back(client, application_, sent.response, attack.file, {attack.result, contained ? content : attack.mark});
    if (read.empty()) return "none";
    return contained ? "contained" : read == attack.result ? "executed" : "stored";
  }

  void look_at(const flow::Call& call) {
    const auto attacks = attacks_for(application_, call, look_, long_value_);
    if (attacks.empty()) return;
    const std::size_t first = looked_.tried.size();
    bool well = works(call);
    renewed_ = false;
    for (const Attack& attack : attacks) {
      if (!well || !goes_on()) break;
      well = try_one(call, attack);
    }
    if (looked_.stopped) return;
    // Good values at the end show that the refusals were not of the account or address, and put back what was changed.
    well = well && works(call);
    if (looked_.stopped) return;
    (well ? looked_.working : looked_.failing).push_back(call.id);
    if (look_ == Look::malformed && is_vague(call.step.success)) looked_.notes.push_back(call.id + ": declare in `success` what only the real answer has, or 200 tells nothing");
    for (std::size_t i = first; i < looked_.tried.size(); ++i) {
      Tried& tried = looked_.tried[i];
      // A session that ended on the way may have been what a page without an error status was about.
      if (tried.outcome == "refused" && (!well || (renewed_ && tried.status < 400))) tried.outcome = "unknown";
    }
  }

  flow::Wire& wire_;
  const flow::Application& application_;
  Look look_;
  std::size_t long_value_;
  std::optional<Client> client_;
  Exchange good_;
  std::string content_;  // of the file that was sent last
  bool renewed_ = false;  // a control of this call needed a new log-in
  int silences_ = 0;
  Looked looked_;
};

}  // namespace

Looked look_at_inputs(flow::Wire& wire, Look look, std::size_t long_value) { return Trials(wire, look, long_value).run(); }

}  // namespace lintel::probes::web_input
