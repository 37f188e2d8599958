// Whether a server lets clients come back: by session id, by ticket, in TLS 1.3 by pre-shared key; and whether it
// takes data before the handshake is done, which can be replayed.
#pragma once
#include "net/tls_stream.h"
#include "probes/tls/survey.h"
#include "probes/tls/talk.h"

namespace lintel::probes::tls {

struct Sessions {
  Known by_id = Known::unknown;      // TLS 1.2
  Known by_ticket = Known::unknown;  // TLS 1.2
  Known by_psk = Known::unknown;     // TLS 1.3
  Known early_data = Known::unknown;  // TLS 1.3: announced in a ticket; none is sent
  std::int64_t early_data_bytes = 0;
};

// Whole handshakes through OpenSSL, two for each way: at most six connections. earlier: of a handshake in TLS 1.2 that
// asked for a ticket, which saves one.
Sessions look_at_sessions(Talk& talk, const Survey& survey, const std::optional<net::TlsStream::Session>& earlier);

}  // namespace lintel::probes::tls
