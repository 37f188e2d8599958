// Handshake messages of TLCP (GB/T 38636-2020 6.4): u8 type, u24 length, body; a message may span records, and a record may hold several.
// Encodes what a client says, decodes what a server says. Everything decoded is hostile: bounded, errors are `protocol`. Pure.
#pragma once
#include <array>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "net/tlcp_keys.h"

namespace lintel::net::tlcp {

enum class MessageType : std::uint8_t {
  hello_request = 0,
  client_hello = 1,
  server_hello = 2,
  certificate = 11,
  server_key_exchange = 12,
  certificate_request = 13,
  server_hello_done = 14,
  certificate_verify = 15,
  client_key_exchange = 16,
  finished = 20,
};

inline constexpr std::size_t kMessageHeaderBytes = 4;
inline constexpr std::size_t kMessageCapBytes = 128 << 10;  // a certificate request may hold 64 KiB of names
inline constexpr std::size_t kCertificateCap = 32;

Bytes encode_message(MessageType type, ByteView body);
// u16 version, 32 bytes random, u8 session id (empty), u16 suites, u8 compression (none); no extensions: some servers stop at them.
Bytes encode_client_hello(ByteView random, const std::vector<std::uint16_t>& suites);
// u24 size of the list, then each with its u24 size; both in the server's order: signature, encryption, authorities.
Bytes encode_certificates(const std::vector<Bytes>& chain);
Bytes encode_vector16(ByteView bytes);  // u16 size, bytes
// u8 3 (named curve), u16 41 (SM2), u8 size, point.
Bytes encode_point(ByteView point);

// Puts messages together from the contents of handshake records.
class MessageReader {
 public:
  void add(ByteView content) { pending_.insert(pending_.end(), content.begin(), content.end()); }
  // The next whole message, header included; nullopt when there is more to come. Errors: protocol (longer than kMessageCapBytes).
  Result<std::optional<Bytes>> next();
  bool empty() const { return pending_.empty(); }

 private:
  Bytes pending_;
};

struct ServerHello {
  std::uint16_t version = 0, suite = 0;
  std::array<std::uint8_t, kRandomBytes> random{};
};
Result<ServerHello> decode_server_hello(ByteView body);

Result<std::vector<Bytes>> decode_certificates(ByteView body);

// With ECC just u16 size and signature; with ECDHE the point before it. What is signed: both randoms, then with ECC u24 size and encryption
// certificate, with ECDHE curve and point as sent.
struct ServerKeyExchange {
  Bytes parameters, point;  // ECDHE: curve and point as sent; the point alone
  Bytes signature;          // DER
};
Result<ServerKeyExchange> decode_server_key_exchange(KeyExchange kind, ByteView body);
Bytes signed_by_server(KeyExchange kind, ByteView client_random, ByteView server_random, ByteView encrypt_certificate, ByteView parameters);

struct CertificateRequest {
  std::vector<std::uint8_t> types;  // 1 RSA, 64 SM2, 80 IBC
  std::vector<Bytes> authorities;   // DER names
};
Result<CertificateRequest> decode_certificate_request(ByteView body);

}  // namespace lintel::net::tlcp
