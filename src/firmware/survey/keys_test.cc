#include <doctest/doctest.h>

#include "crypto/certificate.h"
#include "crypto/found_key.h"
#include "crypto/test_signer.h"
#include "crypto/throwaway.h"
#include "firmware/survey/known_keys.h"
#include "firmware/survey/surveyors.h"

using namespace lintel;
using namespace lintel::firmware;
using crypto::testing::Signer;

namespace {

// One file of an image without anything else.
Json facts_of(const std::string& path, std::string_view content) {
  Image image;
  image.parts.push_back({.format = "squashfs", .volume = nullptr});
  File file;
  file.path = path;
  Json facts = Json::object();
  const auto keys = survey_keys();
  keys->see(image, file, as_bytes(content));
  keys->conclude(image, facts);
  return facts;
}

std::string der_of(const Signer& signer, int (*write)(const EVP_PKEY*, unsigned char**)) {
  unsigned char* bytes = nullptr;
  const int size = write(signer.key.get(), &bytes);
  std::string out(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

std::string ssh(std::string_view text) {
  Bytes out;
  append_number(out, text.size(), 4);
  return std::string(as_text(out)) + std::string(text);
}

std::string number_of(const Signer& signer, const char* name) {
  BIGNUM* number = nullptr;
  REQUIRE(EVP_PKEY_get_bn_param(signer.key.get(), name, &number) == 1);
  std::string out(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(out.data()));
  BN_free(number);
  return ssh((out[0] & 0x80) != 0 ? '\0' + out : out);
}

std::string spki_of(const Signer& signer) { return crypto::private_key_in_der(as_bytes(der_of(signer, i2d_PrivateKey)))->spki_sha256; }

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
  return text;
}

}  // namespace

TEST_CASE("a private key in PEM is found where it stands, and named by its public half") {
  const Signer rsa = Signer::rsa(2048);
  const Json facts = facts_of("etc/ssl/server.key", "# made by us\n" + rsa.private_pem());
  REQUIRE(facts["private_keys"].size() == 1);
  CHECK(facts["private_keys"][0] == Json{{"part", 1}, {"path", "etc/ssl/server.key"}, {"offset", 13}, {"form", "pem"}, {"encrypted", false}, {"confidence", "validated"}, {"role", "key"},
                                         {"algorithm", "RSA"}, {"bits", 2048}, {"spki_sha256", spki_of(rsa)}});
}

TEST_CASE("the same key in DER, in a line of JSON and inside a program has the same name") {
  const Signer ec = Signer::ec("P-256");
  const std::string pem = ec.private_pem(), one_line = "{\"key\": \"" + replaced(pem, "\n", "\\n") + "\"}";
  for (const std::string& content : {der_of(ec, i2d_PrivateKey), std::string(77, '0') + der_of(ec, i2d_PrivateKey) + "tail", one_line, "\177ELF...." + pem}) {
    const Json keys = facts_of("usr/bin/app", content)["private_keys"];
    REQUIRE(keys.size() == 1);
    CHECK(keys[0]["spki_sha256"] == spki_of(ec));
    CHECK(keys[0]["algorithm"] == "EC");
    CHECK(keys[0]["bits"] == 256);
    CHECK(keys[0]["role"] == "key");
  }
}

TEST_CASE("dropbear's host keys, RSA, ECDSA and Ed25519, and only where the halves fit") {
  const Signer rsa = Signer::rsa(1024);
  std::string key = ssh("ssh-rsa");
  for (const char* name : {OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2}) key += number_of(rsa, name);
  Json keys = facts_of("etc/dropbear/dropbear_rsa_host_key", key)["private_keys"];
  REQUIRE(keys.size() == 1);
  CHECK(keys[0]["form"] == "dropbear");
  CHECK(keys[0]["spki_sha256"] == spki_of(rsa));
  key.back() = static_cast<char>(key.back() ^ 2);
  CHECK(facts_of("etc/dropbear/dropbear_rsa_host_key", key)["private_keys"].empty());

  const Signer ec = Signer::ec("P-256");
  unsigned char point[65];
  std::size_t size = 0;
  REQUIRE(EVP_PKEY_get_octet_string_param(ec.key.get(), OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &size) == 1);
  keys = facts_of("k", ssh("ecdsa-sha2-nistp256") + ssh("nistp256") + ssh({reinterpret_cast<char*>(point), size}) + number_of(ec, OSSL_PKEY_PARAM_PRIV_KEY))["private_keys"];
  REQUIRE(keys.size() == 1);
  CHECK(keys[0]["spki_sha256"] == spki_of(ec));

  const Signer ed = Signer::ed25519();
  unsigned char secret[64];
  size = 32;
  EVP_PKEY_get_raw_private_key(ed.key.get(), secret, &size);
  EVP_PKEY_get_raw_public_key(ed.key.get(), secret + 32, &size);
  const std::string both(reinterpret_cast<char*>(secret), 64);
  keys = facts_of("k", ssh("ssh-ed25519") + ssh(both))["private_keys"];
  REQUIRE(keys.size() == 1);
  CHECK(keys[0]["spki_sha256"] == spki_of(ed));
  // the same in OpenSSH's own form
  const std::string container = std::string("openssh-key-v1\0", 15) + ssh("none") + ssh("none") + ssh("") + std::string("\0\0\0\1", 4) + ssh("public") +
                                ssh("CHCKCHCK" + ssh("ssh-ed25519") + ssh(both.substr(32)) + ssh(both) + ssh("me@here"));
  keys = facts_of("root/.ssh/id", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + to_base64(as_bytes(container)) + "\n-----END OPENSSH PRIVATE KEY-----\n")["private_keys"];
  REQUIRE(keys.size() == 1);
  CHECK(keys[0]["form"] == "openssh");
  CHECK(keys[0]["spki_sha256"] == spki_of(ed));
}

TEST_CASE("a key under a password says so, and is no more than structural") {
  const Signer ec = Signer::ec("P-256");
  const std::string sealed = ec.pem([](BIO* bio, EVP_PKEY* key) { return PEM_write_bio_PrivateKey(bio, key, EVP_aes_128_cbc(), reinterpret_cast<const unsigned char*>("secret"), 6, nullptr, nullptr); });
  const std::string old = ec.pem([](BIO* bio, EVP_PKEY* key) {
    return PEM_write_bio_PrivateKey_traditional(bio, key, EVP_aes_128_cbc(), reinterpret_cast<const unsigned char*>("secret"), 6, nullptr, nullptr);
  });
  for (const std::string& content : {sealed, old}) {
    const Json keys = facts_of("etc/key.pem", content)["private_keys"];
    REQUIRE(keys.size() == 1);
    CHECK(keys[0]["encrypted"] == true);
    CHECK(keys[0]["confidence"] == "structural");
    CHECK_FALSE(keys[0].contains("spki_sha256"));
  }
}

TEST_CASE("no key: marker lines, a placeholder, a public key, a broken key, digits") {
  using namespace std::string_literals;
  const std::string pem = Signer::ec("P-256").private_pem();
  std::string broken = pem;
  broken[60] = broken[60] == 'A' ? 'B' : 'A';
  broken[61] = '!';
  for (const std::string& content :
       {"-----BEGIN RSA PRIVATE KEY-----\0-----END RSA PRIVATE KEY-----\0-----BEGIN PRIVATE KEY-----"s,
        std::string("-----BEGIN PRIVATE KEY-----\nyour key goes here, in base64\n-----END PRIVATE KEY-----\n"), Signer::rsa(1024).public_pem(), broken, pem.substr(0, pem.size() / 2),
        std::string("-----BEGIN PRIVATE KEY-----\nQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n-----END PRIVATE KEY-----\n"), std::string(5000, '0'), std::string()})
    CHECK(facts_of("etc/x", content)["private_keys"].empty());
}

TEST_CASE("the self-test keys of a TLS library are told apart by their place; examples too") {
  const std::string pem = Signer::ec("P-256").private_pem();
  CHECK(facts_of("usr/lib/libmbedx509.so.0", "\177ELF" + pem)["private_keys"][0]["role"] == "library self-test");
  CHECK(facts_of("usr/lib/libmbedx509.so.0", pem)["private_keys"][0]["role"] == "key");
  CHECK(facts_of("usr/share/doc/x/examples/key.pem", pem)["private_keys"][0]["role"] == "example");
  CHECK(facts_of("etc/testing.pem", pem)["private_keys"][0]["role"] == "key");
}

TEST_CASE("a key that everybody can get is named by its origin, in use and in a program") {
  CHECK(origin_of_known_key("370346c0864770dac7a90774f75ac6de537f5f5b2c4b1bb1d12bf3c5f4f484ae") == "Mbed TLS, self-test keys");
  CHECK(origin_of_known_key("") == "");
}

TEST_CASE("a key in the bytes of a part that no file system reads") {
  const std::string bytes = "program" + der_of(Signer::rsa(1024), i2d_PrivateKey);
  Image image;
  image.parts.push_back({.format = "esp", .bytes = as_bytes(bytes)});
  Json facts = Json::object();
  survey_keys()->conclude(image, facts);
  REQUIRE(facts["private_keys"].size() == 1);
  CHECK(facts["private_keys"][0]["offset"] == 7);
  CHECK_FALSE(facts["private_keys"][0].contains("path"));
}

TEST_CASE("certificates say who, until when and how they are signed") {
  const auto throwaway = crypto::throwaway_certificate();
  REQUIRE(throwaway);
  const Json facts = facts_of("etc/ssl/cert.pem", throwaway->certificate + throwaway->key);
  REQUIRE(facts["certificates"].size() == 1);
  const Json& one = facts["certificates"][0];
  CHECK(one["subject"] == "CN=stranger");
  CHECK(one["self_signed"] == true);
  CHECK(one["key_bits"] == 2048);
  CHECK(one["signature_algorithm"] == "sha256WithRSAEncryption");
  CHECK(one["not_after"].get<std::string>().ends_with("Z"));
  CHECK(facts["private_keys"].size() == 1);
}

TEST_CASE("what looks like keys without end is cut, and counted") {
  const std::string pem = Signer::ec("P-256").private_pem();
  std::string many;
  for (int i = 0; i < 30'000; ++i) many += "-----BEGIN PRIVATE KEY-----\nA-----END ";
  const Json facts = facts_of("etc/x", many + pem);
  CHECK(facts["private_keys"].empty());
  CHECK(facts["cut"]["private_keys"] > 1000);
}
