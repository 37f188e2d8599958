// What the attack probe does to be noticed: a burst of requests, a search for paths, wrong passwords, a device that behaves oddly. Each is bounded by
// the target file.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "flow/client.h"

namespace lintel::probes::attack {

struct Act {
  std::string name;    // burst, paths, guessing; flapping, resources
  std::string type;    // that its alarm must have
  std::string target;  // whom it was aimed at; empty: the application
  std::size_t wanted = 0;
  std::size_t sent = 0;              // requests that were answered as such an act is: no trouble of the server, no success
  std::chrono::milliseconds took{};
  std::string flaw;    // why no alarm is owed; empty: one is
  bool of_device = false;  // a state that a device reports, no attack
};

// Does those that are declared under `alarms`, attacks from the second source where there is one. Blocks for as long as they take. Errors are those that end
// the look (cancelled, timeout of the job, permission); a peer that ends the connection only ends the act.
Result<std::vector<Act>> do_acts(flow::Wire& wire, const Json& alarms);

}  // namespace lintel::probes::attack
