// Public keys and signatures: standard vectors, round trips, and things that are neither.
#include "crypto/signature.h"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include "base/files.h"
#include "crypto/test_signer.h"

using namespace lintel;
using namespace lintel::crypto;
using crypto::testing::pem_of_spki;
using crypto::testing::Signer;

static Bytes hex(std::string_view text) {
  const auto bytes = from_hex(text);
  REQUIRE(bytes);
  return *bytes;
}

TEST_CASE("SM2 as in GB/T 32918.5, the r and s of its example") {
  const auto key = load_public_key(pem_of_spki(
      hex("3059301306072a8648ce3d020106082a811ccf5501822d034200"
          "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13")));
  REQUIRE_MESSAGE(key, key.error().message);
  CHECK(key->type == KeyType::sm2);
  CHECK(key->bits == 256);
  const SignatureScheme scheme{SignatureAlgorithm::sm2, DigestAlgorithm::sm3};
  const Bytes side_by_side =
      hex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
  CHECK(verify(*key, scheme, as_bytes("message digest"), side_by_side).value());
  CHECK_FALSE(verify(*key, scheme, as_bytes("message digesT"), side_by_side).value());
  SignatureScheme other_id = scheme;
  other_id.sm2_id = "somebody else";
  CHECK_FALSE(verify(*key, other_id, as_bytes("message digest"), side_by_side).value());
}

TEST_CASE("Ed25519 as in RFC 8032") {
  const auto key = load_public_key(pem_of_spki(hex("302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")));
  REQUIRE_MESSAGE(key, key.error().message);
  CHECK(key->type == KeyType::ed25519);
  CHECK(key->bits == 256);
  const SignatureScheme scheme{SignatureAlgorithm::ed25519};
  const Bytes signature =
      hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  CHECK(verify(*key, scheme, {}, signature).value());
  CHECK_FALSE(verify(*key, scheme, as_bytes("x"), signature).value());
}

struct Round {
  Signer signer;
  SignatureScheme scheme;
  KeyType type;
  int bits;
};

static std::vector<Round> rounds() {
  using enum DigestAlgorithm;
  using enum SignatureAlgorithm;
  std::vector<Round> all;
  const Signer rsa = Signer::rsa(1024), p256 = Signer::ec("P-256"), p384 = Signer::ec("P-384");
  for (const DigestAlgorithm digest : {sha256, sha384, sha512, sm3, sha1, md5}) {
    if (digest != sm3) all.push_back({rsa, {rsa_pkcs1, digest}, KeyType::rsa, 1024});
    all.push_back({p256, {ecdsa, digest}, KeyType::ec, 256});
  }
  all.push_back({rsa, {rsa_pss, sha256}, KeyType::rsa, 1024});
  all.push_back({p384, {ecdsa, sha384}, KeyType::ec, 384});
  all.push_back({Signer::sm2(), {SignatureAlgorithm::sm2, sm3}, KeyType::sm2, 256});
  all.push_back({Signer::ed25519(), {ed25519}, KeyType::ed25519, 256});
  return all;
}

