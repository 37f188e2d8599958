// The server's chains as facts.
#pragma once
#include <span>

#include "crypto/certificate.h"
#include "model/observation.h"
#include "probe/context.h"
#include "probes/tls/default_certificate.h"
#include "probes/tls/talk.h"

namespace lintel::probes::tls {

// Who the service says it is, which is asked for and looked for in its certificates: server_name, else the host's address where that is a name.
std::string expected_name(const Json& item);

Json certificate_fact(const crypto::Certificate& certificate, WallTime now);

// `certificates`, one for each chain, and whether these are all that the server has. What the declaration does not say (server name, CA) stays out.
void put_certificates(probe::Context& context, std::span<const Shown> shown, bool complete, model::Observation& observation);
// `without_name`. Another certificate is a fact and a note; who declares a name is not judged by it.
void put_default_certificate(probe::Context& context, const DefaultCertificate& found, model::Observation& observation);

}  // namespace lintel::probes::tls
