// Certificates that a server shows only to some clients: it may hold one for each kind of key, and which of them a client gets hangs on the suites and
// signature schemes that it offers.
#pragma once
#include "probes/tls/survey.h"
#include "probes/tls/talk.h"

namespace lintel::probes::tls {

// Offers the highest version up to TLS 1.2, and TLS 1.3, only what keys can do of which talk.shown has none, until that is refused; what comes is added
// to it. A server with one kind costs one connection for each of the two, and one more where TLS 1.3 is not taken. `listed`: all suites and schemes of the
// first were listed already, with their certificates, so that it isn't asked again. TLS 1.3 encrypts its certificates: where it takes such an offer a
// whole handshake follows.
// True when no other key can be hidden; false after silence, nonsense, a spent budget, more than kMostShown chains, and when none was shown at all.
bool ask_for_other_keys(Talk& talk, const Survey& survey, bool listed);

}  // namespace lintel::probes::tls
