// Certificates that nobody sane would issue: read within bounds of time and size, or refused.
#include <doctest/doctest.h>
#include <openssl/param_build.h>

#include <chrono>
#include <string>

#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/test_authority.h"

using namespace lintel;
using namespace lintel::crypto;
using namespace lintel::crypto::testing;

namespace {

constexpr std::chrono::seconds kSoon{5};  // generous: a slow machine under sanitizers

const Identity& authority() {
  static const Identity made = issue(Signer::rsa(2048), kAuthority);
  return made;
}

Bytes certificate(const Wishes& wishes) { return issue(Signer::ec("P-256"), wishes, &authority()).der(); }

// The same with other bytes of the same length.
Bytes patched(Bytes der, std::string_view from, std::string_view to) {
  REQUIRE(from.size() == to.size());
  const auto found = std::search(der.begin(), der.end(), from.begin(), from.end());
  REQUIRE(found != der.end());
  std::copy(to.begin(), to.end(), found);
  return der;
}

Bytes with_serial(const BIGNUM* number) {
  const Identity made = issue(Signer::ec("P-256"), {}, &authority());
  const std::shared_ptr<ASN1_INTEGER> serial(BN_to_ASN1_INTEGER(number, nullptr), ASN1_INTEGER_free);
  X509_set_serialNumber(made.certificate.get(), serial.get());
  i2d_re_X509_tbs(made.certificate.get(), nullptr);  // or the old encoding would stay
  return made.der();
}

std::shared_ptr<BIGNUM> number_of_bits(int bits) {
  std::shared_ptr<BIGNUM> number(BN_new(), BN_free);
  BN_set_bit(number.get(), bits - 1);
  BN_set_bit(number.get(), 0);
  return number;
}

// A public key without a private one.
Signer rsa_key(int bits, int exponent_bits) {
  const auto modulus = number_of_bits(bits), exponent = number_of_bits(exponent_bits);
  const std::shared_ptr<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  const std::shared_ptr<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()), OSSL_PARAM_free);
  const std::shared_ptr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  REQUIRE(EVP_PKEY_fromdata_init(context.get()) == 1);
  REQUIRE(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1);
  return {{key, EVP_PKEY_free}};
}

// Says that it signed itself, with as many bytes of signature as its key is long.
Bytes huge_rsa(int bits, int exponent_bits) {
  Wishes wishes = kAuthority;  // the authority's name too
  wishes.extensions.clear();
  const Identity made = issue(rsa_key(bits, exponent_bits), wishes, &authority());
  const ASN1_BIT_STRING* signature = nullptr;
  X509_get0_signature(&signature, nullptr, made.certificate.get());
  const Bytes bytes(static_cast<std::size_t>(bits + 7) / 8, 1);
  ASN1_STRING_set(const_cast<ASN1_BIT_STRING*>(signature), bytes.data(), static_cast<int>(bytes.size()));
  return made.der();
}

Certificate read_soon(const Bytes& der) {
  const auto begin = std::chrono::steady_clock::now();
  const auto read = parse_certificate(der);
  CHECK(std::chrono::steady_clock::now() - begin < kSoon);
  REQUIRE_MESSAGE(read, read.error().message);
  return *read;
}

}  // namespace

TEST_CASE("10,000 names: a thousand are told, all are matched") {
  std::string names;
  for (int i = 0; i < 10'000; ++i) names += fmt::format("{}DNS:n{}.example", i == 0 ? "" : ",", i);
  Wishes wishes;
  wishes.extensions = {{"subjectAltName", names}};
  const Bytes der = certificate(wishes);
  CHECK(der.size() > 100'000);
  const Certificate read = read_soon(der);
  CHECK(read.names.size() == 1000);
  CHECK(read.names.front() == "n0.example");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(*certificate_names(der, "n9999.example"));
  CHECK_FALSE(*certificate_names(der, "n10000.example"));
  CHECK(std::chrono::steady_clock::now() - begin < kSoon);
}

TEST_CASE("huge RSA keys are measured, and not computed with for long") {
  for (const auto& [bits, exponent_bits] : {std::pair{16'384, 64}, {16'384, 16'000}, {17'000, 17}, {500'000, 17}}) {
    const Certificate read = read_soon(huge_rsa(bits, exponent_bits));
    CHECK(read.key_type == "RSA");
    CHECK(read.key_bits == bits);
    CHECK_FALSE(read.self_signed);
    CHECK(read.subject == read.issuer);
  }
}

TEST_CASE("serial numbers below zero, of zero and without end") {
  const auto five = number_of_bits(3);
  BN_set_negative(five.get(), 1);
  CHECK(read_soon(with_serial(five.get())).serial == "-05");
  const std::shared_ptr<BIGNUM> zero(BN_new(), BN_free);
  CHECK(read_soon(with_serial(zero.get())).serial == "0");
  const Certificate endless = read_soon(with_serial(number_of_bits(400'000).get()));
  CHECK(endless.serial.size() == 100'000);
}

TEST_CASE("names that are no text become text") {
  Wishes wishes;
  wishes.name = "abcdefgh";
  wishes.extensions = {{"subjectAltName", "DNS:home.example"}};
  const Bytes plain = certificate(wishes);
  for (const std::string_view bad : {std::string_view("\xFF\xFE\x80zzzzz"), std::string_view("a\0b\x1B[31m", 8), std::string_view("\xC3(\xE2\x82(\xF0\x90z")}) {
    const auto read = parse_certificate(patched(plain, "abcdefgh", bad));
    if (!read) continue;  // refusing it is as good
    CHECK(read->subject == printable(read->subject));
    CHECK(read->subject.size() <= 64);
    CHECK(read->subject.find('\x1B') == std::string::npos);
  }
  const Bytes cut = patched(plain, "home.example", std::string_view("home\0example", 12));
  const Certificate read = read_soon(cut);
  REQUIRE(read.names.size() == 1);
  CHECK(read.names[0] == printable(read.names[0]));
  CHECK_FALSE(*certificate_names(cut, "home"));
  CHECK_FALSE(*certificate_names(cut, "home.example"));
}

TEST_CASE("a name of 60,000 letters is no larger than it was") {
  Wishes wishes;
  wishes.extensions = {{"subjectAltName", "DNS:" + std::string(60'000, 'a')}};
  const Certificate read = read_soon(certificate(wishes));
  REQUIRE(read.names.size() == 1);
  CHECK(read.names[0].size() == 60'000);
}