TEST_CASE("what was signed verifies; one bit off anywhere does not") {
  for (const Round& round : rounds()) {
    CAPTURE(name_of(round.scheme.algorithm));
    CAPTURE(name_of(round.scheme.digest));
    std::string message(3000, 'm');
    const Bytes signature = round.signer.sign(round.scheme, message);
    REQUIRE(!signature.empty());
    const auto key = load_public_key(round.signer.public_pem());
    REQUIRE(key);
    CHECK(key->type == round.type);
    CHECK(key->bits == round.bits);
    CHECK(key->sha256.size() == 64);
    auto verifier = SignatureVerifier::create(*key, round.scheme);
    REQUIRE_MESSAGE(verifier, verifier.error().message);
    for (std::size_t at = 0; at < message.size(); at += 7) REQUIRE(verifier->update(as_bytes(std::string_view(message).substr(at, 7))));
    CHECK(verifier->finish(signature).value());
    message[1234] = static_cast<char>(message[1234] ^ 1);
    CHECK_FALSE(verify(*key, round.scheme, as_bytes(message), signature).value());
    message[1234] = 'm';
    Bytes bent = signature;
    bent.back() ^= 1;
    CHECK_FALSE(verify(*key, round.scheme, as_bytes(message), bent).value());
    Bytes longer = signature;
    longer.push_back(0);
    CHECK_FALSE(verify(*key, round.scheme, as_bytes(message), longer).value());
    for (const Bytes& malformed : {Bytes{}, Bytes{0x30}, Bytes(64, 0), Bytes(64, 0xFF), Bytes{0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, Bytes(10000, 1)})
      CHECK_FALSE(verify(*key, round.scheme, as_bytes(message), malformed).value());
    CHECK(ERR_peek_error() == 0);
  }
}

TEST_CASE("a key and an algorithm that do not belong together are said so") {
  const auto rsa = load_public_key(Signer::rsa(1024).public_pem());
  const auto national = load_public_key(Signer::sm2().public_pem());
  REQUIRE(rsa);
  REQUIRE(national);
  using enum SignatureAlgorithm;
  CHECK(SignatureVerifier::create(*rsa, {ecdsa}).error().message == "algorithm ecdsa does not go with a key of type RSA");
  CHECK(SignatureVerifier::create(*national, {ecdsa}).error().message == "algorithm ecdsa does not go with a key of type SM2");
  CHECK(SignatureVerifier::create(*national, {sm2, DigestAlgorithm::sha256}).error().message == "SM2 signatures go with SM3, not with sha256");
  const auto no_pair = SignatureVerifier::create(*rsa, {rsa_pkcs1, DigestAlgorithm::sm3});  // OpenSSL 3.0 has none
  REQUIRE_FALSE(no_pair);
  CHECK(no_pair.error().message.starts_with("rsa-pkcs1 with sm3 cannot be verified with this key"));
  CHECK(signature_named("rsa-pss") == rsa_pss);
  CHECK_FALSE(signature_named("dsa"));
}

TEST_CASE("what is no public key is refused without asking for a password") {
  const Signer signer = Signer::ec("P-256");
  std::string cut = signer.public_pem();
  cut.erase(60, 4);
  const std::string off_curve = pem_of_spki(
      hex("3059301306072a8648ce3d020106082a8648ce3d030107034200"
          "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"));
  const std::string locked = "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n-----END PUBLIC KEY-----\n";
  for (const std::string& text : {std::string(), std::string("garbage"), cut, off_curve, locked, std::string(100, '-'), std::string(70000, 'A'),
                                  std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                                  std::string("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")}) {
    const auto key = load_public_key(text);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == ErrorCode::invalid_input);
  }
  CHECK(load_public_key(signer.private_pem()).error().message.starts_with("this is a private key"));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("files made by the openssl program") {
  // openssl genpkey/req/dgst -sign are what vendors use; the keys and signatures here are made anew by them.
  const auto folder = TemporaryFolder::create();
  REQUIRE(folder);
  const std::string in = "cd " + folder->path().string() + " && ";
  REQUIRE(write_file(folder->path() / "image", "firmware"));
  const auto run = [&](const std::string& command) { return std::system((in + command + " >log 2>&1").c_str()) == 0; };
  REQUIRE(run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -subj /CN=v -out ec.pem"));
  REQUIRE(run("openssl dgst -sha256 -sign ec.key -out ec.sig image"));
  REQUIRE(run("openssl genrsa -out rsa.key 2048 && openssl rsa -in rsa.key -RSAPublicKey_out -out rsa.pem"));
  REQUIRE(run("openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sign rsa.key -out rsa.sig image"));
  REQUIRE(run("openssl genpkey -algorithm SM2 -out sm2.key && openssl pkey -in sm2.key -pubout -out sm2.pem"));
  REQUIRE(run("openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678 -inkey sm2.key -in image -out sm2.sig"));
  REQUIRE(run("openssl x509 -in ec.pem -outform DER -out ec.cert.der && openssl pkey -in sm2.pem -pubin -outform DER -out sm2.der"));
  const auto key_at = [&](const char* name) { return load_public_key(*read_file(folder->path() / name, 10000)); };
  CHECK(key_at("ec.cert.der")->sha256 == key_at("ec.pem")->sha256);
  CHECK(key_at("sm2.der")->sha256 == key_at("sm2.pem")->sha256);
  CHECK(key_at("sm2.der")->type == KeyType::sm2);
  const std::pair<std::string, SignatureScheme> cases[] = {{"ec", {SignatureAlgorithm::ecdsa, DigestAlgorithm::sha256}},
                                                           {"rsa", {SignatureAlgorithm::rsa_pss, DigestAlgorithm::sha256}},
                                                           {"sm2", {SignatureAlgorithm::sm2, DigestAlgorithm::sm3}}};
  for (const auto& [name, scheme] : cases) {
    CAPTURE(name);
    const auto key = load_public_key(*read_file(folder->path() / (name + ".pem"), 10000));
    REQUIRE_MESSAGE(key, key.error().message);
    const auto signature = read_file(folder->path() / (name + ".sig"), 10000);
    CHECK(verify(*key, scheme, as_bytes("firmware"), as_bytes(*signature)).value());
    CHECK_FALSE(verify(*key, scheme, as_bytes("firmwarE"), as_bytes(*signature)).value());
  }
}
