// The first words of SSL and TLS, as bytes: encodes one hello of each version and decodes what came back.
// Pure; OpenSSL has no part in it, because Debian's speaks neither SSL 2.0 nor SSL 3.0.
//
// Record (RFC 8446 5.1): u8 type, u16 version, u16 length, payload. Handshake message: u8 type, u24 length,
// body; it may span records, and a record may hold several. An SSL 2.0 record starts with u16 0x8000 | length
// instead; see encode_ssl2_hello.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

std::uint16_t wire_version(Version version);  // 0x0002, 0x0300 .. 0x0304
std::optional<Version> version_of(std::uint16_t wire);

// Whether a TLS 1.3 hello brings key shares. Without one the server must answer HelloRetryRequest, which
// costs neither side a key exchange; some stacks refuse that, though it is legal (RFC 8446 4.2.8).
enum class KeyShares { none, usual };

struct Hello {
  Version version = Version::tls1_2;  // ssl3 .. tls1_3
  std::vector<std::uint16_t> suites;
  std::string server_name;  // a DNS name, or empty: address literals must not be sent (RFC 6066 3)
  std::array<std::uint8_t, 32> random{};
  KeyShares key_shares = KeyShares::none;
};

// One record. SSL 3.0 has no extensions, but the renegotiation signalling suite 0x00FF.
Bytes encode_hello(const Hello& hello);

// u16 0x8000 | length; u8 1; u16 0x0002; u16 size of suites, of session id, of challenge; suites of three
// bytes each; challenge.
Bytes encode_ssl2_hello(std::span<const std::uint8_t, 16> challenge);

// Warning close_notify (RFC 8446 6.1): said before closing, it frees devices that hold one connection.
Bytes encode_close_notify(Version version);

enum class Seen {
  nothing,      // no bytes yet
  more_needed,  // TLS so far, but no hello or alert is whole
  server_hello,
  alert,
  not_tls,    // some other protocol
  malformed,  // TLS records with a broken hello inside
};

// What a server said in answer to one hello.
struct Reply {
  Seen seen = Seen::nothing;
  std::uint16_t version = 0;  // negotiated: of supported_versions when that is there, else of the ServerHello
  std::uint16_t suite = 0;
  std::uint8_t compression = 0;
  std::uint16_t group = 0;     // of key_share; 0 when none
  bool retry_request = false;  // HelloRetryRequest
  std::optional<int> alert;    // the first one's description
  std::vector<std::uint32_t> ssl2_suites;
  std::vector<Bytes> certificates;  // DER, as sent; up to TLS 1.2
  bool certificate_requested = false;
  bool flight_ended =
      false;  // nothing more will come: ServerHelloDone, a TLS 1.3 hello, an alert, an SSL 2.0 hello
  std::string problem;  // why it is malformed
};

inline constexpr std::size_t kReplyCapBytes = 64 << 10;

// Decodes all bytes received so far; to be called again with more. Never looks beyond kReplyCapBytes.
Reply decode_reply(ByteView bytes);
// The same for the answer to an SSL 2.0 hello: an SSL 2.0 SERVER-HELLO or ERROR, or TLS after all.
Reply decode_ssl2_reply(ByteView bytes);

// "http", "ssh", "mqtt", "telnet"...: what the first bytes of something that is not TLS look like; "other"
// when nothing fits.
std::string_view name_protocol(ByteView bytes);

// "handshake_failure" for 40; "alert 200" for a number without a name.
std::string alert_name(int description);

}  // namespace lintel::probes::tls
