#include "crypto/cms.h"

#include <doctest/doctest.h>

#include "crypto/chain.h"
#include "crypto/test_authority.h"
#include "crypto/timestamp.h"

using namespace lintel;
using namespace lintel::crypto;
using namespace lintel::crypto::testing;

namespace {

const WallTime kNow = *parse_time("2026-06-01T12:00:00Z");
const std::string kText = "the manifest\n";

Bytes sealed(const Identity& lab, const Bytes& stamp_token = {}) {
  const auto made = sign_cms(as_bytes(kText), lab.key(), lab.der(), {}, kNow);
  REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
  return encode_cms(*made, stamp_token);
}

}  // namespace

TEST_CASE("every type of key signs, and any other byte is noticed") {
  struct Row {
    const char* name;
    Signer signer;
    std::string algorithm;
  };
  for (const Row& row : {Row{"rsa", Signer::rsa(2048), "rsa-pkcs1 with sha256"}, Row{"p256", Signer::ec("P-256"), "ecdsa with sha256"},
                         Row{"p384", Signer::ec("P-384"), "ecdsa with sha384"}, Row{"p521", Signer::ec("P-521"), "ecdsa with sha512"},
                         Row{"ed25519", Signer::ed25519(), "ed25519 with sha512"}, Row{"sm2", Signer::sm2(), "sm2 with sm3"}}) {
    CAPTURE(row.name);
    const Identity root = issue(row.signer.key != nullptr && std::string(row.name) == "sm2" ? Signer::sm2() : Signer::ec("P-256"), kAuthority);
    const Identity lab = issue(row.signer, {}, &root);
    const Bytes der = sealed(lab);
    const auto check = check_cms(der, as_bytes(kText));
    REQUIRE_MESSAGE(check, (check ? "" : check.error().message));
    CHECK_EQ(check->problem, "");
    CHECK_EQ(check->algorithm, row.algorithm);
    CHECK_EQ(check->signer, lab.der());
    CHECK_EQ(check->signing_time, kNow);
    CHECK(check->time_stamp.empty());
    const auto chain = check_chain(check->signer, check->others, root.pem(), "", {kNow, kNow}, Use::sign);
    REQUIRE(chain);
    CHECK_MESSAGE(chain->trust == Trust::trusted, chain->reason);
    const auto other = check_cms(der, as_bytes("another manifest\n"));
    REQUIRE(other);
    CHECK(other->problem.starts_with("it is over other content"));
    // A signature of another key over the right content.
    Bytes forged = der;
    const auto at = std::search(forged.begin(), forged.end(), check->signature.begin(), check->signature.end());
    REQUIRE(at != forged.end());
    at[static_cast<std::ptrdiff_t>(check->signature.size()) - 1] ^= 1;
    const auto bad = check_cms(forged, as_bytes(kText));
    REQUIRE(bad);
    CHECK_EQ(bad->problem, "the certificate's key did not make it");
  }
}

TEST_CASE("keys: encrypted, of another certificate, too weak") {
  const Identity lab = issue(Signer::ec("P-256"), {});
  CHECK_EQ(sign_cms(as_bytes(kText), issue(Signer::ec("P-256"), {}).key(), lab.der(), {}, kNow).error().message, "the key is not the certificate's");
  const std::string encrypted = [&] {
    const std::shared_ptr<BIO> bio(BIO_new(BIO_s_mem()), BIO_free_all);
    PEM_write_bio_PKCS8PrivateKey(bio.get(), lab.signer.key.get(), EVP_aes_256_cbc(), "correct horse", 13, nullptr, nullptr);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, static_cast<std::size_t>(size));
  }();
  CHECK_EQ(load_private_key(Secret(std::string(encrypted)), std::nullopt).error().code, ErrorCode::permission);
  CHECK_EQ(load_private_key(Secret(std::string(encrypted)), Secret("wrong")).error().message, "the passphrase does not open the key");
  CHECK(load_private_key(Secret(std::string(encrypted)), Secret("correct horse")));
  CHECK(load_private_key(Secret(Signer::rsa(1024).private_pem()), std::nullopt).error().message.find("too weak") != std::string::npos);
  CHECK_EQ(load_private_key(Secret("nonsense"), std::nullopt).error().code, ErrorCode::invalid_input);
}

