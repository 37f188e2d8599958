// Private keys for sealing: read from PEM, used, wiped. Nothing here prints one. Thread-safe.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/signature.h"

namespace lintel::crypto {

// A text that is wiped from memory when it goes.
class Secret {
 public:
  explicit Secret(std::string&& text);  // wipes the one it is given
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&&) = delete;
  ~Secret();
  std::string_view text() const { return *text_; }

 private:
  std::unique_ptr<std::string> text_;  // moving a Secret leaves no copy behind
};

struct PrivateKey {
  KeyType type = KeyType::other;
  std::string curve;  // of EC and SM2 keys
  std::shared_ptr<evp_pkey_st> handle;
};

// PEM, encrypted or not. Errors: permission (encrypted, and no or a wrong passphrase), invalid_input (none, or of a kind that can't seal).
Result<PrivateKey> load_private_key(const Secret& pem, const std::optional<Secret>& passphrase);

// The scheme that a seal is signed with: RSA PKCS #1 with SHA-256, ECDSA with the digest of the curve's strength, SM2 with SM3, Ed25519.
SignatureScheme sealing_scheme(const PrivateKey& key);
// Errors: invalid_input when the key does not fit the scheme.
Result<Bytes> sign(const PrivateKey& key, const SignatureScheme& scheme, ByteView message);

// Whether this is the key of the certificate.
Result<bool> is_key_of(const PrivateKey& key, ByteView certificate_der);

}  // namespace lintel::crypto
