#include "net/tlcp_messages.h"

#include <algorithm>

namespace lintel::net::tlcp {

namespace {

constexpr std::uint8_t kNamedCurve = 3;
constexpr std::uint16_t kCurveSm2 = 41;

Bytes copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
tl::unexpected<Error> malformed(const char* what) { return fail(ErrorCode::protocol, "malformed {}", what); }

}  // namespace

Bytes encode_message(MessageType type, ByteView body) {
  Bytes out{static_cast<std::uint8_t>(type)};
  append_number(out, body.size(), 3);
  append(out, body);
  return out;
}

Bytes encode_client_hello(ByteView random, const std::vector<std::uint16_t>& suites) {
  Bytes body;
  append_number(body, kVersion, 2);
  append(body, random);
  body.push_back(0);
  append_number(body, suites.size() * 2, 2);
  for (const std::uint16_t suite : suites) append_number(body, suite, 2);
  append(body, Bytes{1, 0});
  return encode_message(MessageType::client_hello, body);
}

Bytes encode_certificates(const std::vector<Bytes>& chain) {
  Bytes list, body;
  for (const Bytes& certificate : chain) {
    append_number(list, certificate.size(), 3);
    append(list, certificate);
  }
  append_number(body, list.size(), 3);
  append(body, list);
  return encode_message(MessageType::certificate, body);
}

Bytes encode_vector16(ByteView bytes) {
  Bytes out;
  append_number(out, bytes.size(), 2);
  append(out, bytes);
  return out;
}

Bytes encode_point(ByteView point) {
  Bytes out{kNamedCurve};
  append_number(out, kCurveSm2, 2);
  append_number(out, point.size(), 1);
  append(out, point);
  return out;
}

Result<std::optional<Bytes>> MessageReader::next() {
  if (pending_.size() < kMessageHeaderBytes) return std::optional<Bytes>();
  const std::size_t size = Cursor(ByteView(pending_).subspan(1)).u24();
  if (size > kMessageCapBytes) return fail(ErrorCode::protocol, "a handshake message of {} bytes", size);
  if (pending_.size() < kMessageHeaderBytes + size) return std::optional<Bytes>();
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(kMessageHeaderBytes + size);
  std::optional<Bytes> message(std::in_place, pending_.begin(), end);
  pending_.erase(pending_.begin(), end);
  return message;
}

Result<ServerHello> decode_server_hello(ByteView body) {
  Cursor cursor(body);
  ServerHello hello;
  hello.version = cursor.u16();
  const ByteView random = cursor.take(kRandomBytes);
  const std::size_t session_size = cursor.u8();
  cursor.take(session_size);
  hello.suite = cursor.u16();
  const std::uint8_t compression = cursor.u8();
  if (cursor.remaining() > 0) cursor.take(cursor.u16());  // extensions, which we did not ask for
  if (!cursor.at_end() || session_size > 32) return malformed("ServerHello");
  if (compression != 0) return fail(ErrorCode::protocol, "compression {}, which was not offered", compression);
  std::copy(random.begin(), random.end(), hello.random.begin());
  return hello;
}

Result<std::vector<Bytes>> decode_certificates(ByteView body) {
  Cursor cursor(body);
  Cursor list(cursor.take(cursor.u24()));
  std::vector<Bytes> chain;
  while (list.remaining() > 0) {
    if (chain.size() == kCertificateCap) return fail(ErrorCode::protocol, "more than {} certificates", kCertificateCap);
    chain.push_back(copy(list.take(list.u24())));
  }
  if (!cursor.at_end() || list.failed()) return malformed("Certificate");
  return chain;
}

Result<ServerKeyExchange> decode_server_key_exchange(KeyExchange kind, ByteView body) {
  Cursor cursor(body);
  ServerKeyExchange out;
  if (kind == KeyExchange::ecdhe) {
    cursor.take(3);  // the standard has them ignored with SM2, and servers write various curves
    out.point = copy(cursor.take(cursor.u8()));
    out.parameters = copy(body.first(body.size() - cursor.remaining()));
  }
  out.signature = copy(cursor.take(cursor.u16()));
  if (!cursor.at_end()) return malformed("ServerKeyExchange");
  return out;
}

Bytes signed_by_server(KeyExchange kind, ByteView client_random, ByteView server_random, ByteView encrypt_certificate, ByteView parameters) {
  Bytes out = copy(client_random);
  append(out, server_random);
  if (kind == KeyExchange::ecc) append_number(out, encrypt_certificate.size(), 3);
  append(out, kind == KeyExchange::ecc ? encrypt_certificate : parameters);
  return out;
}

Result<CertificateRequest> decode_certificate_request(ByteView body) {
  Cursor cursor(body);
  CertificateRequest out;
  out.types = copy(cursor.take(cursor.u8()));
  Cursor names(cursor.take(cursor.u16()));
  while (names.remaining() > 0) out.authorities.push_back(copy(names.take(names.u16())));
  if (!cursor.at_end() || names.failed()) return malformed("CertificateRequest");
  return out;
}

}  // namespace lintel::net::tlcp
