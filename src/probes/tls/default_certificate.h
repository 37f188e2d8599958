// What clients get that name no server (SNI): many services then show another certificate, the default one, or nothing.
#pragma once
#include <vector>

#include "probes/tls/survey.h"
#include "probes/tls/talk.h"

namespace lintel::probes::tls {

struct DefaultCertificate {
  enum class Answer { same, other, refused, unknown } answer = Answer::unknown;
  std::vector<Bytes> chain;  // other: DER, leaf first
};

// One hello without a name in the highest version up to TLS 1.2; where only TLS 1.3 is taken, which hides certificates, one whole
// handshake. Compared with talk.shown, to which nothing is added. Sends nothing, and is unknown, where the talk was stopped.
DefaultCertificate look_without_name(Talk& talk, const Survey& survey);

}  // namespace lintel::probes::tls
