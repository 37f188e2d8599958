// A TLCP 1.1 client (GB/T 38636-2020) over any Stream: full handshakes with or without a client certificate, and the bytes after them. OpenSSL
// gives SM2, SM3 and SM4; the protocol is ours, because Debian's OpenSSL does not speak it. It verifies no certificate chain: judging is the tls
// probe's work. Suites: ECC and ECDHE with SM4-CBC-SM3 and SM4-GCM-SM3.
#pragma once
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "net/stream.h"
#include "net/tlcp_identity.h"

namespace lintel::net {

// Implementations read the standard's client messages in two ways; what the server sends is the same in both. A server of the other kind refuses
// a client certificate that is good, with alert 40, 42, 50 or 51: ask again in the other way before believing the refusal.
//                                         usual (Tongsuo, gotlcp)       gmssl (GmSSL)
// CertificateVerify signs                 SM3 of the messages           the messages
// ClientKeyExchange of ECDHE              curve and point               u16 size, curve and point
// Certificate of the client in ECC        signature and encryption      signature alone
enum class TlcpDialect { usual, gmssl };

struct TlcpOptions {
  TlcpCredentials credentials = {};        // of the client; sent only to a server that asks
  std::vector<std::uint16_t> suites = {};  // empty: E053 and E013, and with an encryption certificate E051 and E011
  TlcpDialect dialect = TlcpDialect::usual;
};

// One thread at a time.
class TlcpStream : public Stream {
 public:
  // Handshakes. Null is never returned; the stream belongs to it. Blocks. finished() says how it went: an error keeps what was learned until
  // then. Sends one ClientHello and, to an answer, one flight; to nonsense a fatal alert, so that the device may free the connection.
  static std::unique_ptr<TlcpStream> open(std::unique_ptr<Stream> stream, const TlcpOptions& options, Deadline deadline);
  ~TlcpStream() override = default;

  // Errors: timeout, closed, reset, cancelled, protocol (an alert, see alert(), or nonsense), invalid_input and permission (credentials or suites
  // that can't be used; nothing was sent), unsupported (the server chose ECDHE, which needs an encryption certificate of ours), internal.
  virtual const Result<void>& finished() const = 0;
  virtual bool spoken() const = 0;                      // a TLCP record came back, if only with a refusal
  virtual std::uint16_t version() const = 0;            // 0x0101; 0 before a ServerHello
  virtual std::uint16_t suite() const = 0;              // 0 before a ServerHello
  virtual std::string_view suite_name() const = 0;      // "ECC_SM4_CBC_SM3"
  virtual const std::vector<Bytes>& chain() const = 0;  // DER, as sent: signature, encryption, authorities
  // Whether the server's signature over its key exchange fits its signature certificate; nullopt when none came or the certificate holds no SM2
  // key. The handshake goes on either way.
  virtual std::optional<bool> key_exchange_signed() const = 0;
  virtual bool certificate_requested() const = 0;
  virtual const std::vector<std::uint8_t>& requested_types() const = 0;  // 1 RSA, 64 SM2, 80 IBC
  virtual const std::vector<Bytes>& requested_authorities() const = 0;   // DER names
  virtual std::optional<int> alert() const = 0;                          // the last one received, close_notify included
  // Reads until data comes, which is not lost. The server's Finished already says that it took our certificate or the lack of it; some refuse
  // only now. Errors: as of finished(); closed when the server ends; timeout when it stays quiet.
  virtual Result<void> await_reaction(Deadline deadline) = 0;
};

}  // namespace lintel::net
