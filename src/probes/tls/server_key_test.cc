// ServerKeyExchange: which parameters each kind of suite sends, and what is cut, odd or not for us.
#include "probes/tls/server_key.h"

#include <doctest/doctest.h>

#include "probes/tls/table_server.h"

using namespace lintel;
using namespace lintel::probes::tls;

namespace {

Bytes vector16(const Bytes& bytes) {
  Bytes out;
  append_number(out, bytes.size(), 2);
  join(out, bytes);
  return out;
}
// A number of so many bits.
Bytes number(int bits) {
  Bytes out(static_cast<std::size_t>((bits + 7) / 8), 0);
  if (bits > 0) out[0] = static_cast<std::uint8_t>(1U << ((bits - 1) % 8));
  return out;
}
Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) join(all, part);
  return all;
}
Bytes dhe_body(const Bytes& prime, bool scheme = true) {
  return joined({vector16(prime), vector16({2}), vector16(number(100)), scheme ? Bytes{8, 4} : Bytes{}, vector16({9})});
}

constexpr std::uint16_t kTls10 = 0x0301, kTls12 = 0x0303, kDtls12 = 0xFEFD, kTlcp = 0x0101;
constexpr std::uint16_t kEcdhe = 0xC02F, kDhe = 0x0033, kDhAnon = 0x0034, kEcdhAnon = 0xC018, kExport = 0x0003, kEcdhePsk = 0xC035, kDhePsk = 0x0090, kPsk = 0x008C, kRsa = 0x002F;

struct Row {
  const char* name;
  Bytes body;
  std::uint16_t version, suite;
  ServerKey key;
};

}  // namespace

TEST_CASE("parameters are read as each suite sends them") {
  const Bytes hint = vector16({'h', 'i'}), point{3, 0, 23, 1, 4};
  const Row rows[] = {
      {"ECDHE", ecdhe_body(29, 0x0804), kTls12, kEcdhe, {29, 0, 0, 0x0804}},
      {"ECDHE, DTLS", ecdhe_body(23, 0x0403), kDtls12, kEcdhe, {23, 0, 0, 0x0403}},
      {"ECDHE before schemes had names", joined({point, vector16({9})}), kTls10, kEcdhe, {23, 0, 0, 0}},
      {"ECDH without a signature", point, kTls12, kEcdhAnon, {23, 0, 0, 0}},
      {"ECDHE and a shared key", joined({hint, point}), kTls12, kEcdhePsk, {23, 0, 0, 0}},
      {"TLCP's ECDHE", joined({{3, 0, 41, 1, 4}, vector16({9})}), kTlcp, 0xE051, {41, 0, 0, 0}},
      {"DHE", dhe_body(number(2048)), kTls12, kDhe, {0, 2048, 0, 0x0804}},
      {"DHE of 1023 bits", dhe_body(number(1023)), kTls12, kDhe, {0, 1023, 0, 0x0804}},
      {"DHE with zeros in front", dhe_body(joined({{0, 0}, number(512)})), kTls12, kDhe, {0, 512, 0, 0x0804}},
      {"DHE in TLS 1.0", dhe_body(number(768), false), kTls10, kDhe, {0, 768, 0, 0}},
      {"DH without a signature", dhe_body(number(1024), false), kTls12, kDhAnon, {0, 1024, 0, 0}},
      {"DHE and a shared key", joined({hint, dhe_body(number(1536), false)}), kTls12, kDhePsk, {0, 1536, 0, 0}},
      {"export", joined({vector16(number(512)), vector16({1, 0, 1}), vector16({9})}), kTls10, kExport, {0, 0, 512, 0}},
      // Nothing to tell.
      {"a hint alone", hint, kTls12, kPsk, {}},
      {"a suite that sends none", ecdhe_body(29, 0x0804), kTls12, kRsa, {}},
      {"a suite without a name", ecdhe_body(29, 0x0804), kTls12, 0x0AFA, {}},
      {"a curve in its own words", {1, 0, 23, 1, 4, 8, 4}, kTls12, kEcdhe, {}},
      {"a prime of nothing", dhe_body({}), kTls12, kDhe, {0, 0, 0, 0x0804}},
      {"a prime of zeros", dhe_body({0, 0}), kTls12, kDhe, {0, 0, 0, 0x0804}},
      {"empty", {}, kTls12, kEcdhe, {}},
      {"a length that lies", {0xFF, 0xFF, 1, 2}, kTls12, kDhe, {}},
  };
  for (const Row& row : rows) {
    const ServerKey key = read_server_key(row.body, row.version, row.suite);
    INFO(row.name);
    CHECK(key.group == row.key.group);
    CHECK(key.dh_bits == row.key.dh_bits);
    CHECK(key.rsa_bits == row.key.rsa_bits);
    CHECK(key.scheme == row.key.scheme);
  }
}

TEST_CASE("what is cut short says nothing rather than half") {
  for (const auto& [body, suite] : std::initializer_list<std::pair<Bytes, std::uint16_t>>{{ecdhe_body(29, 0x0804), kEcdhe}, {dhe_body(number(2048)), kDhe}})
    for (std::size_t size = 0; size + 4 < body.size(); ++size) {  // the signature itself is not read
      const ServerKey key = read_server_key(ByteView(body).first(size), kTls12, suite);
      CHECK(key.group == 0);
      CHECK(key.dh_bits == 0);
      CHECK(key.scheme == 0);
    }
}
