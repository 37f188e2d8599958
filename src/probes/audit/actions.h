// What the audit probe does so that it leaves a record: one failed log-in, the declared flows and calls, parameters out of range.
#pragma once
#include <string>
#include <vector>

#include "flow/client.h"
#include "probes/audit/trail.h"

namespace lintel::probes::audit {

struct Secret {
  std::string what, value;
};

struct Action {
  std::string name;     // login_failed, a flow or a call
  std::string account;
  std::string type;     // that its record must have
  std::string user;     // declared identity of the account; empty: not declared
  std::string device;   // that its record must name; empty: it concerns none
  bool done = false;    // it went as declared
  bool owed = false;    // and must so have left a record
};

struct Abnormal {
  std::string call, type, device;
  std::size_t sent = 0;  // requests whose parameters the application looked at
};

struct Scene {
  flow::Wire& wire;
  const Json& audit;                 // the item's member `audit`
  Layout layout;
  const flow::Call* call = nullptr;  // the export
  std::vector<Secret> secrets{};     // that must not stand in records
  std::vector<std::string> notes{};
};

// A user of the account, logged in where a flow `login` is declared. Its session id joins scene.secrets.
Result<flow::Client> sign_in(Scene& scene, const std::string& account);
// All records, fetched as the first account of the call. Errors: of the log-in, protocol (no success), of flow::read_trail.
Result<Trail> fetch(Scene& scene);

// Does each action of `events` once. Errors are those that end the look: the network's.
Result<std::vector<Action>> act(Scene& scene);
// Sends the declared call with the declared values out of range. nullopt when none is declared.
Result<std::optional<Abnormal>> send_abnormal(Scene& scene);

}  // namespace lintel::probes::audit
