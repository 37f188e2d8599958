// The server's chain as facts.
#pragma once
#include "crypto/certificate.h"
#include "model/observation.h"
#include "probe/context.h"

namespace lintel::probes::tls {

Json certificate_fact(const crypto::Certificate& certificate, WallTime now);

// Fills `certificate` from the leaf; what the declaration does not say (server name, CA) stays out.
void put_certificate(probe::Context& context, const std::vector<Bytes>& chain, model::Observation& observation);

}  // namespace lintel::probes::tls
