// DTLS services: which versions they take, whether a cookie is asked for, and what becomes of clients with and without a certificate.
#pragma once
#include "probes/tls/mutual.h"
#include "probes/tls/survey.h"

namespace lintel::probes::tls {

// Asks DTLS 1.2, then 1.0. "no" needs an alert, or a choice of the other version, while the port answers DTLS; silence, which some servers
// refuse with, stays unknown. A pre-shared-key offer comes second, because such a server stays silent on any other.
Survey survey_dtls(Asker& asker, const std::string& server_name);

// From the flights heard: whether a certificate is asked for; where it is, two whole handshakes, without one and with a stranger's.
ClientCertificate look_at_dtls_client_certificate(Asker& asker, const Survey& survey);

}  // namespace lintel::probes::tls
