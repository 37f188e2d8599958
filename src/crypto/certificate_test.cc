// Certificates of testdata/: chains of EC and SM2 keys (valid from 2026-11-21, the leaf for 365 days), and
// odd single ones.
#include "crypto/certificate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "base/files.h"

using namespace lintel;
using namespace lintel::crypto;

namespace {

std::string certificate_pem(const std::string& name) {
  const auto text =
      read_file(std::filesystem::path(LINTEL_SOURCE_DIR) / "src/crypto/testdata" / (name + ".pem"), 1 << 16);
  REQUIRE_MESSAGE(text, name);
  return *text;
}
Bytes der_of(const std::string& name) {
  const std::string pem = certificate_pem(name);
  const std::size_t begin = pem.find("-----\n") + 6;
  const auto der = from_base64(std::string_view(pem).substr(begin, pem.find("-----END") - begin));
  REQUIRE_MESSAGE(der, name);
  return *der;
}
Certificate certificate_of(const std::string& name) {
  const auto parsed = parse_certificate(der_of(name));
  REQUIRE_MESSAGE(parsed, name);
  return *parsed;
}
const WallTime in_time = *parse_time("2027-01-01T00:00:00Z");
const WallTime leaf_over = *parse_time("2028-01-01T00:00:00Z");
const WallTime all_over = *parse_time("2040-01-01T00:00:00Z");

ChainVerdict chain(std::initializer_list<const char*> names, const std::string& ca, WallTime at = in_time) {
  std::vector<Bytes> sent;
  for (const auto* name : names) sent.push_back(der_of(name));
  const auto verdict = verify_chain(sent, certificate_pem(ca), at);
  REQUIRE(verdict);
  return *verdict;
}

}  // namespace

TEST_CASE("a certificate becomes plain values") {
  const Certificate leaf = certificate_of("ec-leaf");
  CHECK(leaf.subject == "CN=ec leaf,O=Lintel");
  CHECK(leaf.issuer == "CN=ec intermediate,O=Lintel");
  CHECK(leaf.key_type == "EC");
  CHECK(leaf.key_bits == 256);
  CHECK(leaf.key_curve == "prime256v1");
  CHECK(leaf.signature_algorithm == "ecdsa-with-SHA256");
  CHECK_FALSE(leaf.self_signed);
  CHECK(leaf.names ==
        std::vector<std::string>{"home.example", "*.home.example", "192.0.2.7", "2001:db8:0:0:0:0:0:7"});
  CHECK(leaf.not_after - leaf.not_before == std::chrono::days(365));
  CHECK(leaf.sha256.size() == 64);
  CHECK(leaf.serial.size() >= 16);
  CHECK(certificate_of("ec-root").self_signed);

  const Certificate sm2 = certificate_of("sm2-root");
  CHECK(sm2.key_type == "SM2");
  CHECK(sm2.key_bits == 256);
  CHECK(sm2.signature_algorithm == "SM2-with-SM3");
  CHECK(sm2.self_signed);

  CHECK(certificate_of("ed25519").key_type == "ED25519");
  CHECK(certificate_of("ed25519").subject == "CN=智能,O=智能家居,C=CN");
  CHECK(certificate_of("pss").signature_algorithm == "rsassaPss-with-SHA1");
  CHECK(certificate_of("cn-only").signature_algorithm == "sha1WithRSAEncryption");
  CHECK(certificate_of("cn-only").names.empty());
}

TEST_CASE("every kind of key has its name, and one that nobody here knows the name of its algorithm") {
  const auto key = [](const Certificate& certificate) { return fmt::format("{} {} {}", certificate.key_type, certificate.key_bits, certificate.key_algorithm); };
  CHECK(key(certificate_of("ec-leaf")) == "EC 256 id-ecPublicKey");
  CHECK(key(certificate_of("ed25519")) == "ED25519 256 ED25519");
  CHECK(key(certificate_of("ed448")) == "ED448 456 ED448");
  CHECK(key(certificate_of("dsa")) == "DSA 2048 dsaEncryption");
  CHECK(key(certificate_of("pss-key")) == "RSA 2048 rsassaPss");
  Bytes strange = der_of("ed25519");
  const Bytes object{0x06, 0x03, 0x2B, 0x65, 0x70};  // 1.3.101.112: of its signature, twice, and of its key between them
  auto at = std::ranges::search(strange, object).begin();
  at = std::ranges::search(at + 1, strange.end(), object.begin(), object.end()).begin();
  REQUIRE(at != strange.end());
  at[4] = 0x7F;
  const auto parsed = parse_certificate(strange);
  REQUIRE(parsed);
  CHECK(key(*parsed) == "other 0 1.3.101.127");
}

TEST_CASE("what is no certificate is refused") {
  const Bytes good = der_of("ec-leaf");
  CHECK(parse_certificate({}).error().code == ErrorCode::invalid_input);
  CHECK(parse_certificate(as_bytes("not DER")).error().code == ErrorCode::invalid_input);
  Bytes longer = good;
  longer.push_back(0);
  CHECK(parse_certificate(longer).error().message == "unreadable certificate: bytes after its end");
  for (std::size_t size = 0; size < good.size(); size += 7)
    CHECK_FALSE(parse_certificate(ByteView(good).first(size)));
  CHECK(verify_chain({}, certificate_pem("ec-root"), in_time).error().code == ErrorCode::invalid_input);
  CHECK(verify_chain({good}, "no PEM", in_time).error().code == ErrorCode::invalid_input);
}

TEST_CASE("names match as clients match them") {
  const Bytes leaf = der_of("ec-leaf"), old = der_of("cn-only");
  for (const auto* name : {"home.example", "HOME.example", "a.home.example", "192.0.2.7", "2001:db8::7"})
    CHECK_MESSAGE(*certificate_names(leaf, name), name);
  for (const auto* name : {"example", "a.b.home.example", "192.0.2.8", "::1", "ec leaf"})
    CHECK_MESSAGE(!*certificate_names(leaf, name), name);
  CHECK(*certificate_names(old, "old.example"));
  CHECK_FALSE(*certificate_names(old, "new.example"));
}

TEST_CASE("a chain is trusted up to the declared root only") {
  CHECK(chain({"ec-leaf", "ec-int"}, "ec-root").trusted);
  CHECK(
      chain({"ec-leaf", "sm2-int", "ec-root", "ec-int"}, "ec-root").trusted);  // any order, strangers between
  CHECK(chain({"ec-leaf"}, "ec-int").trusted);
  CHECK(chain({"ec-leaf"}, "ec-leaf").trusted);
  CHECK(chain({"sm2-leaf", "sm2-int"}, "sm2-root").trusted);
  const auto without = chain({"ec-leaf"}, "ec-root");
  CHECK_FALSE(without.trusted);
  CHECK(without.reason == "unable to get local issuer certificate");
  CHECK_FALSE(chain({"ec-leaf", "ec-int"}, "sm2-root").trusted);
  CHECK_FALSE(chain({"ec-leaf", "ec-int", "ec-root"}, "cn-only").trusted);
  CHECK_FALSE(chain({"ec-client", "ec-int"}, "ec-root").trusted);  // a client's certificate
}

TEST_CASE("the leaf's dates are left out of trust, those above are not") {
  CHECK(chain({"ec-leaf", "ec-int"}, "ec-root", leaf_over).trusted);
  CHECK_FALSE(chain({"ec-leaf", "ec-int"}, "ec-root", all_over).trusted);
}

TEST_CASE("PEM is the DER again") {
  std::string pem = certificate_pem("ec-leaf");
  CHECK(to_pem(der_of("ec-leaf")) == pem);
}
