// Public keys and detached signatures over images of any size, through OpenSSL. Not thread-safe; free functions are.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/digest.h"

struct evp_pkey_st;

namespace lintel::crypto {

enum class KeyType { rsa, ec, sm2, ed25519, other };
std::string_view name_of(KeyType type);  // "RSA", "EC", "SM2", "ED25519", "other"

struct PublicKey {
  KeyType type = KeyType::other;
  int bits = 0;
  std::string curve;   // of EC and SM2 keys, OpenSSL's name; empty for one described by its numbers
  std::string sha256;  // hex digest of the DER SubjectPublicKeyInfo
  std::shared_ptr<evp_pkey_st> handle;
};

// PEM (PUBLIC KEY, RSA PUBLIC KEY) or its DER, or a CERTIFICATE in either (its key; nothing else of it is looked at). A PEM private key is
// refused, because it has no place beside a target file. Errors: invalid_input.
Result<PublicKey> load_public_key(std::string_view text);

enum class SignatureAlgorithm { ecdsa, rsa_pkcs1, rsa_pss, sm2, ed25519 };
std::string_view name_of(SignatureAlgorithm algorithm);  // "ecdsa", "rsa-pkcs1", "rsa-pss", "sm2", "ed25519"
std::optional<SignatureAlgorithm> signature_named(std::string_view name);

struct SignatureScheme {
  SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa;
  DigestAlgorithm digest = DigestAlgorithm::sha256;  // not used by Ed25519, always SM3 with SM2
  std::string sm2_id = "1234567812345678";           // distinguishing id of the signer, GM/T 0009 default
};

// Ed25519 needs the whole message at once; a longer one gives `limit`. The others stream.
inline constexpr std::size_t kEd25519CapBytes = std::size_t{128} << 20;

class SignatureVerifier {
 public:
  // Errors: invalid_input when the key is not of the algorithm's type or SM2 is paired with a digest other than SM3.
  static Result<SignatureVerifier> create(const PublicKey& key, const SignatureScheme& scheme);
  SignatureVerifier(SignatureVerifier&&) noexcept;
  SignatureVerifier& operator=(SignatureVerifier&&) noexcept;
  ~SignatureVerifier();
  Result<void> update(ByteView bytes);
  // ECDSA and SM2 signatures are DER SEQUENCE {r, s}, or r and s side by side at the curve's full width. A malformed signature is false,
  // like a wrong one. The salt length of RSA-PSS is free, its mask digest is the message digest. The object is spent.
  Result<bool> finish(ByteView signature);

 private:
  struct State;
  explicit SignatureVerifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

Result<bool> verify(const PublicKey& key, const SignatureScheme& scheme, ByteView message, ByteView signature);

}  // namespace lintel::crypto
