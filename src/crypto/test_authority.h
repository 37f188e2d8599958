// Certificates, revocation lists and a time-stamping authority made on the spot, for tests only.
#pragma once
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "crypto/certificate.h"
#include "crypto/private_key.h"
#include "crypto/test_signer.h"
#include "crypto/x509.h"

namespace lintel::crypto::testing {

struct Identity {
  Signer signer;
  std::shared_ptr<X509> certificate;
  Bytes der() const { return encode_certificate(certificate.get()); }
  std::string pem() const { return to_pem(der()); }
  PrivateKey key() const { return *load_private_key(Secret(signer.private_pem()), std::nullopt); }
};

struct Wishes {
  std::string name = "Lab";
  std::vector<std::pair<std::string, std::string>> extensions{{"keyUsage", "critical,digitalSignature"}};
  WallTime from = *parse_time("2026-01-01T00:00:00Z");
  WallTime until = *parse_time("2027-01-01T00:00:00Z");
};
inline const Wishes kAuthority{"Root", {{"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "critical,keyCertSign,cRLSign"}}};
inline const Wishes kStamper{"Clock", {{"keyUsage", "critical,digitalSignature"}, {"extendedKeyUsage", "critical,timeStamping"}}};

inline const EVP_MD* digest_for(EVP_PKEY* key) {
  return EVP_PKEY_is_a(key, "ED25519") ? nullptr : EVP_PKEY_is_a(key, "SM2") ? EVP_sm3() : EVP_sha256();
}

// issuer nullptr: self-signed.
inline Identity issue(Signer signer, const Wishes& wishes, const Identity* issuer = nullptr) {
  static long serial = 1;
  Identity made{std::move(signer), {X509_new(), X509_free}};
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate), std::chrono::system_clock::to_time_t(wishes.from));
  ASN1_TIME_set(X509_getm_notAfter(certificate), std::chrono::system_clock::to_time_t(wishes.until));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(wishes.name.c_str()), -1, -1, 0);
  const Identity& by = issuer != nullptr ? *issuer : made;
  X509_set_issuer_name(certificate, X509_get_subject_name(by.certificate.get()));
  X509_set_pubkey(certificate, made.signer.key.get());
  for (const auto& [name, value] : wishes.extensions) {
    X509_EXTENSION* extension = X509V3_EXT_conf(nullptr, nullptr, name.c_str(), value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  EVP_PKEY* key = by.signer.key.get();
  prepare_sm2(certificate);
  if (EVP_PKEY_is_a(key, "SM2")) {
    const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* parameters = nullptr;
    EVP_DigestSignInit_ex(context.get(), &parameters, "SM3", nullptr, nullptr, key, nullptr);
    EVP_PKEY_CTX_set1_id(parameters, "1234567812345678", 16);
    X509_sign_ctx(certificate, context.get());
  } else {
    X509_sign(certificate, key, digest_for(key));
  }
  return made;
}

struct Revoked {
  const Identity* who = nullptr;
  WallTime at{};
  int reason = -1;                      // CRLReason; -1: not said
  std::optional<WallTime> invalid_since{};
};

// In force from `from` for 300 days.
inline std::string revocation_list(const Identity& authority, const Revoked& revoked, WallTime from) {
  const std::shared_ptr<X509_CRL> list(X509_CRL_new(), X509_CRL_free);
  const std::shared_ptr<ASN1_TIME> time(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(from)), ASN1_TIME_free);
  const std::shared_ptr<ASN1_TIME> next(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(from + std::chrono::days(300))), ASN1_TIME_free);
  const std::shared_ptr<ASN1_TIME> date(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(revoked.at)), ASN1_TIME_free);
  X509_CRL_set_version(list.get(), 1);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.certificate.get()));
  X509_CRL_set1_lastUpdate(list.get(), time.get());
  X509_CRL_set1_nextUpdate(list.get(), next.get());
  X509_REVOKED* entry = X509_REVOKED_new();
  X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked.who->certificate.get()));
  X509_REVOKED_set_revocationDate(entry, date.get());
  if (revoked.reason >= 0) {
    const std::shared_ptr<ASN1_ENUMERATED> reason(ASN1_ENUMERATED_new(), ASN1_ENUMERATED_free);
    ASN1_ENUMERATED_set(reason.get(), revoked.reason);
    X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason.get(), 0, 0);
  }
  if (revoked.invalid_since) {
    const std::shared_ptr<ASN1_GENERALIZEDTIME> since(ASN1_GENERALIZEDTIME_set(nullptr, std::chrono::system_clock::to_time_t(*revoked.invalid_since)), ASN1_GENERALIZEDTIME_free);
    X509_REVOKED_add1_ext_i2d(entry, NID_invalidity_date, since.get(), 0, 0);
  }
  X509_CRL_add0_revoked(list.get(), entry);
  EVP_PKEY* key = authority.signer.key.get();
  const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  EVP_DigestSignInit_ex(context.get(), &parameters, EVP_PKEY_is_a(key, "SM2") ? "SM3" : "SHA256", nullptr, nullptr, key, nullptr);
  if (EVP_PKEY_is_a(key, "SM2")) EVP_PKEY_CTX_set1_id(parameters, "1234567812345678", 16);
  X509_CRL_sign_ctx(list.get(), context.get());
  const std::shared_ptr<BIO> bio(BIO_new(BIO_s_mem()), BIO_free_all);
  PEM_write_bio_X509_CRL(bio.get(), list.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

// The authority's answer to a DER request, at that time.
inline Bytes stamp(const Identity& authority, ByteView request, WallTime at) {
  struct Fixed {
    static int time(TS_RESP_CTX*, void* data, long* seconds, long* fraction) {
      *seconds = std::chrono::system_clock::to_time_t(*static_cast<WallTime*>(data));
      *fraction = 0;
      return 1;
    }
    static ASN1_INTEGER* serial(TS_RESP_CTX*, void*) {
      ASN1_INTEGER* number = ASN1_INTEGER_new();
      ASN1_INTEGER_set(number, 7);
      return number;
    }
  };
  const std::shared_ptr<TS_RESP_CTX> context(TS_RESP_CTX_new(), TS_RESP_CTX_free);
  TS_RESP_CTX_set_signer_cert(context.get(), authority.certificate.get());
  TS_RESP_CTX_set_signer_key(context.get(), authority.signer.key.get());
  TS_RESP_CTX_set_signer_digest(context.get(), EVP_sha256());
  TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256());
  TS_RESP_CTX_add_md(context.get(), EVP_sha256());
  const std::shared_ptr<ASN1_OBJECT> policy(OBJ_txt2obj("1.2.3.4", 1), ASN1_OBJECT_free);
  TS_RESP_CTX_set_def_policy(context.get(), policy.get());
  TS_RESP_CTX_set_serial_cb(context.get(), Fixed::serial, nullptr);
  TS_RESP_CTX_set_time_cb(context.get(), Fixed::time, &at);
  const std::shared_ptr<BIO> bio(BIO_new_mem_buf(request.data(), static_cast<int>(request.size())), BIO_free_all);
  const std::shared_ptr<TS_RESP> response(TS_RESP_create_response(context.get(), bio.get()), TS_RESP_free);
  if (!response) return {};
  std::uint8_t* der = nullptr;
  const int size = i2d_TS_RESP(response.get(), &der);
  Bytes out(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return out;
}

}  // namespace lintel::crypto::testing
