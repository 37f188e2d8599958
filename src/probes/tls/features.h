// What a server adds to the plain handshake: asked with one hello that names all extensions, and one that comes
// down from a higher version.
#pragma once
#include "probes/tls/suite_list.h"
#include "probes/tls/survey.h"

namespace lintel::probes::tls {

struct Features {
  Known renegotiation_info = Known::unknown;      // RFC 5746
  Known extended_master_secret = Known::unknown;  // RFC 7627
  Known encrypt_then_mac = Known::unknown;        // RFC 7366; asked with CBC suites, unknown where there are none
  Known heartbeat = Known::unknown;               // RFC 6520
  Known compression = Known::unknown;             // DEFLATE taken
  Known tickets = Known::unknown;                 // RFC 5077
  Known stapled_status = Known::unknown;          // sends CertificateStatus
  Known fallback_signal = Known::unknown;         // refuses a hello that comes down from a higher version (RFC 7507)
  std::string alpn;                               // chosen from h2, http/1.1, mqtt, coap
};

// Up to TLS 1.2, in the highest version offered. suites: what it was found to take there; empty: the usual ones are offered.
// Three connections; where a server breaks off on an extension, more to find out which, and the others are still told.
Features look_at_features(Talk& talk, const Survey& survey, Version version, const SuiteList& suites);
// Of a server of TLS 1.3 alone: ALPN and stapled status, by a whole handshake; there is no heartbeat in use and no
// compression. The others belong to older versions and stay unknown.
Features look_at_tls13_features(Talk& talk);
// The highest version up to TLS 1.2 that is offered, none with SSL 2.0, TLCP or TLS 1.3 alone.
std::optional<Version> highest_classic(const Survey& survey);

}  // namespace lintel::probes::tls
