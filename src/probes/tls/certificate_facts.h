// The server's chain as facts.
#pragma once
#include "model/observation.h"
#include "probe/context.h"

namespace lintel::probes::tls {

// Fills `certificate` from the leaf; what the declaration does not say (server name, CA) stays out.
void put_certificate(probe::Context& context, const std::vector<Bytes>& chain, model::Observation& observation);

}  // namespace lintel::probes::tls
