// A signed request, and what is done to it that the application has to notice. Pure but for random numbers.
#pragma once
#include <string>
#include <vector>

#include "flow/client.h"

namespace lintel::probes::replay_web {

struct Look {
  std::string fact;                         // "stale"
  std::vector<net::HttpRequest> requests;   // any of them carried out is a yes
};

// recorded: the request that was carried out, made with the built-ins that client.variables holds now. What the call does not have (time, nonce,
// device) is not tried. other_device: empty when none is declared. Errors: of Client::prepare.
Result<std::vector<Look>> looks(flow::Client& client, const flow::Call& call, const net::HttpRequest& recorded, const Clock& clock, const std::string& other_device);

}  // namespace lintel::probes::replay_web
