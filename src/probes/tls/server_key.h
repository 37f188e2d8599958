// ServerKeyExchange up to TLS 1.2 and of TLCP (RFC 5246 7.4.3, RFC 8422 5.4, RFC 4279 2).
#pragma once
#include "probes/tls/reply.h"

namespace lintel::probes::tls {

// Which group, how long a prime or temporary key, signed how. What it can't read stays 0.
ServerKey read_server_key(ByteView body, std::uint16_t version, std::uint16_t suite);

}  // namespace lintel::probes::tls
