#include "crypto/private_key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cstring>

#include "crypto/openssl.h"
#include "crypto/x509.h"

namespace lintel::crypto {
namespace {

// What PEM_read asks for. An absent passphrase must not make OpenSSL ask the terminal.
int give_passphrase(char* buffer, int room, int /*writing*/, void* user) {
  const auto* passphrase = static_cast<const Secret*>(user);
  if (passphrase == nullptr || passphrase->text().size() > static_cast<std::size_t>(room)) return -1;
  std::memcpy(buffer, passphrase->text().data(), passphrase->text().size());
  return static_cast<int>(passphrase->text().size());
}

std::string group_of(const EVP_PKEY* key) {
  char name[80] = "";
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(key, name, sizeof name, &size) == 1 ? name : "";
}

}  // namespace

Secret::Secret(std::string&& text) : text_(std::make_unique<std::string>(text)) { OPENSSL_cleanse(text.data(), text.size()); }

Secret::~Secret() {
  if (text_) OPENSSL_cleanse(text_->data(), text_->size());
}

Result<PrivateKey> load_private_key(const Secret& pem, const std::optional<Secret>& passphrase) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.text().data(), static_cast<int>(std::min<std::size_t>(pem.text().size(), 1 << 20))));
  if (!bio) return fail(ErrorCode::internal, "no memory for a key");
  PrivateKey key;
  void* user = passphrase ? const_cast<Secret*>(&*passphrase) : nullptr;
  key.handle = std::shared_ptr<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, user), OpensslFree());
  const std::string reason = drain_openssl_errors();
  if (!key.handle) {
    const bool encrypted = pem.text().find("ENCRYPTED") != std::string_view::npos;
    if (encrypted && !passphrase)
      return fail(ErrorCode::permission, "the key is encrypted; give its passphrase with --passphrase env:NAME or --passphrase file:PATH");
    if (encrypted) return fail(ErrorCode::permission, "the passphrase does not open the key");
    return fail(ErrorCode::invalid_input, "no private key in PEM can be read from it ({})", reason);
  }
  key.curve = group_of(key.handle.get());
  if (EVP_PKEY_is_a(key.handle.get(), "RSA")) key.type = KeyType::rsa;
  if (EVP_PKEY_is_a(key.handle.get(), "EC")) key.type = KeyType::ec;
  if (EVP_PKEY_is_a(key.handle.get(), "SM2")) key.type = KeyType::sm2;
  if (EVP_PKEY_is_a(key.handle.get(), "ED25519")) key.type = KeyType::ed25519;
  if (key.type == KeyType::other) return fail(ErrorCode::invalid_input, "keys of this type don't seal; use RSA, EC, SM2 or Ed25519");
  if (key.type == KeyType::rsa && EVP_PKEY_get_bits(key.handle.get()) < 2048)
    return fail(ErrorCode::invalid_input, "an RSA key of {} bits is too weak to seal; use 2048 at least", EVP_PKEY_get_bits(key.handle.get()));
  return key;
}

SignatureScheme sealing_scheme(const PrivateKey& key) {
  SignatureScheme scheme;
  switch (key.type) {
    case KeyType::rsa: scheme.algorithm = SignatureAlgorithm::rsa_pkcs1; break;
    case KeyType::ec:
      scheme.algorithm = SignatureAlgorithm::ecdsa;
      if (const int bits = EVP_PKEY_get_bits(key.handle.get()); bits > 256) scheme.digest = bits > 384 ? DigestAlgorithm::sha512 : DigestAlgorithm::sha384;
      break;
    case KeyType::sm2:
      scheme.algorithm = SignatureAlgorithm::sm2;
      scheme.digest = DigestAlgorithm::sm3;
      break;
    case KeyType::ed25519:
    case KeyType::other:
      scheme.algorithm = SignatureAlgorithm::ed25519;
      scheme.digest = DigestAlgorithm::sha512;  // of the content: RFC 8419 3.1
      break;
  }
  return scheme;
}

Result<Bytes> sign(const PrivateKey& key, const SignatureScheme& scheme, ByteView message) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // owned by the context
  const std::string digest(name_of(scheme.digest));
  const char* digest_name = scheme.algorithm == SignatureAlgorithm::ed25519 ? nullptr : digest.c_str();
  bool ready = context && EVP_DigestSignInit_ex(context.get(), &parameters, digest_name, nullptr, nullptr, key.handle.get(), nullptr) == 1;
  if (ready && scheme.algorithm == SignatureAlgorithm::sm2)
    ready = EVP_PKEY_CTX_set1_id(parameters, scheme.sm2_id.data(), static_cast<int>(scheme.sm2_id.size())) == 1;
  std::size_t size = 0;
  ready = ready && EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1;
  Bytes signature(size);
  ready = ready && EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1;
  const std::string reason = drain_openssl_errors();
  if (!ready) return fail(ErrorCode::invalid_input, "can't sign with this key: {}", reason);
  signature.resize(size);
  return signature;
}

Result<bool> is_key_of(const PrivateKey& key, ByteView certificate_der) {
  const auto certificate = TRY(decode_certificate(certificate_der));
  const bool same = X509_check_private_key(certificate.get(), key.handle.get()) == 1;
  drain_openssl_errors();
  return same;
}

}  // namespace lintel::crypto
