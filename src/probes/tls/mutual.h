// Whole handshakes without a client certificate and with a stranger's: whether the server insists on a certificate, and whether it looks at who it
// is from.
#pragma once
#include <optional>
#include <string>

#include "net/tls_stream.h"
#include "probes/tls/survey.h"
#include "probes/tls/talk.h"

namespace lintel::probes::tls {

struct ClientCertificate {
  Known requested = Known::unknown;
  Known required = Known::unknown;
  Known stranger_refused = Known::unknown;  // one that shows a certificate that nobody vouches for
  // Of the handshake without a certificate in TLS 1.2, for who wants to come back; nullopt when there was none.
  std::optional<net::TlsStream::Session> session;
};

// TLS 1.2 first where it is taken: its handshake ends with the server's word, while in TLS 1.3 the refusal
// comes after. Some servers finish the handshake and leave the rest to the application, so https is sent one GET / and MQTT one CONNECT; where that is
// turned away without a word of certificates, only one who is let in with another certificate proves why. A second handshake, with a throw-away
// certificate, only where one is asked for. The server's chains are kept in the talk.
ClientCertificate look_at_client_certificate(Talk& talk, const Survey& survey,
                                             const std::string& server_name, const std::string& protocol,
                                             std::uint16_t port);

}  // namespace lintel::probes::tls
