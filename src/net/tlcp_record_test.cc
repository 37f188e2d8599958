// Keys, records and messages of TLCP against what others made: OpenSSL's pseudo-random function, and sessions that this client held with GmSSL
// (a development version of 2026) and gotlcp 1.4.1. testdata/tlcp-*.txt has in hex pre-master secret, what the client sent, what the server sent.
#include <doctest/doctest.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <filesystem>
#include <map>

#include "base/files.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "crypto/signature.h"
#include "net/tlcp_messages.h"
#include "net/tlcp_record.h"

using namespace lintel;
using namespace lintel::net::tlcp;

namespace {

const crypto::SignatureScheme kScheme{crypto::SignatureAlgorithm::sm2, crypto::DigestAlgorithm::sm3};

// What one side said: whole handshake messages and application data.
struct Said {
  std::vector<Bytes> messages;
  std::string data;
};
// protection: from ChangeCipherSpec on; empty: stop there.
Said read_side(ByteView bytes, const std::optional<Protection>& protection) {
  Said said;
  Protection current;
  MessageReader reader;
  while (bytes.size() >= kHeaderBytes) {
    const Header header = decode_header(bytes);
    REQUIRE(header.version == kVersion);
    REQUIRE(bytes.size() >= kHeaderBytes + header.length);
    const auto content = open_record(current, header.type, bytes.subspan(kHeaderBytes, header.length));
    REQUIRE(content);
    bytes = bytes.subspan(kHeaderBytes + header.length);
    if (header.type == 20 && !protection) break;
    if (header.type == 20) current = *protection;
    if (header.type == 23) said.data += as_text(*content);
    if (header.type != 22) continue;
    reader.add(*content);
    for (auto message = reader.next(); message && *message; message = reader.next()) said.messages.push_back(**message);
  }
  return said;
}

ByteView body(const Bytes& message) { return ByteView(message).subspan(4); }

// Whether the first certificate's key signed.
bool signed_by(const std::vector<Bytes>& chain, ByteView message, ByteView signature) {
  const auto key = crypto::load_public_key(crypto::to_pem(chain.at(0)));
  REQUIRE(key);
  const auto fits = crypto::verify(*key, kScheme, message, signature);
  return fits && *fits;
}

// The server's signature over its key exchange; messages: ServerHello, Certificate, ServerKeyExchange, ...
bool key_exchange_signed(const std::vector<Bytes>& messages, ByteView client_random) {
  const auto hello = decode_server_hello(body(messages.at(0)));
  const auto chain = decode_certificates(body(messages.at(1)));
  REQUIRE(hello);
  REQUIRE(chain);
  const auto kind = suite_of(hello->suite)->key_exchange;
  const auto exchange = decode_server_key_exchange(kind, body(messages.at(2)));
  REQUIRE(exchange);
  return signed_by(*chain, signed_by_server(kind, client_random, hello->random, chain->at(1), exchange->parameters), exchange->signature);
}

// Bytes by source and destination port of a capture on loopback, in order of arrival.
std::map<std::pair<int, int>, Bytes> directions(ByteView pcap) {
  std::map<std::pair<int, int>, Bytes> all;
  for (std::size_t at = 24; at + 16 <= pcap.size();) {
    const std::size_t size = pcap[at + 8] | static_cast<std::size_t>(pcap[at + 9]) << 8 | static_cast<std::size_t>(pcap[at + 10]) << 16;
    if (size < 54 || at + 16 + size > pcap.size()) break;
    const ByteView ip = pcap.subspan(at + 16 + 14, size - 14);
    at += 16 + size;
    const std::size_t start = (ip[0] & 15) * 4U, total = Cursor(ip.subspan(2)).u16(), header = static_cast<std::size_t>(ip[start + 12] >> 4) * 4;
    Cursor ports(ip.subspan(start));
    const int source = ports.u16(), destination = ports.u16();
    if (ip[9] == 6 && total <= ip.size()) append(all[{source, destination}], ip.subspan(start + header, total - start - header));
  }
  return all;
}

}  // namespace

