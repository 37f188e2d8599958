// The looks of the web_auth probe, one function each. All use the account `victim` only, or make accounts of their own.
#pragma once
#include <string>
#include <vector>

#include "data/json.h"
#include "probes/web_auth/attempts.h"

namespace lintel::probes::web_auth {

struct Scene {
  flow::Wire& wire;
  std::size_t tries = 0, most_tries = 0, sign_ups = 0;  // the parameters
  Json facts = Json::object();
  std::vector<std::string> notes{};
};

// Errors of all: not_found (not declared), protocol (a control failed), those of the connection. What was learned before stays in scene.facts.
// not_found: also when the declared success of `login` fits a log-in that opens nothing; then nothing else can be told.
Result<void> check_login(Scene& scene);
Result<void> look_at_plain_login(Scene& scene);
Result<void> look_at_failed_login(Scene& scene);
Result<void> look_at_client_flags(Scene& scene);
Result<void> look_at_names(Scene& scene);
Result<void> look_at_registration(Scene& scene);
Result<void> guess_reset(Scene& scene);
Result<void> guess_recover(Scene& scene);
Result<void> guess_login(Scene& scene);
// The flow `reset` once more: many applications unlock the account with it.
Result<void> reset(Scene& scene);

// A flow's steps. Errors: not_found, "declare a flow `reset`".
Result<const std::vector<flow::Step>*> steps_of(const Scene& scene, const std::string& flow);
// A new client of `victim`; with `password` in place of the right one unless empty.
Result<flow::Client> victim(Scene& scene, const std::string& password = "");
// The right password opens a session: the control of whatever was refused before, and what sets a count of wrong tries back.
Result<flow::Client> logged_in(Scene& scene);
// A password that is wrong and has the form of the right one.
Result<std::string> wrong_password(Scene& scene);

}  // namespace lintel::probes::web_auth
