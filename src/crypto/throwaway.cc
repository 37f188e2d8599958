#include "crypto/throwaway.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "crypto/openssl.h"
#include "crypto/x509.h"

namespace lintel::crypto {

namespace {

struct ThrowawayFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};

std::string pem_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

bool sign_self(X509* certificate, EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "SM2") != 1) return X509_sign(certificate, key, EVP_sha256()) > 0;
  prepare_sm2(certificate);
  const std::unique_ptr<EVP_MD_CTX, ThrowawayFree> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // belongs to context
  return context && EVP_DigestSignInit_ex(context.get(), &parameters, "SM3", nullptr, nullptr, key, nullptr) == 1 &&
         EVP_PKEY_CTX_set1_id(parameters, "1234567812345678", 16) > 0 && X509_sign_ctx(certificate, context.get()) > 0;
}

Result<Throwaway> make(std::unique_ptr<EVP_PKEY, ThrowawayFree> key, const char* usage) {
  const std::unique_ptr<X509, ThrowawayFree> certificate(X509_new());
  const std::unique_ptr<BIO, ThrowawayFree> key_pem(BIO_new(BIO_s_mem())), pem(BIO_new(BIO_s_mem()));
  const std::unique_ptr<X509_EXTENSION, ThrowawayFree> extension(X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, usage));
  constexpr long kDay = 24 * 60 * 60;
  X509_NAME* name = certificate ? X509_get_subject_name(certificate.get()) : nullptr;
  const bool made = key && name != nullptr && key_pem && pem && extension && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1 &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("stranger"), -1, -1, 0) == 1 &&
                    X509_set_issuer_name(certificate.get(), name) == 1 && X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDay) != nullptr && X509_set_pubkey(certificate.get(), key.get()) == 1 &&
                    X509_add_ext(certificate.get(), extension.get(), -1) == 1 && sign_self(certificate.get(), key.get()) &&
                    PEM_write_bio_X509(pem.get(), certificate.get()) == 1 &&
                    PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  drain_openssl_errors();
  if (!made) return fail(ErrorCode::internal, "OpenSSL makes no certificate");
  return Throwaway{pem_of(pem.get()), pem_of(key_pem.get())};
}

Result<ThrowawayPair> make_sm2() {
  auto sign_key = std::unique_ptr<EVP_PKEY, ThrowawayFree>(EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
  auto encrypt_key = std::unique_ptr<EVP_PKEY, ThrowawayFree>(EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
  ThrowawayPair pair;
  pair.sign = TRY(make(std::move(sign_key), "critical,digitalSignature"));
  pair.encrypt = TRY(make(std::move(encrypt_key), "critical,keyEncipherment,dataEncipherment,keyAgreement"));
  return pair;
}

}  // namespace

Result<Throwaway> throwaway_certificate() {
  static const Result<Throwaway> made = make(std::unique_ptr<EVP_PKEY, ThrowawayFree>(EVP_RSA_gen(2048)), "critical,digitalSignature");
  return made;
}

Result<ThrowawayPair> throwaway_sm2_certificates() {
  static const Result<ThrowawayPair> made = make_sm2();
  return made;
}

}  // namespace lintel::crypto
