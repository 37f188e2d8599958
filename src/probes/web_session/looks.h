// The looks of the web_session probe, one function each. Every look begins with a log-in of its own and states only what its control bears out.
#pragma once
#include <string>
#include <vector>

#include "data/json.h"
#include "flow/refusal.h"
#include "probes/web_session/leaks.h"

namespace lintel::probes::web_session {

struct Scene {
  flow::Wire& wire;
  std::string account;
  const flow::Call* call = nullptr;  // a read call that the account may make and nobody may: it shows whether a session works
  long nobody = 0;                   // status of its answer to nobody
  std::vector<Seen> seen{};          // all exchanges so far
  std::vector<std::string> ids{};    // all session ids that the application gave out
  Json facts = Json::object();
  std::vector<std::string> notes{};
};

// Errors of all: a log-in or control that failed (protocol), those of the connection. What was learned before stays in scene.facts.
Result<void> find_call(Scene& scene);  // scene.call, `call`, `protected`
Result<void> look_at_cookie(Scene& scene);
Result<void> look_at_renewal(Scene& scene);
Result<void> look_at_planted(Scene& scene);
Result<void> look_at_second_login(Scene& scene);
Result<void> look_at_pages(Scene& scene);
Result<void> provoke_errors(Scene& scene);
Result<void> look_after_logout(Scene& scene);
Result<void> look_from_second_source(Scene& scene);
Result<void> look_after_idling(Scene& scene);
Result<void> look_at_guesses(Scene& scene);

// For the looks: a client that has just logged in; the same and the call accepted.
enum class From { usual_source, second_source };
Result<flow::Client> sign_in(Scene& scene, From from = From::usual_source);
Result<flow::Client> working_session(Scene& scene, From from = From::usual_source);
Result<flow::Outcome> ask(Scene& scene, flow::Client& client);
// Sends the call with this client, whose session should be dead; facts.refused[name] = yes, no or unknown. "yes" needs a new log-in that works,
// "no" that nobody is still refused.
Result<void> expect_refusal(Scene& scene, const char* name, flow::Client client, From from = From::usual_source);
void note_id(Scene& scene, const flow::Client& client);

}  // namespace lintel::probes::web_session
