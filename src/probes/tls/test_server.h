// For tests: reads a client's hello and writes what servers answer, byte by byte and without OpenSSL.
#pragma once
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "probes/tls/hello.h"
#include "probes/tls/reply.h"

namespace lintel::probes::tls {

struct ClientHello {
  std::uint16_t record_version = 0, version = 0;
  std::vector<std::uint16_t> suites, extensions, groups, schemes;
  std::string server_name;
  std::size_t key_shares = 0;
  bool ssl2 = false, tls13 = false;
};

inline std::optional<ClientHello> parse_client_hello(ByteView bytes) {
  ClientHello hello;
  Cursor cursor(bytes);
  if (!bytes.empty() && (bytes[0] & 0x80) != 0) {
    cursor.u16();
    hello.ssl2 = cursor.u8() == 1;
    hello.version = cursor.u16();
    if (cursor.failed() || !hello.ssl2) return std::nullopt;
    return hello;
  }
  if (cursor.u8() != 22) return std::nullopt;
  hello.record_version = cursor.u16();
  Cursor record(cursor.take(cursor.u16()));
  if (record.u8() != 1) return std::nullopt;
  Cursor body(record.take(record.u24()));
  hello.version = body.u16();
  body.take(32);
  body.take(body.u8());
  Cursor suites(body.take(body.u16()));
  while (suites.remaining() > 0) hello.suites.push_back(suites.u16());
  body.take(body.u8());
  if (body.remaining() > 0) {
    Cursor list(body.take(body.u16()));
    while (list.remaining() > 0) {
      const std::uint16_t type = list.u16();
      Cursor content(list.take(list.u16()));
      hello.extensions.push_back(type);
      if (type == 0) {
        content.u16();
        content.u8();
        hello.server_name = as_text(content.take(content.u16()));
      }
      if (type == 10 || type == 13) {
        Cursor codes(content.take(content.u16()));
        while (codes.remaining() > 0) (type == 10 ? hello.groups : hello.schemes).push_back(codes.u16());
      }
      if (type == 43) hello.tls13 = content.u8() == 2 && content.u16() == 0x0304;
      if (type == 51) {
        Cursor shares(content.take(content.u16()));
        for (; shares.remaining() > 0; ++hello.key_shares) {
          shares.u16();
          shares.take(shares.u16());
        }
      }
    }
    if (list.failed()) return std::nullopt;
  }
  if (cursor.failed() || record.failed() || body.failed() || !body.at_end() || !cursor.at_end())
    return std::nullopt;
  return hello;
}

inline Bytes record(std::uint8_t type, std::uint16_t version, const Bytes& payload) {
  Bytes out{type};
  append_number(out, version, 2);
  append_number(out, payload.size(), 2);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

inline Bytes message(std::uint8_t type, const Bytes& body) {
  Bytes out{type};
  append_number(out, body.size(), 3);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

inline Bytes server_hello_message(std::uint16_t version, std::uint16_t suite) {
  Bytes body;
  append_number(body, std::min<std::uint16_t>(version, 0x0303), 2);
  static constexpr std::array<std::uint8_t, 32> retry = {
      0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
      0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};
  if (version == 0x0304)
    body.insert(body.end(), retry.begin(), retry.end());
  else
    body.insert(body.end(), 32, 7);
  body.push_back(0);
  append_number(body, suite, 2);
  body.push_back(0);
  if (version == 0x0304)
    for (const int byte : {0, 12, 0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 29})
      body.push_back(static_cast<std::uint8_t>(byte));
  return message(2, body);
}

// ServerHello, and up to TLS 1.2 an empty Certificate, a CertificateRequest if wanted, ServerHelloDone: one
// record each.
inline Bytes flight(std::uint16_t version, std::uint16_t suite, bool request = false) {
  const std::uint16_t on_record = std::min<std::uint16_t>(version, 0x0303);
  Bytes all = record(22, on_record, server_hello_message(version, suite));
  const auto add = [&](const Bytes& bytes) {
    const Bytes made = record(22, on_record, bytes);
    all.insert(all.end(), made.begin(), made.end());
  };
  if (version == 0x0304) return all;
  add(message(11, {0, 0, 0}));
  if (request) add(message(13, {1, 1, 0, 0}));
  add(message(14, {}));
  return all;
}

inline Bytes alert(std::uint8_t description, std::uint16_t version = 0x0303) {
  return record(21, version, {2, description});
}

// SSL 2.0 SERVER-HELLO with a certificate of one byte.
inline Bytes ssl2_server_hello(const std::vector<std::uint32_t>& suites) {
  Bytes body{4, 0, 1, 0, 2};
  append_number(body, 1, 2);
  append_number(body, suites.size() * 3, 2);
  append_number(body, 16, 2);
  body.push_back(0x30);
  for (const auto suite : suites) append_number(body, suite, 3);
  body.insert(body.end(), 16, 9);
  Bytes all;
  append_number(all, 0x8000U | body.size(), 2);
  all.insert(all.end(), body.begin(), body.end());
  return all;
}

}  // namespace lintel::probes::tls
