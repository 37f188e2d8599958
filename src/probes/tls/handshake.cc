#include "probes/tls/handshake.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.h"

namespace lintel::probes::tls {

namespace {

constexpr std::uint8_t kAlert = 21, kHandshake = 22;
constexpr std::size_t kRecordCap = (1 << 14) + 2048;

// SHA-256 of "HelloRetryRequest": the random that marks one (RFC 8446 4.1.3).
constexpr std::array<std::uint8_t, 32> kRetryRandom = {
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

// Named groups: X25519, NIST, X448, Brainpool, curveSM2, finite field; old curves for old devices. Offered
// although we can't compute most of them: no key exchange is ever finished with these hellos.
constexpr std::uint16_t kGroups[] = {29,  23, 24, 25, 30, 26, 27, 28, 41, 256, 257, 258, 259,
                                     260, 21, 19, 22, 20, 18, 17, 14, 13, 12,  11,  10,  9};
constexpr std::uint16_t kHybridGroups[] = {4588, 4587,
                                           4589};  // X25519MLKEM768, SecP256r1MLKEM768, SecP384r1MLKEM1024
constexpr std::uint16_t kSignatureSchemes[] = {0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501,
                                               0x0601, 0x0807, 0x0808, 0x0708, 0x0809, 0x080A, 0x080B, 0x0303,
                                               0x0301, 0x0203, 0x0201, 0x0402, 0x0502, 0x0202, 0x0101};

// Writes what `body` writes, with its length in front.
void sized(Bytes& out, std::size_t length_size, const std::function<void(Bytes&)>& body) {
  Bytes inner;
  body(inner);
  append_number(out, inner.size(), length_size);
  out.insert(out.end(), inner.begin(), inner.end());
}

void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void extension(Bytes& out, std::uint16_t type, const std::function<void(Bytes&)>& body) {
  append_number(out, type, 2);
  sized(out, 2, body);
}

void numbers(Bytes& out, std::span<const std::uint16_t> values) {
  for (const std::uint16_t value : values) append_number(out, value, 2);
}

void key_shares(Bytes& out, const Hello& hello) {
  if (hello.key_shares == KeyShares::none) return;
  // Any 32 bytes are an X25519 key.
  append_number(out, 29, 2);
  sized(out, 2, [&](Bytes& key) { append(key, hello.random); });
}

void extensions(Bytes& out, const Hello& hello) {
  const bool tls13 = hello.version == Version::tls1_3;
  if (!hello.server_name.empty())
    extension(out, 0, [&](Bytes& body) {
      sized(body, 2, [&](Bytes& list) {
        list.push_back(0);
        sized(list, 2, [&](Bytes& name) { append(name, as_bytes(hello.server_name)); });
      });
    });
  if (!tls13) extension(out, 0xFF01, [](Bytes& body) { body.push_back(0); });
  extension(out, 10, [&](Bytes& body) {
    sized(body, 2, [&](Bytes& list) {
      numbers(list, kGroups);
      if (tls13) numbers(list, kHybridGroups);
    });
  });
  if (!tls13) extension(out, 11, [](Bytes& body) { append(body, std::array<std::uint8_t, 2>{1, 0}); });
  if (hello.version >= Version::tls1_2)
    extension(out, 13,
              [](Bytes& body) { sized(body, 2, [](Bytes& list) { numbers(list, kSignatureSchemes); }); });
  if (!tls13) return;
  extension(out, 43, [](Bytes& body) { append(body, std::array<std::uint8_t, 3>{2, 0x03, 0x04}); });
  extension(out, 51, [&](Bytes& body) { sized(body, 2, [&](Bytes& list) { key_shares(list, hello); }); });
}

void broken(Reply& reply, std::string why) {
  reply.seen = Seen::malformed;
  reply.problem = std::move(why);
  reply.flight_ended = true;
}

void server_hello(ByteView body, Reply& reply) {
  Cursor cursor(body);
  reply.version = cursor.u16();
  const ByteView random = cursor.take(32);
  cursor.take(cursor.u8());  // session id
  reply.suite = cursor.u16();
  reply.compression = cursor.u8();
  if (cursor.failed()) return broken(reply, "ServerHello is cut short");
  reply.retry_request = std::ranges::equal(random, kRetryRandom);
  if (cursor.remaining() > 0) {
    Cursor list(cursor.take(cursor.u16()));
    while (list.remaining() > 0) {
      const std::uint16_t type = list.u16();
      Cursor content(list.take(list.u16()));
      if (type == 43) reply.version = content.u16();
      if (type == 51) reply.group = content.u16();
      if (content.failed())
        return broken(reply, fmt::format("extension {} of ServerHello is cut short", type));
    }
    if (list.failed() || cursor.failed()) return broken(reply, "extensions of ServerHello are cut short");
  }
  reply.seen = Seen::server_hello;
  if (reply.version >= 0x0304) reply.flight_ended = true;  // the rest is encrypted
}

void certificate(ByteView body, Reply& reply) {
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

// Whole handshake messages only; what is incomplete waits for more records.
void handshake_messages(ByteView bytes, Reply& reply) {
  Cursor cursor(bytes);
  while (cursor.remaining() >= 4 && reply.seen != Seen::malformed && !reply.flight_ended) {
    const std::uint8_t type = cursor.u8();
    const std::uint32_t size = cursor.u24();
    if (size > kReplyCapBytes) return broken(reply, fmt::format("handshake message of {} bytes", size));
    if (size > cursor.remaining()) return;
    const ByteView body = cursor.take(size);
    if (reply.seen != Seen::server_hello) {
      if (type == 0) continue;  // HelloRequest may come at any time
      if (type != 2)
        return broken(reply, fmt::format("handshake message {} where ServerHello was due", type));
      server_hello(body, reply);
    } else if (type == 11) {
      certificate(body, reply);
    } else if (type == 13) {
      reply.certificate_requested = true;
    } else if (type == 14) {
      reply.flight_ended = true;
    }
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
  return (version >> 8) == 3 || version == 0x0101;
}  // 0x0101: GB/T 38636

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

std::uint16_t wire_version(Version version) {
  return version == Version::ssl2 ? 0x0002
                                  : static_cast<std::uint16_t>(0x0300 + static_cast<int>(version) -
                                                               static_cast<int>(Version::ssl3));
}

std::optional<Version> version_of(std::uint16_t wire) {
  for (const Version version : kVersions)
    if (wire_version(version) == wire) return version;
  return std::nullopt;
}

Bytes encode_hello(const Hello& hello) {
  const bool ssl3 = hello.version == Version::ssl3;
  const std::uint16_t client_version = std::min<std::uint16_t>(wire_version(hello.version), 0x0303);
  Bytes record;
  record.push_back(kHandshake);
  append_number(record, ssl3 ? 0x0300 : 0x0301, 2);
  sized(record, 2, [&](Bytes& message) {
    message.push_back(1);
    sized(message, 3, [&](Bytes& body) {
      append_number(body, client_version, 2);
      append(body, hello.random);
      // A session id in TLS 1.3 makes it look like 1.2 to boxes on the way (RFC 8446 D.4).
      const bool compatible = hello.version == Version::tls1_3;
      sized(body, 1,
            [&](Bytes& session) { append(session, compatible ? ByteView(hello.random) : ByteView()); });
      sized(body, 2, [&](Bytes& suites) {
        numbers(suites, hello.suites);
        if (ssl3) append_number(suites, 0x00FF, 2);
      });
      append(body, std::array<std::uint8_t, 2>{1, 0});  // no compression
      if (!ssl3) sized(body, 2, [&](Bytes& list) { extensions(list, hello); });
    });
  });
  return record;
}

Bytes encode_ssl2_hello(std::span<const std::uint8_t, 16> challenge) {
  Bytes body{1, 0x00, 0x02};
  append_number(body, std::size(kSsl2Suites) * 3, 2);
  append_number(body, 0, 2);
  append_number(body, challenge.size(), 2);
  for (const Ssl2Suite& suite : kSsl2Suites) append_number(body, suite.code, 3);
  append(body, challenge);
  Bytes record;
  append_number(record, 0x8000U | body.size(), 2);
  append(record, body);
  return record;
}

Bytes encode_close_notify(Version version) {
  Bytes record{kAlert};
  append_number(record, version == Version::ssl3 ? 0x0300 : 0x0303, 2);
  append(record, std::array<std::uint8_t, 4>{0, 2, 1, 0});
  return record;
}

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
    first = false;
    if (records.remaining() < 2) break;
    const std::uint16_t size = records.u16();
    if (size > kRecordCap)
      return end_at_junk(handshake, std::move(reply), fmt::format("record of {} bytes", size));
    const bool whole = records.remaining() >= size;
    Cursor payload(records.take(std::min<std::size_t>(size, records.remaining())));
    if (type == kHandshake) {
      append(handshake, payload.take(payload.remaining()));
    } else if (type == kAlert && whole) {
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

std::string_view name_protocol(ByteView bytes) {
  const std::string_view text = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 1024)));
  const std::string lower = to_lower(text);
  if (text.starts_with("HTTP/") || lower.starts_with("<!doc") || lower.starts_with("<html")) return "http";
  if (text.starts_with("SSH-")) return "ssh";
  if (text.starts_with("RTSP/")) return "rtsp";
  if (text.starts_with("AMQP")) return "amqp";
  if (text.starts_with("+OK")) return "pop3";
  if (text.starts_with("* OK")) return "imap";
  if (text.starts_with("-ERR") || text.starts_with("-NOAUTH") || text.starts_with("-DENIED")) return "redis";
  if (text.starts_with("RFB ")) return "vnc";
  if (text.starts_with("220") && lower.find("ftp") != std::string::npos) return "ftp";
  if (text.starts_with("220") && lower.find("smtp") != std::string::npos) return "smtp";
  if (bytes.size() >= 2 && bytes[0] == 0xFF && bytes[1] >= 0xFA) return "telnet";
  if (bytes.size() >= 4 && bytes[0] == 0x20 && bytes[1] >= 2 && bytes[1] < 128) return "mqtt";  // CONNACK
  return "other";
}

std::string alert_name(int description) {
  switch (description) {
    case 0:
      return "close_notify";
    case 10:
      return "unexpected_message";
    case 20:
      return "bad_record_mac";
    case 22:
      return "record_overflow";
    case 40:
      return "handshake_failure";
    case 41:
      return "no_certificate";
    case 42:
      return "bad_certificate";
    case 43:
      return "unsupported_certificate";
    case 46:
      return "certificate_unknown";
    case 47:
      return "illegal_parameter";
    case 48:
      return "unknown_ca";
    case 49:
      return "access_denied";
    case 50:
      return "decode_error";
    case 51:
      return "decrypt_error";
    case 70:
      return "protocol_version";
    case 71:
      return "insufficient_security";
    case 80:
      return "internal_error";
    case 86:
      return "inappropriate_fallback";
    case 90:
      return "user_canceled";
    case 109:
      return "missing_extension";
    case 110:
      return "unsupported_extension";
    case 112:
      return "unrecognized_name";
    case 116:
      return "certificate_required";
    case 120:
      return "no_application_protocol";
    default:
      return fmt::format("alert {}", description);
  }
}

}  // namespace lintel::probes::tls