TEST_CASE("chains: who may sign, when, by whom") {
  const Identity root = issue(Signer::ec("P-256"), kAuthority);
  const Identity stranger = issue(Signer::ec("P-256"), {"Stranger", kAuthority.extensions});
  const auto state = [&](const Identity& lab, const Identity& authority, const char* at, const std::string& crl = "") {
    const auto check = check_chain(lab.der(), {}, authority.pem(), crl, {*parse_time(at), *parse_time(at)}, Use::sign);
    REQUIRE_MESSAGE(check, (check ? "" : check.error().message));
    CHECK_EQ(check->reason.empty(), check->trust == Trust::trusted);
    return name_of(check->trust);
  };
  const Identity lab = issue(Signer::ec("P-256"), {}, &root);
  CHECK_EQ(state(lab, root, "2026-06-01T00:00:00Z"), "trusted");
  CHECK_EQ(state(lab, lab, "2026-06-01T00:00:00Z"), "trusted");  // pinned
  CHECK_EQ(state(lab, stranger, "2026-06-01T00:00:00Z"), "unknown_authority");
  CHECK_EQ(state(issue(Signer::ec("P-256"), {}), root, "2026-06-01T00:00:00Z"), "unknown_authority");
  CHECK_EQ(state(lab, root, "2028-06-01T00:00:00Z"), "expired");
  CHECK_EQ(state(lab, root, "2025-06-01T00:00:00Z"), "not_yet_valid");
  const std::string crl = revocation_list(root, {&lab, *parse_time("2026-05-01T00:00:00Z")}, *parse_time("2026-05-01T00:00:00Z"));
  CHECK_EQ(state(lab, root, "2026-06-01T00:00:00Z", crl), "revoked");
  CHECK_EQ(state(issue(Signer::ec("P-256"), {}, &root), root, "2026-06-01T00:00:00Z", crl), "trusted");
  CHECK_EQ(state(lab, root, "2026-04-01T00:00:00Z", crl), "revocation_unknown");  // the list is newer
  CHECK_EQ(state(issue(Signer::ec("P-256"), {"Lab", {{"keyUsage", "critical,keyEncipherment"}}}, &root), root, "2026-06-01T00:00:00Z"), "wrong_use");
  CHECK_EQ(state(issue(Signer::ec("P-256"), {"Lab", {{"keyUsage", "nonRepudiation"}}}, &root), root, "2026-06-01T00:00:00Z"), "trusted");
  CHECK_EQ(state(issue(Signer::ec("P-256"), {"Lab", {{"extendedKeyUsage", "serverAuth"}}}, &root), root, "2026-06-01T00:00:00Z"), "wrong_use");
  CHECK_EQ(state(issue(Signer::ec("P-256"), {"Lab", {{"extendedKeyUsage", "serverAuth,1.3.6.1.5.5.7.3.36"}}}, &root), root, "2026-06-01T00:00:00Z"), "trusted");
  const Identity no_authority = issue(Signer::ec("P-256"), {"Middle", {{"basicConstraints", "critical,CA:FALSE"}}}, &root);
  const Identity under = issue(Signer::ec("P-256"), {"Under"}, &no_authority);
  const auto check = check_chain(under.der(), {no_authority.der()}, root.pem(), "", {kNow, kNow}, Use::sign);
  REQUIRE(check);
  CHECK_EQ(name_of(check->trust), "bad_chain");
  CHECK_EQ(check_chain(lab.der(), {}, "", "", {kNow, kNow}, Use::sign).error().message, "no certificate in the CA file");
  CHECK_EQ(check_chain(lab.der(), {}, root.pem(), "x", {kNow, kNow}, Use::sign).error().message, "no readable revocation list in the CRL file");
}

