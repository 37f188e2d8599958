// Keys and signatures made on the spot, for tests only.
#pragma once
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

#include "crypto/signature.h"

namespace lintel::crypto::testing {

struct Signer {
  std::shared_ptr<EVP_PKEY> key;

  static Signer rsa(unsigned bits) { return {{EVP_RSA_gen(bits), EVP_PKEY_free}}; }
  static Signer ec(const char* curve) { return {{EVP_EC_gen(curve), EVP_PKEY_free}}; }
  static Signer sm2() { return {{EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"), EVP_PKEY_free}}; }
  static Signer ed25519() { return {{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free}}; }

  std::string pem(int (*write)(BIO*, EVP_PKEY*)) const {
    BIO* bio = BIO_new(BIO_s_mem());
    write(bio, key.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    std::string out(text, static_cast<std::size_t>(size));
    BIO_free(bio);
    return out;
  }
  std::string public_pem() const {
    return pem([](BIO* bio, EVP_PKEY* pkey) { return PEM_write_bio_PUBKEY(bio, pkey); });
  }
  std::string private_pem() const {
    return pem([](BIO* bio, EVP_PKEY* pkey) { return PEM_write_bio_PrivateKey(bio, pkey, nullptr, nullptr, 0, nullptr, nullptr); });
  }

  // Empty when it could not be signed.
  Bytes sign(const SignatureScheme& scheme, std::string_view message) const {
    std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* parameters = nullptr;
    const std::string digest(name_of(scheme.digest));
    const bool own_digest = scheme.algorithm == SignatureAlgorithm::ed25519;
    if (EVP_DigestSignInit_ex(context.get(), &parameters, own_digest ? nullptr : digest.c_str(), nullptr, nullptr, key.get(), nullptr) != 1) return {};
    if (scheme.algorithm == SignatureAlgorithm::rsa_pss) EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    if (scheme.algorithm == SignatureAlgorithm::sm2) EVP_PKEY_CTX_set1_id(parameters, scheme.sm2_id.data(), static_cast<int>(scheme.sm2_id.size()));
    Bytes signature(4096);
    std::size_t size = signature.size();
    const ByteView bytes = as_bytes(message);
    if (EVP_DigestSign(context.get(), signature.data(), &size, bytes.data(), bytes.size()) != 1) return {};
    signature.resize(size);
    return signature;
  }
};

// A key given by the bytes of its SubjectPublicKeyInfo.
inline std::string pem_of_spki(ByteView der) {
  return "-----BEGIN PUBLIC KEY-----\n" + to_base64(der) + "\n-----END PUBLIC KEY-----\n";
}

}  // namespace lintel::crypto::testing
