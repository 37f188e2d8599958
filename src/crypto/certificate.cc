#include "crypto/certificate.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <memory>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"
#include "crypto/x509.h"

namespace lintel::crypto {

namespace {

std::string text_of(const X509_NAME* name) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return printable({data, static_cast<std::size_t>(std::max(0L, size))});
}

std::string address_text(const ASN1_STRING* value) {
  const unsigned char* bytes = ASN1_STRING_get0_data(value);
  const int size = ASN1_STRING_length(value);
  if (size == 4) return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
  if (size != 16) return {};
  std::string text;
  for (int i = 0; i < 16; i += 2)
    text += fmt::format("{}{:x}", i == 0 ? "" : ":", bytes[i] << 8 | bytes[i + 1]);
  return text;
}

std::vector<std::string> alternative_names(const X509* certificate) {
  std::vector<std::string> found;
  const Held<GENERAL_NAMES> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()) && i < 1000; ++i) {
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
    std::string name;
    if (type == GEN_DNS)
      name = printable({reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                        static_cast<std::size_t>(ASN1_STRING_length(value))});
    else if (type == GEN_IPADD)
      name = address_text(value);
    if (!name.empty()) found.push_back(std::move(name));
  }
  return found;
}

std::string signature_name(X509* certificate) {
  const int algorithm = X509_get_signature_nid(certificate);
  const char* long_name = OBJ_nid2ln(algorithm);
  std::string name = algorithm == NID_undef || long_name == nullptr ? "unknown" : long_name;
  int digest = NID_undef;
  if (algorithm == NID_rsassaPss &&
      X509_get_signature_info(certificate, &digest, nullptr, nullptr, nullptr) == 1 && digest != NID_undef)
    name += fmt::format("-with-{}", OBJ_nid2sn(digest));
  return name;
}

void describe_key(X509* certificate, Certificate& out) {
  ASN1_OBJECT* algorithm = nullptr;
  std::array<char, 80> name{};
  if (X509_PUBKEY_get0_param(&algorithm, nullptr, nullptr, nullptr, X509_get_X509_PUBKEY(certificate)) == 1 && OBJ_obj2txt(name.data(), name.size(), algorithm, 0) > 0)
    out.key_algorithm = name.data();
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  out.key_type = "other";
  if (key == nullptr) return;
  out.key_bits = EVP_PKEY_get_bits(key);
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1) out.key_curve = group.data();
  if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS"))
    out.key_type = "RSA";
  else if (EVP_PKEY_is_a(key, "SM2") || out.key_curve == "SM2")
    out.key_type = "SM2";
  else if (EVP_PKEY_is_a(key, "EC"))
    out.key_type = "EC";
  else
    for (const char* type : {"ED25519", "ED448", "DSA"})
      if (EVP_PKEY_is_a(key, type)) out.key_type = type;
}

// The leaf's dates are judged apart; without this an expired leaf would hide whether its chain is known.
int overlook_leaf_dates(int ok, X509_STORE_CTX* context) {
  const int error = X509_STORE_CTX_get_error(context);
  const bool dates = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
  if (ok == 1 || !dates || X509_STORE_CTX_get_error_depth(context) != 0) return ok;
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return 1;
}

std::vector<std::string> usages(X509* certificate) {
  struct Usage {
    std::uint32_t bit;
    const char* name;
  };
  static constexpr Usage known[] = {{KU_DIGITAL_SIGNATURE, "digitalSignature"}, {KU_NON_REPUDIATION, "nonRepudiation"}, {KU_KEY_ENCIPHERMENT, "keyEncipherment"},
                                    {KU_DATA_ENCIPHERMENT, "dataEncipherment"}, {KU_KEY_AGREEMENT, "keyAgreement"},     {KU_KEY_CERT_SIGN, "keyCertSign"},
                                    {KU_CRL_SIGN, "cRLSign"},                   {KU_ENCIPHER_ONLY, "encipherOnly"},     {KU_DECIPHER_ONLY, "decipherOnly"}};
  std::vector<std::string> names;
  if (X509_get_ext_by_NID(certificate, NID_key_usage, -1) < 0) return names;
  const std::uint32_t usage = X509_get_key_usage(certificate);
  for (const Usage& one : known)
    if ((usage & one.bit) != 0) names.emplace_back(one.name);
  return names;
}

}  // namespace

Result<Certificate> parse_certificate(ByteView der) {
  const auto certificate = TRY(decode_certificate(der));
  Certificate out;
  out.subject = text_of(X509_get_subject_name(certificate.get()));
  out.issuer = text_of(X509_get_issuer_name(certificate.get()));
  const Held<BIGNUM> serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr));
  char* hex = serial ? BN_bn2hex(serial.get()) : nullptr;
  if (hex != nullptr) out.serial = to_lower(hex);
  OPENSSL_free(hex);
  const auto begin = time_of(X509_get0_notBefore(certificate.get())),
             end = time_of(X509_get0_notAfter(certificate.get()));
  if (!begin || !end) return fail(ErrorCode::invalid_input, "unreadable certificate: its dates are none");
  out.not_before = *begin;
  out.not_after = *end;
  describe_key(certificate.get(), out);
  out.signature_algorithm = signature_name(certificate.get());
  out.self_signed = X509_self_signed(certificate.get(), 1) == 1;
  out.key_usage = usages(certificate.get());
  out.names = alternative_names(certificate.get());
  out.sha256 = to_hex(TRY(digest(DigestAlgorithm::sha256, der)));
  drain_openssl_errors();
  return out;
}

Result<bool> certificate_names(ByteView der, const std::string& server_name) {
  const auto certificate = TRY(decode_certificate(der));
  const int by_address = X509_check_ip_asc(certificate.get(), server_name.c_str(), 0);  // -2: not an address
  const int matches = by_address != -2
                          ? by_address
                          : X509_check_host(certificate.get(), server_name.data(), server_name.size(),
                                            X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr);
  drain_openssl_errors();
  if (matches < 0)
    return fail(ErrorCode::invalid_input, "\"{}\" is neither a host name nor an address",
                printable(server_name));
  return matches == 1;
}

Result<ChainVerdict> verify_chain(const std::vector<Bytes>& chain, std::string_view ca_pem, WallTime at) {
  if (chain.empty()) return fail(ErrorCode::invalid_input, "the server sent no certificate");
  const auto store = TRY(store_of(ca_pem));
  const auto leaf = TRY(decode_certificate(chain.front()));
  const Held<STACK_OF(X509)> others(sk_X509_new_null());
  for (std::size_t i = 1; i < std::min(chain.size(), kChainCap); ++i) {
    auto other = decode_certificate(chain[i]);
    if (other && sk_X509_push(others.get(), other->get()) > 0) [[maybe_unused]]
      auto* owned = other->release();
  }
  const Held<X509_STORE_CTX> context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), others.get()) != 1)
    return fail(ErrorCode::internal, "certificate verification cannot start: {}", drain_openssl_errors());
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(rules, std::chrono::system_clock::to_time_t(at));
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_depth(rules, 10);
  X509_STORE_CTX_set_verify_cb(context.get(), overlook_leaf_dates);
  ChainVerdict verdict;
  verdict.trusted = X509_verify_cert(context.get()) == 1;
  if (!verdict.trusted)
    verdict.reason = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
  drain_openssl_errors();
  return verdict;
}

std::string to_pem(ByteView der) {
  const std::string text = to_base64(der);
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t at = 0; at < text.size(); at += 64) pem += text.substr(at, 64) + "\n";
  return pem + "-----END CERTIFICATE-----\n";
}

}  // namespace lintel::crypto
