#include "crypto/signature.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/openssl.h"

namespace lintel::crypto {
namespace {

constexpr std::size_t kKeyCapBytes = 64 << 10;

// An encrypted PEM block would otherwise ask for its password on the terminal.
int no_password(char*, int, int, void*) { return -1; }

Owned<EVP_PKEY> key_of_certificate(BIO* bio, bool pem) {
  X509* certificate = pem ? PEM_read_bio_X509(bio, nullptr, no_password, nullptr) : d2i_X509_bio(bio, nullptr);
  Owned<EVP_PKEY> key(certificate != nullptr ? X509_get_pubkey(certificate) : nullptr);
  X509_free(certificate);
  return key;
}

Owned<EVP_PKEY> key_of(BIO* bio, bool pem) {
  EVP_PKEY* key = nullptr;
  OSSL_DECODER_CTX* decoder =
      OSSL_DECODER_CTX_new_for_pkey(&key, pem ? "PEM" : "DER", nullptr, nullptr, OSSL_KEYMGMT_SELECT_PUBLIC_KEY, nullptr, nullptr);
  if (decoder != nullptr) {
    OSSL_DECODER_CTX_set_pem_password_cb(decoder, no_password, nullptr);
    OSSL_DECODER_from_bio(decoder, bio);
  }
  OSSL_DECODER_CTX_free(decoder);
  return Owned<EVP_PKEY>(key);
}

KeyType type_of(const EVP_PKEY* key, std::string_view curve) {
  if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) return KeyType::rsa;
  if (EVP_PKEY_is_a(key, "SM2") || curve == "SM2") return KeyType::sm2;
  if (EVP_PKEY_is_a(key, "EC")) return KeyType::ec;
  if (EVP_PKEY_is_a(key, "ED25519")) return KeyType::ed25519;
  return KeyType::other;
}

KeyType type_for(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::ecdsa: return KeyType::ec;
    case SignatureAlgorithm::rsa_pkcs1:
    case SignatureAlgorithm::rsa_pss: return KeyType::rsa;
    case SignatureAlgorithm::sm2: return KeyType::sm2;
    case SignatureAlgorithm::ed25519: return KeyType::ed25519;
  }
  return KeyType::other;
}

// r and s side by side, as many boot loaders keep them, turned into the DER that OpenSSL takes. Anything else is returned as it is.
Bytes as_der(ByteView signature, int key_bits) {
  const std::size_t width = (static_cast<std::size_t>(key_bits) + 7) / 8;
  const std::uint8_t* at = signature.data();
  ECDSA_SIG* parsed = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(signature.size()));
  const bool is_der = parsed != nullptr && at == signature.data() + signature.size();
  ECDSA_SIG_free(parsed);
  Bytes der(signature.begin(), signature.end());
  if (is_der || signature.size() != 2 * width) return der;
  ECDSA_SIG* made = ECDSA_SIG_new();
  BIGNUM* r = BN_bin2bn(signature.data(), static_cast<int>(width), nullptr);
  BIGNUM* s = BN_bin2bn(signature.data() + width, static_cast<int>(width), nullptr);
  if (made == nullptr || r == nullptr || s == nullptr || ECDSA_SIG_set0(made, r, s) != 1) {
    BN_free(r);
    BN_free(s);
  } else if (const int size = i2d_ECDSA_SIG(made, nullptr); size > 0) {
    der.resize(static_cast<std::size_t>(size));
    std::uint8_t* out = der.data();
    i2d_ECDSA_SIG(made, &out);
  }
  ECDSA_SIG_free(made);
  return der;
}

}  // namespace

std::string_view name_of(KeyType type) {
  switch (type) {
    case KeyType::rsa: return "RSA";
    case KeyType::ec: return "EC";
    case KeyType::sm2: return "SM2";
    case KeyType::ed25519: return "ED25519";
    case KeyType::other: return "other";
  }
  return "other";
}

std::string_view name_of(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::ecdsa: return "ecdsa";
    case SignatureAlgorithm::rsa_pkcs1: return "rsa-pkcs1";
    case SignatureAlgorithm::rsa_pss: return "rsa-pss";
    case SignatureAlgorithm::sm2: return "sm2";
    case SignatureAlgorithm::ed25519: return "ed25519";
  }
  return "ecdsa";
}

std::optional<SignatureAlgorithm> signature_named(std::string_view name) {
  using enum SignatureAlgorithm;
  for (const SignatureAlgorithm algorithm : {ecdsa, rsa_pkcs1, rsa_pss, sm2, ed25519})
    if (name_of(algorithm) == name) return algorithm;
  return std::nullopt;
}

