#include "net/tlcp_identity.h"

#include <openssl/pem.h>

#include "crypto/openssl.h"
#include "crypto/x509.h"

namespace lintel::net {

namespace {

Result<std::vector<Bytes>> certificates_of(const std::string& pem, const char* role) {
  const crypto::Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Bytes> chain;
  const auto no_password = [](char*, int, int, void*) { return -1; };
  while (bio && chain.size() < crypto::kChainCap) {
    const crypto::Held<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
    if (!certificate) break;
    chain.push_back(crypto::encode_certificate(certificate.get()));
  }
  crypto::drain_openssl_errors();
  if (chain.empty()) return fail(ErrorCode::invalid_input, "the {} certificate is no PEM certificate", role);
  return chain;
}

Result<crypto::PrivateKey> key_of(const std::string& pem, const Bytes& certificate, const char* role) {
  auto key = crypto::load_private_key(crypto::Secret(std::string(pem)), std::nullopt);
  if (!key) return add_context(key.error(), fmt::format("the key of the {} certificate", role));
  if (key->type != crypto::KeyType::sm2) return fail(ErrorCode::invalid_input, "the key of the {} certificate is no SM2 key", role);
  if (!TRY(crypto::is_key_of(*key, certificate))) return fail(ErrorCode::invalid_input, "the key does not fit the {} certificate", role);
  return key;
}

}  // namespace

Result<std::optional<TlcpIdentity>> read_identity(const TlcpCredentials& credentials) {
  if (credentials.sign_certificate.empty()) return std::optional<TlcpIdentity>();
  TlcpIdentity identity;
  identity.chain = TRY(certificates_of(credentials.sign_certificate, "signature"));
  identity.sign_key = TRY(key_of(credentials.sign_key, identity.chain[0], "signature"));
  if (!credentials.encrypt_certificate.empty()) {
    const auto encrypt = TRY(certificates_of(credentials.encrypt_certificate, "encryption"));
    identity.encrypt_key = TRY(key_of(credentials.encrypt_key, encrypt[0], "encryption"));
    identity.chain.insert(identity.chain.begin() + 1, encrypt[0]);
  }
  return std::optional(std::move(identity));
}

}  // namespace lintel::net
