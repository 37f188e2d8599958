// A TLS client over any Stream, through OpenSSL: for what needs keys, that is one whole handshake and the
// bytes after it. It refuses nothing that OpenSSL can speak (TLS 1.0 .. 1.3, security level 0) and verifies
// no certificate: judging is the tls probe's work. It shows a client certificate only when given one.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/stream.h"

namespace lintel::net {

struct TlsOptions {
  std::string server_name = {};   // sent as SNI when it is a DNS name
  std::uint16_t lowest = 0x0301;  // wire versions
  std::uint16_t highest = 0x0304;
  std::string certificate = {};  // client certificate and its chain, PEM; leaf first; empty: none
  std::string key = {};          // its private key, PEM, unencrypted
  std::string schemes = {};       // signature schemes to offer, by names of the TLS registry, with ':' between; empty: all of OpenSSL's
  bool tickets = true;            // ask for a session ticket (up to TLS 1.2; in TLS 1.3 the server gives what it likes)
  Bytes resume = {};              // of session(): the earlier session to go on with
  std::vector<std::string> protocols = {};  // offered by ALPN, each of 1 to 255 bytes
  bool stapled_status = false;    // asks for the OCSP status of the certificate
};

// One thread at a time.
class TlsStream : public Stream {
 public:
  // Handshakes. Null is never returned; the stream belongs to it. Blocks.
  // finished() says how it went: an error keeps what was learned until then (chain, certificate_requested,
  // alert).
  static std::unique_ptr<TlsStream> open(std::unique_ptr<Stream> stream, const TlsOptions& options,
                                         Deadline deadline);
  ~TlsStream() override = default;

  // Errors: timeout, closed, reset, cancelled, protocol (an alert, see alert(), or nonsense), invalid_input (the
  // client certificate or its key can't be used, or a scheme is none of OpenSSL's; nothing was sent), internal.
  virtual const Result<void>& finished() const = 0;
  virtual std::uint16_t version() const = 0;            // 0 before it is known
  virtual std::string suite() const = 0;                // IANA name; empty before it is known
  virtual const std::vector<Bytes>& chain() const = 0;  // DER, leaf first
  virtual bool certificate_requested() const = 0;  // the server asked for a client certificate
  virtual std::optional<int> alert() const = 0;    // the last one received, close_notify included
  virtual int tickets() const = 0;                 // session tickets received after a TLS 1.3 handshake
  virtual bool resumed() const = 0;                // the server took TlsOptions::resume
  virtual std::string protocol() const = 0;        // chosen by ALPN; empty: none
  virtual bool stapled_status() const = 0;         // the server sent one, whatever it says
  // What the server gave last to come back with. A secret: it holds the keys.
  struct Session {
    Bytes bytes;                      // empty: nothing to come back with
    bool ticket = false;              // a ticket; else an id
    std::uint32_t early_data = 0;     // bytes of 0-RTT data that it announced (RFC 8446 4.6.1)
  };
  virtual Session session() const = 0;
  // Reads until the server reacts to the end of our handshake, which in TLS 1.3 it judges after we are done:
  // a session ticket or data means that it accepted us. Nothing is lost of the data. Errors: as of
  // finished(); timeout when it stays quiet.
  virtual Result<void> await_reaction(Deadline deadline) = 0;
};

}  // namespace lintel::net
