// What a server says in answer to one hello, decoded from bytes. Pure.
//
// Records may hold several handshake messages and a message may span records. An SSL 2.0 record starts with
// u16 0x8000 | length instead.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace lintel::probes::tls {

enum class Seen {
  nothing,      // no bytes yet
  more_needed,  // TLS so far, but no hello or alert is whole
  server_hello,
  hello_verify,  // DTLS: asks to say the hello again with a cookie
  alert,
  not_tls,    // some other protocol
  malformed,  // TLS records with a broken hello inside
};

// Of ServerKeyExchange, as far as it is understood; 0 where it says nothing.
struct ServerKey {
  std::uint16_t group = 0;   // named group of ECDHE
  int dh_bits = 0;           // of the prime
  int rsa_bits = 0;          // of the temporary key of export suites
  std::uint16_t scheme = 0;  // signature scheme; from TLS 1.2 on
};

struct Reply {
  Seen seen = Seen::nothing;
  std::uint16_t record_version = 0;  // of the first record
  std::uint16_t version = 0;         // negotiated: of supported_versions when that is there, else of the ServerHello
  std::uint16_t suite = 0;
  std::uint8_t compression = 0;
  std::uint16_t group = 0;     // of key_share; 0 when none
  bool retry_request = false;  // HelloRetryRequest
  Bytes session_id;
  std::vector<std::uint16_t> extensions;  // of ServerHello, in its order
  std::string alpn;
  std::optional<int> alert;  // the first one's description
  std::vector<std::uint32_t> ssl2_suites;
  std::vector<Bytes> certificates;  // DER, as sent; up to TLS 1.2
  bool certificate_seen = false;    // the message was there, perhaps with an empty list
  ServerKey key;
  bool certificate_requested = false;
  std::vector<std::uint8_t> certificate_types;
  std::vector<Bytes> authorities;  // DER names of CertificateRequest
  bool stapled = false;            // CertificateStatus was sent
  bool done = false;               // ServerHelloDone
  Bytes cookie;                    // of HelloVerifyRequest
  bool flight_ended = false;       // nothing more will come: ServerHelloDone, a TLS 1.3 hello, an alert, an SSL 2.0 hello
  std::string problem;             // why it is malformed
};

inline constexpr std::size_t kReplyCapBytes = 64 << 10;

// Decodes all bytes received so far; to be called again with more. Never looks beyond kReplyCapBytes.
Reply decode_reply(ByteView bytes);
// The same for the answer to an SSL 2.0 hello: an SSL 2.0 SERVER-HELLO or ERROR, or TLS after all.
Reply decode_ssl2_reply(ByteView bytes);

// One whole handshake message of a server's first flight, in order; for DTLS, which frames them otherwise.
void take_message(std::uint8_t type, ByteView body, Reply& reply);

}  // namespace lintel::probes::tls
