// Sends each declared call as its owner and then in every way that must be refused. One log-in an account, reused for all calls.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "flow/client.h"
#include "flow/refusal.h"
#include "probes/web_authz/attempts.h"

namespace lintel::probes::web_authz {

struct Tried {
  std::string call;
  Way way = Way::nobody;
  std::string account;
  flow::Outcome outcome = flow::Outcome::unclear;
  long status = 0;  // HTTP; 0 without an answer
};

struct Looked {
  std::vector<std::string> working;   // calls that their owner could send
  std::vector<std::string> failing;   // calls that he could not: nothing is said about them
  std::vector<Tried> tried;
  std::vector<std::string> notes;
  std::optional<Error> stopped;       // what ended the look early: an account that can't log in, a server that is gone
};

Looked look_at_calls(flow::Wire& wire, const std::vector<Way>& ways);

}  // namespace lintel::probes::web_authz
