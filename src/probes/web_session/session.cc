// Log-ins, and the question that most looks ask: does this session id still open anything?
#include <algorithm>

#include "probes/web_session/looks.h"

namespace lintel::probes::web_session {

using flow::Client;
using flow::Outcome;

namespace {

constexpr std::size_t kMostCandidates = 5;

// The answer to a request decides nothing when there is none.
bool no_answer(const Error& error) {
  switch (error.code) {
    case ErrorCode::closed: case ErrorCode::reset: case ErrorCode::protocol: case ErrorCode::limit: return true;
    default: return false;
  }
}

// The same request, variables of the account and other cookies included: only the id is missing, so that what is accepted with another one is
// accepted for that.
Result<flow::Exchange> ask_as_nobody(const flow::Call& call, Client client) {
  client.drop_session_id();
  if (!client.prepare(call)) client.set_session_id("");  // a template that names the session's variable
  return client.send(call);
}

}  // namespace

void note_id(Scene& scene, const Client& client) {
  const auto id = client.session_id();
  if (id && std::ranges::find(scene.ids, *id) == scene.ids.end()) scene.ids.push_back(*id);
}

Result<Client> sign_in(Scene& scene, From from) {
  auto client = TRY(Client::open(scene.wire, scene.account));
  client.from_second_source = from == From::second_source;
  TRY(client.run("login"));
  if (!client.session_id()) return fail(ErrorCode::protocol, "the log-in of `{}` gives no session id in the declared place", scene.account);
  note_id(scene, client);
  return client;
}

Result<Outcome> ask(Scene& scene, Client& client) {
  const auto exchange = client.send(*scene.call);
  if (!exchange && no_answer(exchange.error())) return Outcome::unclear;
  if (!exchange) return tl::unexpected<Error>(exchange.error());
  return flow::outcome_of(*exchange, scene.nobody);
}

Result<Client> working_session(Scene& scene, From from) {
  auto client = TRY(sign_in(scene, from));
  if (TRY(ask(scene, client)) != Outcome::accepted) return fail(ErrorCode::protocol, "call {} is not answered to a fresh session", scene.call->id);
  return client;
}

Result<void> expect_refusal(Scene& scene, const char* name, Client client, From from) {
  Json& fact = scene.facts["refused"][name];
  fact = "unknown";
  const Outcome outcome = TRY(ask(scene, client));
  if (outcome == Outcome::unclear) scene.notes.push_back(fmt::format("{}: the answer to the call is neither success nor refusal", name));
  if (outcome == Outcome::accepted && flow::outcome_for_nobody(TRY(ask_as_nobody(*scene.call, client))) == Outcome::refused) fact = "no";
  if (outcome != Outcome::refused) return {};
  if (auto control = working_session(scene, from); !control) return add_context(control.error(), "refused, and afterwards");
  fact = "yes";
  return {};
}

Result<void> find_call(Scene& scene) {
  auto client = TRY(sign_in(scene));
  std::size_t tried = 0;
  for (const flow::Call& call : scene.wire.application().calls) {
    if (call.writes || std::ranges::find(call.as, scene.account) == call.as.end() || tried++ == kMostCandidates) continue;
    const auto mine = TRY(client.send(call));
    if (!mine.success) {
      scene.notes.push_back(fmt::format("call {} as {}: {}", call.id, scene.account, mine.why));
      continue;
    }
    const auto theirs = TRY(ask_as_nobody(call, client));
    switch (flow::outcome_for_nobody(theirs)) {
      case Outcome::accepted: scene.notes.push_back(fmt::format("call {} is answered without the session's id", call.id)); continue;
      case Outcome::unclear: scene.notes.push_back(fmt::format("call {} without a session: {}", call.id, theirs.why)); continue;
      case Outcome::refused: break;
    }
    scene.call = &call;
    scene.nobody = theirs.response.status;
    scene.facts["call"] = call.id;
    return {};
  }
  return fail(ErrorCode::not_found, "no read call shows whether a session of `{}` works: declare one that this account may make and nobody may", scene.account);
}

}  // namespace lintel::probes::web_session
