// A DTLS client (1.0 and 1.2, OpenSSL) over a datagram Stream: each write is one record in one datagram, each read gives one record. It
// verifies no certificate: who the server is is not asked here. Lost handshake messages are sent again after 1, 2, 4… seconds.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "net/stream.h"

namespace lintel::net {

// With a key only suites with pre-shared keys are offered; with a certificate those with certificates; with neither those and the anonymous
// ones, so that a server that asks for no credentials can be met.
struct DtlsOptions {
  std::string identity = {};
  std::string key = {};          // bytes of the pre-shared key
  std::string certificate = {};  // client certificate, PEM
  std::string private_key = {};  // PEM, unencrypted
};

// One thread at a time. Says goodbye when destroyed, so that a device may free the session.
class DtlsStream : public Stream {
 public:
  // Handshakes; blocks. Null is never returned.
  static std::unique_ptr<DtlsStream> open(std::unique_ptr<Stream> stream, const DtlsOptions& options, Deadline deadline);

  // How the handshake went. A server completes it only when it takes the credentials. Errors: timeout (a server may also drop what a wrong
  // key made, without a word), refused, protocol (an alert or nonsense), invalid_input (key or certificate can't be used), cancelled, internal.
  virtual const Result<void>& finished() const = 0;
  virtual bool answered() const = 0;              // a DTLS handshake message or alert came back
  virtual std::optional<int> alert() const = 0;  // the last one received
  virtual std::string version() const = 0;       // "DTLSv1.2"; empty before it is known
};

}  // namespace lintel::net
