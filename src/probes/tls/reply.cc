#include "probes/tls/reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probes/tls/server_key.h"
#include "probes/tls/version.h"

namespace lintel::probes::tls {

namespace {

constexpr std::uint8_t kHelloRequest = 0, kServerHello = 2, kCertificate = 11, kServerKeyExchange = 12, kCertificateRequest = 13,
                       kServerHelloDone = 14, kCertificateStatus = 22;
constexpr std::size_t kRecordCap = (1 << 14) + 2048;

// SHA-256 of "HelloRetryRequest": the random that marks one (RFC 8446 4.1.3).
constexpr std::array<std::uint8_t, 32> kRetryRandom = {
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

void broken(Reply& reply, std::string why) {
  reply.seen = Seen::malformed;
  reply.problem = std::move(why);
  reply.flight_ended = true;
}

void server_hello(ByteView body, Reply& reply) {
  Cursor cursor(body);
  reply.version = cursor.u16();
  const ByteView random = cursor.take(32);
  const ByteView session = cursor.take(cursor.u8());
  reply.session_id.assign(session.begin(), session.end());
  reply.suite = cursor.u16();
  reply.compression = cursor.u8();
  if (cursor.failed()) return broken(reply, "ServerHello is cut short");
  reply.retry_request = std::ranges::equal(random, kRetryRandom);
  if (cursor.remaining() > 0) {
    Cursor list(cursor.take(cursor.u16()));
    while (list.remaining() > 0) {
      const std::uint16_t type = list.u16();
      Cursor content(list.take(list.u16()));
      reply.extensions.push_back(type);
      if (type == 43) reply.version = content.u16();
      if (type == 51) reply.group = content.u16();
      if (type == 16) {
        content.u16();
        reply.alpn = printable(as_text(content.take(content.u8())));
      }
      if (content.failed())
        return broken(reply, fmt::format("extension {} of ServerHello is cut short", type));
    }
    if (list.failed() || cursor.failed()) return broken(reply, "extensions of ServerHello are cut short");
  }
  reply.seen = Seen::server_hello;
  if (reply.version >= 0x0304 && reply.version < 0x0400) reply.flight_ended = true;  // the rest is encrypted
}

void certificate(ByteView body, Reply& reply) {
  reply.certificate_seen = true;
  Cursor cursor(body);
  Cursor list(cursor.take(cursor.u24()));
  std::vector<Bytes> found;
  while (list.remaining() > 0 && found.size() < 32) {
    const ByteView der = list.take(list.u24());
    found.emplace_back(der.begin(), der.end());
  }
  if (list.failed() || cursor.failed())
    reply.problem = "Certificate message is cut short";
  else if (reply.certificates.empty())
    reply.certificates = std::move(found);
}

void certificate_request(ByteView body, Reply& reply) {
  reply.certificate_requested = true;
  Cursor cursor(body);
  const ByteView types = cursor.take(cursor.u8());
  reply.certificate_types.assign(types.begin(), types.end());
  if (reply.version == 0x0303 || reply.version == 0xFEFD) cursor.take(cursor.u16());  // signature schemes
  Cursor names(cursor.take(cursor.u16()));
  while (names.remaining() > 0 && reply.authorities.size() < 64) {
    const ByteView name = names.take(names.u16());
    if (!names.failed()) reply.authorities.emplace_back(name.begin(), name.end());
  }
  if (names.failed() || cursor.failed()) reply.problem = "CertificateRequest is cut short";
}

// More than is waited for. A ServerHello before it still says what it says.
void oversized(Reply& reply, std::size_t size) {
  std::string why = fmt::format("handshake message of {} bytes", size);
  if (reply.seen != Seen::server_hello) return broken(reply, std::move(why));
  reply.problem = std::move(why);
  reply.flight_ended = true;
}

// Whole handshake messages only; what is incomplete waits for more records.
void handshake_messages(ByteView bytes, Reply& reply) {
  Cursor cursor(bytes);
  while (cursor.remaining() >= 4 && reply.seen != Seen::malformed && !reply.flight_ended) {
    const std::uint8_t type = cursor.u8();
    const std::uint32_t size = cursor.u24();
    if (size > kReplyCapBytes) return oversized(reply, size);
    if (size > cursor.remaining()) return;
    take_message(type, cursor.take(size), reply);
  }
}

// Junk after a whole ServerHello does not undo it.
Reply end_at_junk(ByteView handshake, Reply reply, std::string why) {
  handshake_messages(handshake, reply);
  if (reply.seen != Seen::server_hello)
    broken(reply, std::move(why));
  else if (reply.problem.empty())
    reply.problem = std::move(why);
  reply.flight_ended = true;
  return reply;
}

bool is_record_version(std::uint16_t version) {
  return (version >> 8) == 3 || version == 0x0101;  // 0x0101: GB/T 38636
}

void ssl2_server_hello(Cursor cursor, Reply& reply) {
  cursor.u8();  // session id hit
  cursor.u8();  // certificate type
  const std::uint16_t version = cursor.u16();
  const std::size_t certificate_size = cursor.u16(), suites_size = cursor.u16(),
                    connection_size = cursor.u16();
  const ByteView der = cursor.take(certificate_size);
  Cursor suites(cursor.take(suites_size));
  cursor.take(connection_size);
  if (cursor.failed()) return broken(reply, "SSL 2.0 SERVER-HELLO is cut short");
  while (suites.remaining() >= 3) reply.ssl2_suites.push_back(suites.u24());
  if (!der.empty()) reply.certificates.emplace_back(der.begin(), der.end());
  reply.version = version;
  reply.seen = Seen::server_hello;
  reply.flight_ended = true;
}

}  // namespace

Reply decode_reply(ByteView bytes) {
  bytes = bytes.first(std::min(bytes.size(), kReplyCapBytes));
  Reply reply;
  if (bytes.empty()) return reply;
  reply.seen = Seen::more_needed;
  Cursor records(bytes);
  Bytes handshake;
  bool first = true;
  while (records.remaining() >= 3) {
    const std::uint8_t type = records.u8();
    const std::uint16_t version = records.u16();
    if (type < 20 || type > 24 || !is_record_version(version)) {
      if (!first) return end_at_junk(handshake, std::move(reply), "what follows the first record is none");
      reply.seen = Seen::not_tls;
      reply.flight_ended = true;
      return reply;
    }
    if (first) reply.record_version = version;
    first = false;
    if (records.remaining() < 2) break;
    const std::uint16_t size = records.u16();
    if (size > kRecordCap)
      return end_at_junk(handshake, std::move(reply), fmt::format("record of {} bytes", size));
    const bool whole = records.remaining() >= size;
    Cursor payload(records.take(std::min<std::size_t>(size, records.remaining())));
    if (type == kHandshakeRecord) {
      const ByteView piece = payload.take(payload.remaining());
      handshake.insert(handshake.end(), piece.begin(), piece.end());
    } else if (type == kAlertRecord && whole) {
      const int level = payload.u8(), description = payload.u8();
      if (payload.failed()) return end_at_junk(handshake, std::move(reply), "alert is cut short");
      if (!reply.alert) reply.alert = description;
      // A warning before the hello (unrecognized_name, 112) is no refusal, except for close_notify.
      if (level == 1 && description != 0) continue;
      handshake_messages(handshake, reply);
      if (reply.seen == Seen::more_needed) reply.seen = Seen::alert;
      reply.flight_ended = true;
      return reply;
    }
    if (!whole) break;
  }
  if (bytes.size() < 3 && (bytes[0] < 20 || bytes[0] > 24)) reply.seen = Seen::not_tls;
  handshake_messages(handshake, reply);
  return reply;
}

void take_message(std::uint8_t type, ByteView body, Reply& reply) {
  if (reply.seen != Seen::server_hello) {
    if (type == kHelloRequest) return;  // may come at any time
    if (type != kServerHello) return broken(reply, fmt::format("handshake message {} where ServerHello was due", type));
    return server_hello(body, reply);
  }
  switch (type) {
    case kCertificate: return certificate(body, reply);
    case kServerKeyExchange: reply.key = read_server_key(body, reply.version, reply.suite); return;
    case kCertificateRequest: return certificate_request(body, reply);
    case kServerHelloDone: reply.done = reply.flight_ended = true; return;
    case kCertificateStatus: reply.stapled = true; return;
    default: return;
  }
}

Reply decode_ssl2_reply(ByteView bytes) {
  bytes = bytes.first(std::min(bytes.size(), kReplyCapBytes));
  if (bytes.empty() || (bytes[0] & 0x80) == 0) return decode_reply(bytes);
  Cursor cursor(bytes);
  const std::size_t size = cursor.u16() & 0x7FFFU;
  Reply reply;
  const std::uint8_t type = cursor.u8();
  if (cursor.failed() || (type == 4 && cursor.remaining() + 1 < size)) {
    reply.seen = Seen::more_needed;
  } else if (type == 4) {
    ssl2_server_hello(Cursor(cursor.take(size == 0 ? 0 : size - 1)), reply);
    if (reply.seen == Seen::server_hello && reply.version != 0x0002)
      broken(reply, fmt::format("SSL 2.0 SERVER-HELLO of version {:#06x}", reply.version));
  } else if (type == 0 && size == 3 && cursor.remaining() >= 2) {  // ERROR
    reply.seen = Seen::alert;
    reply.alert = cursor.u16();
    reply.flight_ended = true;
  } else if (type == 0 && size == 3) {
    reply.seen = Seen::more_needed;
  } else {
    reply.seen = Seen::not_tls;
    reply.flight_ended = true;
  }
  return reply;
}

}  // namespace lintel::probes::tls