TEST_CASE("revoked before the time stamp, or after it") {
  // The seal of 1 June; the certificates last until 2027.
  const WallTime stamped = kNow, may = *parse_time("2026-05-01T00:00:00Z"), july = *parse_time("2026-07-01T00:00:00Z"), august = *parse_time("2026-08-01T00:00:00Z");
  for (const auto& key : {Signer::ec("P-256"), Signer::sm2()}) {
    const Identity root = issue(key, kAuthority);
    const Identity lab = issue(Signer::ec("P-256"), {}, &root), other = issue(Signer::ec("P-256"), {}, &root), clock = issue(Signer::rsa(2048), kStamper, &root);
    const auto check = [&](const Identity& leaf, const Revoked& revoked, const ChainTimes& times, WallTime issued, Use use = Use::sign) {
      const auto result = check_chain(leaf.der(), {}, root.pem(), revocation_list(root, revoked, issued), times, use);
      REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
      CHECK_EQ(result->reason.empty(), result->trust == Trust::trusted);
      return *result;
    };
    const auto state = [&](const Revoked& revoked) { return name_of(check(lab, revoked, {stamped, august, stamped}, july).trust); };
    CHECK_EQ(state({&other, july}), "trusted");  // the list is newer than the time stamp, and is silent about the lab
    CHECK_EQ(state({&lab, july}), "trusted");
    CHECK_EQ(check(lab, {&lab, july, 4}, {stamped, august, stamped}, july).revoked_later, "revoked at 2026-07-01T00:00:00Z, superseded");
    CHECK_EQ(check(lab, {&other, july}, {stamped, august, stamped}, july).revoked_later, "");
    CHECK_EQ(state({&lab, may}), "revoked");
    CHECK_EQ(state({&lab, stamped}), "revoked");  // at that very second
    CHECK_EQ(state({&lab, july, 1}), "revoked");  // a key was lost, nobody says when
    CHECK_EQ(state({&lab, july, 1, may}), "revoked");
    CHECK_EQ(state({&lab, july, 1, july - std::chrono::days(1)}), "trusted");
    CHECK_EQ(state({&lab, july, 4, may}), "revoked");  // any reason: it was invalid then
    CHECK_EQ(state({&lab, may, 1, july}), "revoked");  // the earlier of both dates
    // Nothing proves that the seal is older.
    CHECK_EQ(name_of(check(lab, {&lab, july}, {august, august, std::nullopt}, july).trust), "revoked");
    // The list has to be in force when verify looks.
    CHECK_EQ(name_of(check(lab, {&other, july}, {stamped, august, stamped}, august + std::chrono::days(1)).trust), "revocation_unknown");
    CHECK_EQ(name_of(check(lab, {&other, may}, {stamped, *parse_time("2027-01-01T00:00:00Z"), stamped}, *parse_time("2026-02-01T00:00:00Z")).trust), "revocation_unknown");
    // Long after the certificate expired: lists of then may be silent about it, the last one of its time may not.
    const WallTime later = *parse_time("2028-01-01T00:00:00Z");
    CHECK_EQ(name_of(check(lab, {&other, july}, {stamped, later, stamped}, july).trust), "trusted");
    CHECK_EQ(name_of(check(lab, {&lab, may}, {stamped, later, stamped}, july).trust), "revoked");
    const auto silent = check(lab, {&other, july}, {stamped, later, stamped}, *parse_time("2027-12-01T00:00:00Z"));
    CHECK_EQ(name_of(silent.trust), "revocation_unknown");
    CHECK(silent.reason.find("a list that was in force at 2026-12-31T23:59:59Z") != std::string::npos);
    // The clock's own certificate: its time is worth nothing when its key may be lost (RFC 3161 4).
    const auto of_clock = [&](const Revoked& revoked) { return name_of(check(clock, revoked, {august, august, stamped}, july, Use::time_stamp).trust); };
    CHECK_EQ(of_clock({&clock, july, 5}), "trusted");
    CHECK_EQ(of_clock({&clock, may, 5}), "revoked");
    CHECK_EQ(of_clock({&clock, july}), "revoked");
    CHECK_EQ(of_clock({&clock, july, 1, july}), "revoked");
  }
  // A list of somebody else with the same name.
  const Identity sm2 = issue(Signer::sm2(), kAuthority), namesake = issue(Signer::sm2(), kAuthority), lab = issue(Signer::sm2(), {}, &sm2);
  CHECK_EQ(name_of(check_chain(lab.der(), {}, sm2.pem(), revocation_list(namesake, {&lab, july}, july), {stamped, august, stamped}, Use::sign)->trust), "revocation_unknown");
}

