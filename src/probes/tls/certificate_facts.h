// The server's chains as facts.
#pragma once
#include <span>

#include "crypto/certificate.h"
#include "model/observation.h"
#include "probe/context.h"
#include "probes/tls/talk.h"

namespace lintel::probes::tls {

Json certificate_fact(const crypto::Certificate& certificate, WallTime now);

// `certificates`, one for each chain, and whether these are all that the server has. What the declaration does not say (server name, CA) stays out.
void put_certificates(probe::Context& context, std::span<const Shown> shown, bool complete, model::Observation& observation);

}  // namespace lintel::probes::tls
