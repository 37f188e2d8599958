// The web_session probe: what a declared web application does with its session ids. It logs in, logs out, idles, moves, guesses; never writes.
#include "probes/web_session/looks.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "probe/probe.h"

namespace lintel::probes::web_session {
namespace {

constexpr std::size_t kMostSightings = 100;

using Look = Result<void> (*)(Scene&);

// In this order: guesses come last, since a server may shut out who makes them.
constexpr std::pair<const char*, Look> kLooks[] = {
    {"log-in after a visit", look_at_renewal}, {"log-in with an id of our own", look_at_planted}, {"two log-ins", look_at_second_login},
    {"walk", look_at_pages},                   {"error answers", provoke_errors},                {"log-out", look_after_logout},
    {"second source", look_from_second_source}, {"idling", look_after_idling},                   {"guessed ids", look_at_guesses}};

bool ends_all(ErrorCode code) { return code == ErrorCode::cancelled || code == ErrorCode::timeout || code == ErrorCode::unreachable; }

// `owner`, else the first that may make a read call and is no victim.
std::string account_of(const flow::Application& application) {
  if (application.accounts.contains("owner")) return "owner";
  for (const flow::Call& call : application.calls)
    for (const std::string& name : call.as)
      if (!call.writes && name != "victim") return name;
  return "";
}

void state_leaks(Scene& scene, bool walked) {
  Json leaks = Json::array(), bodies = Json::array();
  for (const Sighting& sighting : sightings(scene.seen, scene.ids)) {
    if (leaks.size() + bodies.size() == kMostSightings) break;
    if (sighting.place == "body") bodies.push_back(sighting.url);
    else leaks.push_back({{"place", sighting.place}, {"url", sighting.url}, {"status", sighting.status}});
  }
  const auto searched = std::ranges::count_if(scene.ids, [](const std::string& id) { return id.size() >= kShortestId; });
  scene.facts["ids_searched"] = searched;
  scene.facts["answers_searched"] = scene.seen.size();
  if (!bodies.empty()) scene.facts["in_bodies"] = std::move(bodies);
  if (!leaks.empty() || (walked && searched > 0)) scene.facts["leaks"] = std::move(leaks);  // none found says something only after a whole walk
}

void look(Scene& scene, model::Observation& observation) {
  const auto failed = [&](const Error& error) {
    observation.status = error.code == ErrorCode::not_found ? model::Status::not_declared : flow::status_of_flow(error);
    observation.message = error.message;
  };
  if (const auto first = look_at_cookie(scene); !first) return failed(first.error());
  const auto call = find_call(scene);
  if (!call && ends_all(call.error().code)) return failed(call.error());
  if (!call) scene.notes.push_back(call.error().message);
  int walked = 0;
  for (const auto& [name, step] : kLooks) {
    if (scene.call == nullptr) break;
    const auto done = step(scene);
    if (!done) scene.notes.push_back(fmt::format("{}: {}", name, done.error().message));
    // Silence at the second source may be the very refusal that is wanted there; elsewhere the rest would be silent, too.
    if (!done && ends_all(done.error().code) && step != look_from_second_source) {
      failed(done.error());
      break;
    }
    if (done && (step == look_at_pages || step == provoke_errors)) ++walked;
  }
  state_leaks(scene, walked == 2);
}

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const bool placed = !application.session.cookie.empty() || !application.session.variable.empty();
  const std::string account = account_of(application);
  if (!placed || flow::find_flow(application, "login") == nullptr || account.empty()) {
    observation.status = model::Status::not_declared;
    observation.message = "a look at sessions needs `session`, a flow `login` and an account";
    return;
  }
  flow::Wire wire(context, application);
  Scene scene{wire, account};
  wire.watch = [&scene](const net::HttpRequest& request, const net::HttpResponse& response) {
    scene.seen.push_back({request, response});
    std::string& body = scene.seen.back().response.body;
    if (body.size() > kSearchedBytes) body.resize(kSearchedBytes);
  };
  look(scene, observation);
  observation.facts = std::move(scene.facts);
  observation.facts["account"] = account;
  observation.facts["requests"] = wire.requests();
  observation.notes = std::move(scene.notes);
  wire.keep({});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "Web 会话",
    .title_en = "Web sessions",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::web_session