TEST_CASE("a key of any kind under an authority of any kind") {
  struct Kind {
    std::string name;
    Signer signer;
  };
  const std::vector<Kind> kinds{{"sm2", Signer::sm2()}, {"rsa", Signer::rsa(2048)}, {"p256", Signer::ec("P-256")}, {"ed25519", Signer::ed25519()}};
  for (const Kind& above : kinds)
    for (const Kind& below : kinds) {
      CAPTURE(below.name);
      CAPTURE(above.name);
      const Identity root = issue(above.signer, kAuthority);
      const Identity lab = issue(below.signer, {}, &root);
      const auto check = check_chain(lab.der(), {}, root.pem(), "", {kNow, kNow}, Use::sign);
      REQUIRE(check);
      CHECK_MESSAGE(check->trust == Trust::trusted, check->reason);
      const auto server = verify_chain({lab.der()}, root.pem(), kNow);
      REQUIRE(server);
      CHECK_MESSAGE(server->trusted, server->reason);
      CHECK_FALSE(parse_certificate(lab.der())->self_signed);
      CHECK(parse_certificate(root.der())->self_signed);
      // Of the same name and kind, with another key.
      const Identity other = issue(above.name == "sm2" ? Signer::sm2() : Signer::ec("P-256"), kAuthority);
      CHECK(check_chain(lab.der(), {}, other.pem(), "", {kNow, kNow}, Use::sign)->trust != Trust::trusted);
    }
}

TEST_CASE("time stamps: request, answer, token") {
  const Identity root = issue(Signer::ec("P-256"), kAuthority);
  const Identity clock = issue(Signer::rsa(2048), kStamper, &root);
  const auto request = time_stamp_request(as_bytes(kText));
  REQUIRE(request);
  const auto token = time_stamp_token(*request, stamp(clock, *request, kNow));
  REQUIRE_MESSAGE(token, (token ? "" : token.error().message));
  const auto checked = [&](const Bytes& given, std::string_view data, const std::string& ca) {
    const auto check = check_time_stamp(given, as_bytes(data), ca, "", kNow);
    REQUIRE_MESSAGE(check, (check ? "" : check.error().message));
    return *check;
  };
  CHECK_EQ(checked(*token, kText, root.pem()).problem, "");
  CHECK_EQ(checked(*token, kText, root.pem()).time, kNow);
  CHECK_EQ(name_of(checked(*token, kText, root.pem()).chain->trust), "trusted");
  CHECK_EQ(name_of(checked(*token, kText, issue(Signer::ec("P-256"), kAuthority).pem()).chain->trust), "bad_chain");  // the same name, another key
  CHECK_FALSE(checked(*token, kText, "").chain);
  CHECK(checked(*token, "something else", root.pem()).problem.starts_with("it is for something else: imprint "));
  // An answer to another request: the nonce.
  const auto second = time_stamp_request(as_bytes(kText));
  CHECK(time_stamp_token(*second, stamp(clock, *request, kNow)).error().message.find("nonce") != std::string::npos);
  const auto third = time_stamp_request(as_bytes("else"));
  CHECK_EQ(time_stamp_token(*third, stamp(clock, *request, kNow)).error().code, ErrorCode::protocol);
  CHECK_EQ(time_stamp_token(*request, as_bytes("<html>")).error().message, "the answer is no RFC 3161 time stamp response");
  // Made after the authority's certificate ended.
  const auto late = time_stamp_token(*request, stamp(clock, *request, *parse_time("2030-01-01T00:00:00Z")));
  CHECK(checked(*late, kText, root.pem()).problem.find("when its certificate was not valid") != std::string::npos);
  Bytes broken = *token;
  broken.back() ^= 1;
  CHECK(checked(broken, kText, root.pem()).problem.starts_with("its signature does not hold"));
  CHECK_EQ(check_time_stamp(as_bytes("no"), as_bytes(kText), "", "", kNow).error().message, "no time stamp token");
  // In a signature and out again.
  const Identity lab = issue(Signer::ed25519(), {}, &root);
  const auto check = check_cms(sealed(lab, *token), as_bytes(kText));
  REQUIRE(check);
  CHECK_EQ(check->problem, "");
  CHECK_EQ(check->time_stamp, *token);
}

TEST_CASE("no CMS, and CMS of another kind") {
  const Identity lab = issue(Signer::ec("P-256"), {});
  Bytes der = sealed(lab);
  CHECK_EQ(check_cms(as_bytes("no"), as_bytes(kText)).error().message, "no CMS SignedData");
  CHECK_EQ(check_cms(Bytes(kCmsCapBytes + 1), as_bytes(kText)).error().code, ErrorCode::limit);
  der.push_back(0);
  CHECK_EQ(check_cms(der, as_bytes(kText)).error().message, "no CMS SignedData");
}