Result<PublicKey> load_public_key(std::string_view text) {
  if (text.size() > kKeyCapBytes) return fail(ErrorCode::invalid_input, "key file is larger than {} bytes", kKeyCapBytes);
  if (text.find("PRIVATE KEY-----") != std::string_view::npos)
    return fail(ErrorCode::invalid_input, "this is a private key; give the public half (openssl pkey -pubout) and keep this file away");
  const Owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!bio) return fail(ErrorCode::internal, "no memory for a key");
  const bool pem = text.find("-----BEGIN ") != std::string_view::npos;
  const bool certificate = text.find("-----BEGIN CERTIFICATE-----") != std::string_view::npos;
  Owned<EVP_PKEY> handle = certificate ? key_of_certificate(bio.get(), pem) : key_of(bio.get(), pem);
  if (!handle && !pem && BIO_reset(bio.get()) == 1) handle = key_of_certificate(bio.get(), pem);
  const std::string reason = drain_openssl_errors();
  if (!handle) return fail(ErrorCode::invalid_input, "no public key can be read from it, neither PEM nor DER ({})", reason);

  PublicKey key;
  char curve[80] = "";
  std::size_t curve_size = 0;
  if (EVP_PKEY_get_group_name(handle.get(), curve, sizeof curve, &curve_size) == 1) key.curve = curve;
  key.type = type_of(handle.get(), key.curve);
  // OpenSSL counts 253 for Ed25519, the size of the group; everybody else calls it a 256-bit key.
  key.bits = key.type == KeyType::ed25519 ? 256 : EVP_PKEY_get_bits(handle.get());
  std::uint8_t* der = nullptr;
  const int der_size = i2d_PUBKEY(handle.get(), &der);
  if (der_size > 0) {
    const auto value = digest(DigestAlgorithm::sha256, {der, static_cast<std::size_t>(der_size)});
    if (value) key.sha256 = to_hex(*value);
  }
  OPENSSL_free(der);
  drain_openssl_errors();
  if (key.sha256.empty()) return fail(ErrorCode::invalid_input, "the public key cannot be encoded again");
  key.handle = std::shared_ptr<EVP_PKEY>(handle.release(), OpensslFree());
  return key;
}

struct SignatureVerifier::State {
  PublicKey key;
  SignatureAlgorithm algorithm;
  Owned<EVP_MD_CTX> context;
  Bytes whole;  // Ed25519 only
};

SignatureVerifier::SignatureVerifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
SignatureVerifier::SignatureVerifier(SignatureVerifier&&) noexcept = default;
SignatureVerifier& SignatureVerifier::operator=(SignatureVerifier&&) noexcept = default;
SignatureVerifier::~SignatureVerifier() = default;

Result<SignatureVerifier> SignatureVerifier::create(const PublicKey& key, const SignatureScheme& scheme) {
  if (key.type != type_for(scheme.algorithm))
    return fail(ErrorCode::invalid_input, "algorithm {} does not go with a key of type {}", name_of(scheme.algorithm), name_of(key.type));
  if (scheme.algorithm == SignatureAlgorithm::sm2 && scheme.digest != DigestAlgorithm::sm3)
    return fail(ErrorCode::invalid_input, "SM2 signatures go with SM3, not with {}", name_of(scheme.digest));
  auto state = std::make_unique<State>(State{key, scheme.algorithm, Owned<EVP_MD_CTX>(EVP_MD_CTX_new()), {}});
  const std::string digest_name(name_of(scheme.digest));
  const bool own_digest = scheme.algorithm == SignatureAlgorithm::ed25519;
  EVP_PKEY_CTX* parameters = nullptr;  // owned by the context
  bool ready = state->context && EVP_DigestVerifyInit_ex(state->context.get(), &parameters, own_digest ? nullptr : digest_name.c_str(),
                                                         nullptr, nullptr, key.handle.get(), nullptr) == 1;
  if (ready && scheme.algorithm == SignatureAlgorithm::rsa_pkcs1)
    ready = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) == 1;
  if (ready && scheme.algorithm == SignatureAlgorithm::rsa_pss)
    ready = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_AUTO) == 1;
  if (ready && scheme.algorithm == SignatureAlgorithm::sm2)
    ready = EVP_PKEY_CTX_set1_id(parameters, scheme.sm2_id.data(), static_cast<int>(scheme.sm2_id.size())) == 1;
  const std::string reason = drain_openssl_errors();
  if (!ready) return fail(ErrorCode::invalid_input, "{} with {} cannot be verified with this key: {}", name_of(scheme.algorithm), digest_name, reason);
  return SignatureVerifier(std::move(state));
}

Result<void> SignatureVerifier::update(ByteView bytes) {
  if (state_->algorithm == SignatureAlgorithm::ed25519) {
    if (state_->whole.size() + bytes.size() > kEd25519CapBytes)
      return fail(ErrorCode::limit, "an Ed25519 signature can be verified over at most {} MiB", kEd25519CapBytes >> 20);
    state_->whole.insert(state_->whole.end(), bytes.begin(), bytes.end());
    return {};
  }
  if (EVP_DigestVerifyUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1)
    return fail(ErrorCode::internal, "signature: {}", drain_openssl_errors());
  return {};
}

Result<bool> SignatureVerifier::finish(ByteView signature) {
  int result = 0;
  if (state_->algorithm == SignatureAlgorithm::ed25519) {
    const Bytes& whole = state_->whole;
    static constexpr std::uint8_t kNothing = 0;
    result = EVP_DigestVerify(state_->context.get(), signature.data(), signature.size(), whole.empty() ? &kNothing : whole.data(), whole.size());
  } else {
    const bool pair = state_->key.type == KeyType::ec || state_->key.type == KeyType::sm2;
    const Bytes given = pair ? as_der(signature, state_->key.bits) : Bytes(signature.begin(), signature.end());
    result = EVP_DigestVerifyFinal(state_->context.get(), given.data(), given.size());
  }
  drain_openssl_errors();
  return result == 1;
}

Result<bool> verify(const PublicKey& key, const SignatureScheme& scheme, ByteView message, ByteView signature) {
  SignatureVerifier verifier = TRY(SignatureVerifier::create(key, scheme));
  TRY(verifier.update(message));
  return verifier.finish(signature);
}

}  // namespace lintel::crypto
