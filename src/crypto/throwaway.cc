#include "crypto/throwaway.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace lintel::crypto {

namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

Result<Throwaway> make() {
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_RSA_gen(2048));
  const std::unique_ptr<X509, Free> certificate(X509_new());
  const std::unique_ptr<BIO, Free> key_pem(BIO_new(BIO_s_mem())), pem(BIO_new(BIO_s_mem()));
  constexpr long kDay = 24 * 60 * 60;
  X509_NAME* name = certificate ? X509_get_subject_name(certificate.get()) : nullptr;
  const bool made = key && name != nullptr && key_pem && pem && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1 &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("stranger"), -1, -1, 0) == 1 &&
                    X509_set_issuer_name(certificate.get(), name) == 1 && X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDay) != nullptr && X509_set_pubkey(certificate.get(), key.get()) == 1 &&
                    X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0 && PEM_write_bio_X509(pem.get(), certificate.get()) == 1 &&
                    PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  if (!made) return fail(ErrorCode::internal, "OpenSSL makes no certificate");
  return Throwaway{text_of(pem.get()), text_of(key_pem.get())};
}

}  // namespace

Result<Throwaway> throwaway_certificate() {
  static const Result<Throwaway> made = make();
  return made;
}

}  // namespace lintel::crypto
