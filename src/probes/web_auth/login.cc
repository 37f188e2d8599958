// Log-ins that should fail: over plain HTTP, with a wrong password and a client that says it has authenticated, with unknown names.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "flow/refusal.h"
#include "probes/web_auth/looks.h"

namespace lintel::probes::web_auth {

using flow::Client;

namespace {

constexpr const char* kFlags[] = {"authenticated", "success", "logged_in"};

struct Place {
  std::string host, port;
};

// Host and port of an https URL.
Place place_of(std::string_view url) {
  url.remove_prefix(std::min(url.size(), std::string_view("https://").size()));
  url = url.substr(0, url.find_first_of("/?"));
  const std::size_t colon = url.rfind(':');
  if (colon == std::string_view::npos || url.ends_with(']')) return {std::string(url), "443"};
  return {std::string(url.substr(0, colon)), std::string(url.substr(colon + 1))};
}

// The port of the URL itself, and 80 where the target declares a service there on the same address.
std::set<std::string> plain_ports(const Scene& scene, const Place& place) {
  std::set<std::string> ports{place.port};
  const std::string& address = scene.wire.application().address;
  for (const model::Item& item : scene.wire.context().asset().items)
    if (item.kind == model::ItemKind::service && integer_or(item.data, "port", 0) == 80 && text_or(item.data, "transport", "tcp") == "tcp" &&
        text_or(item.data, "address") == (address.empty() ? place.host : address))
      ports.insert("80");
  return ports;
}

// The log-in with every URL turned into plain HTTP at this port. unknown: no answer that says so.
Result<Told> log_in_plainly(Scene& scene, const Place& place, const std::string& port) {
  const auto* steps = TRY(steps_of(scene, "login"));
  Client client = TRY(victim(scene));
  for (const flow::Step& step : *steps) {
    auto request = TRY(client.prepare(step));
    const std::size_t path = request.url.find_first_of("/?", std::string_view("https://").size());
    request.url = fmt::format("http://{}:{}{}", place.host, port, path == std::string::npos ? "/" : request.url.substr(path));
    const auto sent = client.send(request, step);
    if (!sent) {
      switch (sent.error().code) {
        case ErrorCode::closed: case ErrorCode::reset: case ErrorCode::refused: case ErrorCode::protocol: return Told::no;
        case ErrorCode::cancelled: return tl::unexpected<Error>(sent.error());
        default: scene.notes.push_back(fmt::format("log-in over {}: {}", request.url, sent.error().message)); return Told::unknown;
      }
    }
    if (!sent->success) return sent->response.status < 500 && sent->response.status != 429 ? Told::no : Told::unknown;
  }
  return Told::yes;
}

const flow::Call* read_call(const Scene& scene) {
  const auto& calls = scene.wire.application().calls;
  const auto call = std::ranges::find_if(calls, [](const flow::Call& one) { return !one.writes && std::ranges::find(one.as, "victim") != one.as.end(); });
  return call == calls.end() ? nullptr : &*call;
}

}  // namespace

Result<const std::vector<flow::Step>*> steps_of(const Scene& scene, const std::string& flow) {
  const auto* steps = flow::find_flow(scene.wire.application(), flow);
  if (steps == nullptr) return fail(ErrorCode::not_found, "declare a flow `{}`", flow);
  return steps;
}

Result<Client> victim(Scene& scene, const std::string& password) {
  auto client = TRY(Client::open(scene.wire, "victim"));
  if (!password.empty()) client.variables["password"] = password;
  flow::set_random(client.variables);
  client.keep_random = true;
  return client;
}

Result<Client> logged_in(Scene& scene) {
  const auto* steps = TRY(steps_of(scene, "login"));
  auto client = TRY(victim(scene));
  const auto made = TRY(attempt(scene.wire, client, *steps));
  if (!made.success) return fail(ErrorCode::protocol, "the right password of `victim` is not accepted: {}", made.why);
  return client;
}

Result<std::string> wrong_password(Scene& scene) {
  const Client client = TRY(victim(scene));
  const auto right = client.variables.find("password");
  if (right == client.variables.end()) return fail(ErrorCode::not_found, "the account `victim` needs a member `password`");
  const std::string wrong = flow::lookalike(right->second);
  if (wrong == right->second) return fail(ErrorCode::invalid_input, "the password of `victim` has no letter or digit to change");
  scene.wire.context().hide(wrong);
  return wrong;
}

Result<void> check_login(Scene& scene) {
  TRY(logged_in(scene));
  const auto wrong = wrong_password(scene);
  if (!wrong) return {};  // the looks that need one say so
  Client client = TRY(victim(scene, *wrong));
  const auto* steps = TRY(steps_of(scene, "login"));
  const auto made = TRY(attempt(scene.wire, client, *steps));
  if (!made.success) {
    TRY(logged_in(scene));
    return {};
  }
  // A log-in with any password, or a page that says "wrong password" and fits the declared success?
  const flow::Call* call = read_call(scene);
  if (call != nullptr && TRY(client.send(*call)).success) return {};
  if (call != nullptr) return fail(ErrorCode::not_found, "what `login` declares as success also fits a wrong password, which opens nothing: give it what only a right one gets");
  return fail(ErrorCode::not_found,
              "what `login` declares as success also fits a wrong password (or any password opens a session: a read call that `victim` may make would show it): give it what only a right one gets");
}

Result<void> look_at_plain_login(Scene& scene) {
  const std::string& url = scene.wire.application().url;
  TRY(logged_in(scene));
  Json& facts = scene.facts["plain_login"];
  facts = {{"accepted", "unknown"}, {"ports", Json::array()}};
  if (to_lower(url).starts_with("http://")) {
    facts["accepted"] = "yes";
    return {};
  }
  const Place place = place_of(url);
  bool all_refused = true;
  for (const std::string& port : plain_ports(scene, place)) {
    facts["ports"].push_back(parse_unsigned<int>(port).value_or(0));
    const Told told = TRY(log_in_plainly(scene, place, port));
    if (told == Told::yes) facts["accepted"] = "yes";
    all_refused = all_refused && told == Told::no;
  }
  if (all_refused) facts["accepted"] = "no";
  return {};
}

Result<void> look_at_failed_login(Scene& scene) {
  const auto* steps = TRY(steps_of(scene, "login"));
  const flow::Call* call = read_call(scene);
  if (call == nullptr) return fail(ErrorCode::not_found, "declare a read call that `victim` may make");
  Client inside = TRY(logged_in(scene));
  if (!TRY(inside.send(*call)).success) return fail(ErrorCode::protocol, "call {} is not answered to `victim`", call->id);
  // The same request: as nobody, and with whatever a log-in that failed has left behind.
  const auto accepted = [&](Client client) -> Result<const char*> {
    if (!client.prepare(*call)) client.set_session_id("");
    const auto outcome = flow::outcome_for_nobody(TRY(client.send(*call)));
    return outcome == flow::Outcome::accepted ? "yes" : outcome == flow::Outcome::refused ? "no" : "unknown";
  };
  Client nobody = inside;
  nobody.drop_session();
  const char* const without_session = TRY(accepted(std::move(nobody)));
  scene.facts["accepted"]["without_session"] = without_session;
  const std::string wrong = TRY(wrong_password(scene));
  Client failed = TRY(victim(scene, wrong));
  const auto made = TRY(attempt(scene.wire, failed, *steps));
  if (made.success) return fail(ErrorCode::protocol, "a log-in with a wrong password: HTTP {}, a success", made.status);
  if (!turned_away(made)) return fail(ErrorCode::protocol, "a log-in with a wrong password: HTTP {}", made.status);
  const char* const after_failure = TRY(accepted(std::move(failed)));
  TRY(logged_in(scene));
  scene.facts["accepted"]["after_failed_login"] = after_failure;
  return {};
}

Result<void> look_at_client_flags(Scene& scene) {
  const std::string wrong = TRY(wrong_password(scene));
  auto steps = *TRY(steps_of(scene, "login"));
  Json& request = steps.back().request;
  const char* body = request.contains("form") ? "form" : "json";
  if (!member(request, body).is_object()) return fail(ErrorCode::not_found, "the last step of `login` has no form or JSON object to add a flag to");
  const Json plain = request[body];
  Told told = Told::no;
  for (const char* flag : kFlags) {
    request[body] = plain;
    request[body][flag] = body == std::string("form") ? Json("true") : Json(true);
    Client client = TRY(victim(scene, wrong));
    const auto made = TRY(attempt(scene.wire, client, steps));
    if (made.success) {
      request[body] = plain;
      Client without = TRY(victim(scene, wrong));
      const auto control = TRY(attempt(scene.wire, without, steps));
      if (control.success) scene.notes.push_back("a wrong password logs in, with a flag and without");
      scene.facts["accepted"]["with_client_flag"] = "yes";
      scene.facts["flag"] = flag;
      return {};
    }
    if (!turned_away(made) || made.status == 429) told = Told::unknown;
    TRY(logged_in(scene));  // not locked, and the count of wrong tries set back
  }
  scene.facts["accepted"]["with_client_flag"] = name_of(told);
  return {};
}

Result<void> look_at_names(Scene& scene) {
  const auto* steps = TRY(steps_of(scene, "login"));
  const std::string wrong = TRY(wrong_password(scene));
  const Client right = TRY(victim(scene));
  const auto user = right.variables.find("user");
  if (user == right.variables.end()) return fail(ErrorCode::not_found, "the account `victim` has no member `user`");
  const std::string known = user->second, unknown = flow::lookalike(known);
  std::vector<Attempt> made;
  for (const std::string& name : {known, known, unknown}) {
    Client client = TRY(victim(scene, wrong));
    client.variables["user"] = name;
    made.push_back(TRY(attempt(scene.wire, client, *steps)));
    if (!turned_away(made.back())) return fail(ErrorCode::protocol, "a log-in with a wrong password: HTTP {}", made.back().status);
    for (std::size_t at = 0; !name.empty() && (at = made.back().body.find(name, at)) != std::string::npos;) made.back().body.erase(at, name.size());
  }
  const bool steady = made[0].body == made[1].body;  // no time or token in it
  const bool same = made[0].status == made[2].status && (!steady || made[0].body == made[2].body);
  scene.facts["names_told"] = same ? "no" : "yes";
  TRY(logged_in(scene));
  return {};
}

}  // namespace lintel::probes::web_auth
