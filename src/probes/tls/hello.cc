#include "probes/tls/hello.h"

#include <algorithm>
#include <functional>

#include "probes/tls/groups.h"
#include "probes/tls/key_share.h"
#include "probes/tls/suite_traits.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

constexpr std::uint16_t kFallbackSuite = 0x5600, kRenegotiationSuite = 0x00FF;

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

std::vector<std::uint16_t> groups_of(const Hello& hello) {
  if (!hello.groups.empty()) return hello.groups;
  if (hello.version == Version::tls1_3) return all_group_codes();
  return group_codes(std::ranges::all_of(hello.suites, [](std::uint16_t code) { return traits_of(code).psk; }) ? Primes::with : Primes::without);
}

void all_schemes(Bytes& out) {
  for (const Scheme& scheme : known_schemes()) append_number(out, scheme.code, 2);
}

void schemes(Bytes& out, const Hello& hello) { hello.schemes.empty() ? all_schemes(out) : numbers(out, hello.schemes); }

void key_shares(Bytes& out, const Hello& hello) {
  if (hello.key_shares == KeyShares::none) return;
  for (const std::uint16_t group : groups_of(hello)) {
    if (!has_key_share(group)) continue;
    append_number(out, group, 2);
    sized(out, 2, [&](Bytes& key) { append(key, key_share(group, hello.random)); });
  }
}

void feature(Bytes& out, std::uint16_t type) {
  if (type == kDeflate) return;
  extension(out, type, [&](Bytes& body) {
    if (type == kHeartbeat) body.push_back(1);  // both ways
    if (type == kStapledStatus) append(body, std::array<std::uint8_t, 5>{1, 0, 0, 0, 0});  // OCSP
    if (type == kAlpn)
      sized(body, 2, [](Bytes& list) {
        for (const std::string_view name : {"h2", "http/1.1", "mqtt", "coap"}) sized(list, 1, [&](Bytes& one) { append(one, as_bytes(name)); });
      });
  });
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
  extension(out, 10, [&](Bytes& body) { sized(body, 2, [&](Bytes& list) { numbers(list, groups_of(hello)); }); });
  if (!tls13) extension(out, 11, [](Bytes& body) { append(body, std::array<std::uint8_t, 2>{1, 0}); });
  if (tls13 || like_tls12(hello.version))
    extension(out, 13, [&](Bytes& body) { sized(body, 2, [&](Bytes& list) { schemes(list, hello); }); });
  if (hello.any_issuer) extension(out, 50, [](Bytes& body) { sized(body, 2, all_schemes); });
  for (const std::uint16_t type : hello.features) feature(out, type);
  if (!tls13) return;
  extension(out, 43, [](Bytes& body) { append(body, std::array<std::uint8_t, 3>{2, 0x03, 0x04}); });
  extension(out, 51, [&](Bytes& body) { sized(body, 2, [&](Bytes& list) { key_shares(list, hello); }); });
}

// What stands in front of records: the oldest version that everybody reads.
std::uint16_t record_version(Version version) {
  switch (version) {
    case Version::ssl3: return 0x0300;
    case Version::tlcp1_1: return 0x0101;
    case Version::dtls1_0:
    case Version::dtls1_2: return 0xFEFF;
    default: return 0x0301;
  }
}

}  // namespace

Bytes hello_body(const Hello& hello) {
  Bytes body;
  append_number(body, hello.version == Version::tls1_3 ? 0x0303 : wire_version(hello.version), 2);
  append(body, hello.random);
  // A session id in TLS 1.3 makes it look like 1.2 to boxes on the way (RFC 8446 D.4).
  sized(body, 1, [&](Bytes& session) { append(session, hello.version == Version::tls1_3 ? ByteView(hello.random) : ByteView()); });
  if (is_dtls(hello.version)) sized(body, 1, [&](Bytes& cookie) { append(cookie, hello.cookie); });
  sized(body, 2, [&](Bytes& suites) {
    numbers(suites, hello.suites);
    if (hello.version == Version::ssl3) append_number(suites, kRenegotiationSuite, 2);
    if (hello.fallback) append_number(suites, kFallbackSuite, 2);
  });
  sized(body, 1, [&](Bytes& compressions) {
    if (std::ranges::find(hello.features, kDeflate) != hello.features.end()) compressions.push_back(1);
    compressions.push_back(0);
  });
  if (has_extensions(hello.version)) sized(body, 2, [&](Bytes& list) { extensions(list, hello); });
  return body;
}

Bytes encode_hello(const Hello& hello) {
  Bytes record;
  record.push_back(kHandshakeRecord);
  append_number(record, record_version(hello.version), 2);
  sized(record, 2, [&](Bytes& message) {
    message.push_back(1);
    sized(message, 3, [&](Bytes& body) { body = hello_body(hello); });
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

Bytes encode_alert(Version version, std::uint8_t level, std::uint8_t description) {
  Bytes record{kAlertRecord};
  const bool old = version == Version::ssl3 || version == Version::tlcp1_1;
  append_number(record, old ? record_version(version) : 0x0303, 2);
  append(record, std::array<std::uint8_t, 4>{0, 2, level, description});
  return record;
}

Bytes encode_close_notify(Version version) { return encode_alert(version, 1, 0); }

}  // namespace lintel::probes::tls