TEST_CASE("sessions with other makers' servers come out in the clear, and every proof in them fits") {
  const std::tuple<const char*, std::uint16_t, bool> rows[] = {{"tlcp-gmssl.txt", 0xE013, false}, {"tlcp-gotlcp.txt", 0xE051, true}};
  for (const auto& [name, suite, over_digest] : rows) {
    INFO(name);
    const auto text = read_file(std::filesystem::path(LINTEL_SOURCE_DIR) / "src/net/testdata" / name, 1 << 20);
    REQUIRE(text);
    const auto lines = split(*text, '\n');
    REQUIRE(lines.size() >= 3);
    const Bytes pre_master = *from_hex(lines[0]), sent = *from_hex(lines[1]), received = *from_hex(lines[2]);
    const ByteView client_random = ByteView(sent).subspan(11, kRandomBytes), server_random = ByteView(received).subspan(11, kRandomBytes);
    const Bytes master = *master_secret(pre_master, client_random, server_random);
    const KeyBlock keys = *key_block(suite_of(suite)->cipher, master, client_random, server_random);
    const Said client = read_side(sent, keys.client), server = read_side(received, keys.server);
    CHECK(client.data.starts_with("GET / HTTP/1.0\r\n"));
    CHECK(server.data.starts_with("HTTP/1.0 200 OK\r\n"));
    REQUIRE(client.messages.size() == 5);  // hello, certificate, key exchange, verify, finished
    REQUIRE(server.messages.size() == 6);  // hello, certificate, key exchange, request, done, finished
    CHECK(decode_server_hello(body(server.messages[0]))->suite == suite);
    CHECK(key_exchange_signed(server.messages, client_random));
    const auto request = decode_certificate_request(body(server.messages[3]));
    REQUIRE(request);
    CHECK(request->types.back() == 64);
    CHECK(request->authorities.size() == 1);

    Bytes so_far = client.messages[0];
    for (std::size_t i = 0; i < 5; ++i) append(so_far, server.messages[i]);
    append(so_far, client.messages[1]);
    append(so_far, client.messages[2]);
    const auto chain = decode_certificates(body(client.messages[1]));
    REQUIRE(chain);
    const Bytes digest = *crypto::digest(crypto::DigestAlgorithm::sm3, so_far);
    const ByteView signature = body(client.messages[3]).subspan(2);
    CHECK(signed_by(*chain, over_digest ? digest : so_far, signature));
    CHECK(!signed_by(*chain, over_digest ? so_far : digest, signature));
    append(so_far, client.messages[3]);
    CHECK(as_text(body(client.messages[4])) == as_text(*finished_proof(Side::client, master, so_far)));
    append(so_far, client.messages[4]);
    CHECK(as_text(body(server.messages[5])) == as_text(*finished_proof(Side::server, master, so_far)));
  }
}

TEST_CASE("signatures that Tongsuo and GmSSL gave fit") {
  const std::filesystem::path corpus = std::filesystem::path(LINTEL_SOURCE_DIR) / "../shared/corpus/tls";
  if (!std::filesystem::exists(corpus)) {
    MESSAGE("skipped: no ../shared/corpus/tls");
    return;
  }
  std::map<std::uint16_t, int> seen;
  for (const char* name : {"gm-tlcp.pcap", "ts-tlcp-mtls.pcap", "ts-tlcp-only.pcap", "ts-dual.pcap"}) {
    const auto pcap = read_file(corpus / name, 8 << 20);
    REQUIRE(pcap);
    const auto all = directions(as_bytes(*pcap));
    for (const auto& [ends, bytes] : all) {
      if (!as_text(bytes).starts_with(std::string_view("\x16\x01\x01", 3)) || bytes[5] != 2) continue;
      const Bytes& asked = all.at({ends.second, ends.first});
      const auto messages = read_side(bytes, std::nullopt).messages;
      const auto hello = decode_server_hello(body(messages.at(0)));
      if (hello->version != kVersion || suite_of(hello->suite) == nullptr) continue;
      CHECK_MESSAGE(key_exchange_signed(messages, ByteView(asked).subspan(11, kRandomBytes)), name, " ", hello->suite);
      ++seen[hello->suite];
    }
  }
  CHECK(seen.size() == 4);
}

TEST_CASE("a changed, repeated or short record does not open") {
  for (const Cipher cipher : {Cipher::sm4_cbc_sm3, Cipher::sm4_gcm}) {
    const KeyBlock keys = *key_block(cipher, Bytes(48, 1), Bytes(32, 2), Bytes(32, 3));
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, kContentCapBytes}) {
      Protection ours = keys.client, theirs = keys.client;
      const Bytes content(size, 'x');
      const Bytes record = *seal_record(ours, RecordType::application_data, content, Bytes(16, 9));
      const ByteView fragment = ByteView(record).subspan(kHeaderBytes);
      CHECK(fragment.size() <= kFragmentCapBytes);
      for (const std::size_t at : {std::size_t{0}, fragment.size() / 2, fragment.size() - 1}) {
        Bytes changed(fragment.begin(), fragment.end());
        changed[at] ^= 1;
        Protection fresh = keys.client;
        CHECK(open_record(fresh, 23, changed).error().message == "a record that does not decrypt");
      }
      Protection fresh = keys.client, server = keys.server;
      CHECK(!open_record(fresh, 22, fragment));
      CHECK(!open_record(fresh, 23, fragment.first(fragment.size() - 1)));
      CHECK(!open_record(fresh, 23, {}));
      CHECK(!open_record(server, 23, fragment));
      CHECK(open_record(theirs, 23, fragment) == content);
      CHECK(!open_record(theirs, 23, fragment));
    }
  }
}

// P_hash of RFC 5246 5 over HMAC-SM3, as OpenSSL's own TLS1-PRF computes it.
TEST_CASE("the pseudo-random function is TLS 1.2's over SM3") {
  const Bytes secret(48, 0x5A), seed(64, 0x33);
  const std::string label = "key expansion";
  Bytes labelled(label.begin(), label.end());
  append(labelled, seed);
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr);
  EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
  char digest[] = "SM3";
  Bytes key = secret, expected(128);
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                                   OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, key.data(), key.size()),
                                   OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, labelled.data(), labelled.size()), OSSL_PARAM_construct_end()};
  REQUIRE(EVP_KDF_derive(context, expected.data(), expected.size(), parameters) == 1);
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  CHECK(pseudo_random(secret, label, seed, 128) == expected);
  CHECK(pseudo_random(secret, label, seed, 5) == Bytes(expected.begin(), expected.begin() + 5));
}
