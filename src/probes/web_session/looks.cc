// Looks at what log-in does to the session id, and at ids that should open nothing.
#include "probes/web_session/looks.h"

#include <algorithm>

#include "base/text.h"

namespace lintel::probes::web_session {

using flow::Client;
using flow::Outcome;

namespace {

bool trouble(const net::HttpResponse& response) { return response.status >= 500 || response.status == 429; }

flow::Step get(const std::string& path) {
  flow::Step step;
  step.request = {{"method", "GET"}, {"path", path}};
  return step;
}

// What a browser asks for before anybody logs in: the first page and the page of the log-in form. Whether both were answered.
Result<bool> visit(const std::vector<flow::Step>& login, Client& client) {
  bool answered = true;
  for (const std::string& path : {std::string("/"), text_or(login.front().request, "path", "/")}) {
    const auto request = client.prepare(get(path));
    if (!request) continue;  // the path holds a value that only the log-in gives
    answered = !trouble(TRY(client.send(*request, get(path))).response) && answered;
  }
  return answered;
}

Json word(bool yes) { return yes ? "yes" : "no"; }

}  // namespace

Result<void> look_at_cookie(Scene& scene) {
  const std::string& name = scene.wire.application().session.cookie;
  if (name.empty()) return {};
  const Client client = TRY(sign_in(scene));
  const flow::Cookie* cookie = client.cookies.find(name);
  const std::string& site = cookie->same_site;
  const bool known = site == "strict" || site == "lax" || site == "none";
  scene.facts["cookie"] = {{"http_only", cookie->http_only}, {"secure", cookie->secure}, {"host_only", cookie->domain.empty()},
                           {"lasting", cookie->lasting}, {"same_site", known ? site : "unset"}};
  return {};
}

Result<void> look_at_renewal(Scene& scene) {
  const auto& steps = *flow::find_flow(scene.wire.application(), "login");
  Client client = TRY(Client::open(scene.wire, scene.account));
  const bool answered = TRY(visit(steps, client));
  Client before = client;
  bool posted = false;
  flow::set_random(client.variables);
  client.keep_random = true;
  for (const flow::Step& step : steps) {
    const auto request = TRY(client.prepare(step));
    if (!posted && request.method != "GET") before = client, posted = true;  // what this request carries is the id from before
    const auto sent = TRY(client.send(request, step));
    if (!sent.success) return fail(ErrorCode::protocol, "log-in after a visit: {}", sent.why);
  }
  note_id(scene, client);
  if (TRY(ask(scene, client)) != Outcome::accepted) return fail(ErrorCode::protocol, "log-in after a visit: the session does not work");
  const auto old = before.session_id();
  if (!old && answered) scene.facts["anonymous_id"] = false;
  if (!old) return {};
  note_id(scene, before);
  scene.facts["anonymous_id"] = true;
  scene.facts["changed_at_login"] = word(old != client.session_id());
  return expect_refusal(scene, "before_login", std::move(before));
}

Result<void> look_at_planted(Scene& scene) {
  const std::string planted = flow::lookalike(*TRY(sign_in(scene)).session_id());
  Client client = TRY(Client::open(scene.wire, scene.account));
  client.set_session_id(planted);
  TRY(client.run("login"));
  note_id(scene, client);
  if (TRY(ask(scene, client)) != Outcome::accepted) return fail(ErrorCode::protocol, "the log-in with an id of our own gives no session that works");
  Client with_planted = client;
  with_planted.drop_session();  // who planted the id has no other cookie of this log-in
  with_planted.set_session_id(planted);
  return expect_refusal(scene, "planted", std::move(with_planted));
}

Result<void> look_at_second_login(Scene& scene) {
  Client first = TRY(working_session(scene));
  TRY(working_session(scene));
  const Outcome outcome = TRY(ask(scene, first));
  if (outcome != Outcome::unclear) scene.facts["sessions_at_once"] = word(outcome == Outcome::accepted);
  return {};
}

Result<void> look_after_logout(Scene& scene) {
  if (flow::find_flow(scene.wire.application(), "logout") == nullptr)
    return fail(ErrorCode::not_found, "declare a flow `logout`");
  Client client = TRY(working_session(scene));
  Client before = client;
  TRY(client.run("logout"));
  return expect_refusal(scene, "after_logout", std::move(before));
}

Result<void> look_from_second_source(Scene& scene) {
  if (scene.wire.application().second_source.empty()) return fail(ErrorCode::not_found, "declare `second_source`, another address of this machine");
  Client client = TRY(working_session(scene));
  client.from_second_source = true;
  return expect_refusal(scene, "from_second_source", std::move(client), From::second_source);
}

Result<void> look_after_idling(Scene& scene) {
  const auto& declared = scene.wire.application().idle_timeout;
  if (!declared) return fail(ErrorCode::not_found, "declare `idle_timeout`");
  const auto longest = std::chrono::seconds(integer_or(scene.wire.context().params(), "longest_wait", 120));
  const auto half = *declared / 2, past = *declared + *declared / 5;
  if (half + past > longest)
    return fail(ErrorCode::limit, "the waits of {} s in all are longer than the {} s that the check allows",
                std::chrono::duration_cast<std::chrono::seconds>(half + past).count(), longest.count());
  if (scene.facts.value("sessions_at_once", "unknown") != "yes")
    return fail(ErrorCode::protocol, "another log-in may end a session of this account, so that its end would not show the time-out");
  Client client = TRY(working_session(scene));
  scene.facts["idle"] = {{"declared_ms", declared->count()}, {"waited_ms", past.count()}, {"accepted_before", "unknown"}};
  const auto idle = [&](std::chrono::milliseconds time) {
    scene.wire.close();  // others may use its place meanwhile
    return scene.wire.context().wait(time);
  };
  TRY(idle(half));
  const Outcome early = TRY(ask(scene, client));
  if (early != Outcome::unclear) scene.facts["idle"]["accepted_before"] = word(early == Outcome::accepted);
  if (early != Outcome::accepted) return fail(ErrorCode::protocol, "the session does not last half of the declared time");
  TRY(idle(past));
  return expect_refusal(scene, "after_idle", std::move(client));
}

Result<void> look_at_guesses(Scene& scene) {
  const Client client = TRY(working_session(scene));
  for (const auto& [name, id] : {std::pair("altered", flow::altered(*client.session_id())), std::pair("forged", flow::forged(*client.session_id()))}) {
    if (id.empty()) continue;
    Client guessing = client;
    guessing.set_session_id(id);
    TRY(expect_refusal(scene, name, std::move(guessing)));
  }
  return {};
}

}  // namespace lintel::probes::web_session
