// The client's first words in SSL, TLS, DTLS and TLCP, as bytes. Pure; OpenSSL has no part in it, because
// Debian's speaks neither SSL 2.0 nor SSL 3.0 nor TLCP.
//
// Record (RFC 8446 5.1): u8 type, u16 version, u16 length, payload. Handshake message: u8 type, u24 length, body.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "probes/tls/version.h"

namespace lintel::probes::tls {

// Whether a TLS 1.3 hello brings key shares, of those groups offered that key_share.h has one for. Without any the server
// must answer HelloRetryRequest, which costs neither side a key exchange; some stacks refuse that, though it is legal
// (RFC 8446 4.2.8).
enum class KeyShares { none, usual };

// Extensions by number: session ticket, extended master secret, encrypt-then-MAC, heartbeat, stapled status, certificate
// transparency, ALPN; and compression by DEFLATE, which is none.
inline constexpr std::uint16_t kTicket = 35, kMasterSecret = 23, kEncryptThenMac = 22, kHeartbeat = 15, kStapledStatus = 5, kTransparency = 18, kAlpn = 16, kDeflate = 0xFFFF;
inline constexpr std::uint16_t kFeatures[] = {kTicket, kMasterSecret, kEncryptThenMac, kHeartbeat, kStapledStatus, kTransparency, kAlpn, kDeflate};

struct Hello {
  Version version = Version::tls1_2;  // not ssl2
  std::vector<std::uint16_t> suites;
  std::string server_name;  // a DNS name, or empty: address literals must not be sent (RFC 6066 3)
  std::array<std::uint8_t, 32> random{};
  KeyShares key_shares = KeyShares::none;
  std::vector<std::uint16_t> groups = {};   // empty: all that we know; up to TLS 1.2 without prime fields
  std::vector<std::uint16_t> schemes = {};  // signature schemes; empty: all that we know
  // The schemes are of the server's key alone: those who signed its certificates may have any (signature_algorithms_cert, RFC 8446 4.2.3).
  bool any_issuer = false;
  // Asks besides for what a server may have, of kFeatures. In a hello of its own, since some stacks break off on one of them.
  std::vector<std::uint16_t> features = {};
  bool fallback = false;  // says that it comes down from a higher version (RFC 7507)
  Bytes cookie = {};      // DTLS: of HelloVerifyRequest
};

// The body of ClientHello, without any header.
Bytes hello_body(const Hello& hello);
// One TLS or TLCP record with the whole message. SSL 3.0 and TLCP have no extensions; SSL 3.0 adds the
// renegotiation signalling suite 0x00FF.
Bytes encode_hello(const Hello& hello);

// u16 0x8000 | length; u8 1; u16 0x0002; u16 size of suites, of session id, of challenge; suites of three
// bytes each; challenge.
Bytes encode_ssl2_hello(std::span<const std::uint8_t, 16> challenge);

// Alert record of the version. Warning close_notify (RFC 8446 6.1) said before closing frees devices that hold
// one connection.
Bytes encode_alert(Version version, std::uint8_t level, std::uint8_t description);
Bytes encode_close_notify(Version version);

}  // namespace lintel::probes::tls
