#include "crypto/sm2.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

#include <array>
#include <memory>

#include "crypto/digest.h"
#include "crypto/openssl.h"

namespace lintel::crypto {
namespace {

struct CurveFree {
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const { EC_POINT_free(point); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
template <class Handle>
using CurveHeld = std::unique_ptr<Handle, CurveFree>;

constexpr std::size_t kPointBytes = 65;

struct Curve {
  CurveHeld<EC_GROUP> group{EC_GROUP_new_by_curve_name(NID_sm2)};
  CurveHeld<BN_CTX> scratch{BN_CTX_new()};

  CurveHeld<EC_POINT> point() const { return CurveHeld<EC_POINT>(EC_POINT_new(group.get())); }
  // nullptr for what is no point of the curve, and for infinity.
  CurveHeld<EC_POINT> decode(ByteView bytes) const {
    auto made = point();
    const bool valid = made && EC_POINT_oct2point(group.get(), made.get(), bytes.data(), bytes.size(), scratch.get()) == 1 &&
                       EC_POINT_is_at_infinity(group.get(), made.get()) == 0;
    if (!valid) made.reset();
    return made;
  }
  Bytes encode(const EC_POINT* at) const {
    Bytes out(kPointBytes);
    const std::size_t size =
        EC_POINT_point2oct(group.get(), at, POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(), scratch.get());
    out.resize(size);
    return out;
  }
};

tl::unexpected<Error> no_sm2() {
  drain_openssl_errors();
  return fail(ErrorCode::invalid_input, "not an SM2 key");
}

Result<CurveHeld<EC_POINT>> public_point(const Curve& curve, const EVP_PKEY* key) {
  std::array<std::uint8_t, 2 * kPointBytes> buffer;
  std::size_t size = 0;
  if (!EVP_PKEY_is_a(key, "SM2") ||
      EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, buffer.data(), buffer.size(), &size) != 1)
    return no_sm2();
  auto point = curve.decode(ByteView(buffer).first(size));
  if (!point) return no_sm2();
  return point;
}

Result<CurveHeld<BIGNUM>> private_number(const EVP_PKEY* key) {
  BIGNUM* number = nullptr;
  if (!EVP_PKEY_is_a(key, "SM2") || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1) return no_sm2();
  return CurveHeld<BIGNUM>(number);
}

void append(Bytes& out, ByteView more) { out.insert(out.end(), more.begin(), more.end()); }

// Z of GB/T 32918.2 5.5: digest of id, curve and public point.
Result<Bytes> identity_digest(const Curve& curve, const EC_POINT* point) {
  static constexpr std::string_view kId = "1234567812345678";
  const CurveHeld<BIGNUM> p(BN_new()), a(BN_new()), b(BN_new());
  Bytes all, number(32);
  append_number(all, kId.size() * 8, 2);
  append(all, as_bytes(kId));
  if (EC_GROUP_get_curve(curve.group.get(), p.get(), a.get(), b.get(), curve.scratch.get()) != 1) return no_sm2();
  for (const auto* coefficient : {&a, &b}) {
    if (BN_bn2binpad(coefficient->get(), number.data(), 32) != 32) return no_sm2();
    append(all, number);
  }
  for (const EC_POINT* at : {EC_GROUP_get0_generator(curve.group.get()), point})
    append(all, ByteView(curve.encode(at)).subspan(1));
  return digest(DigestAlgorithm::sm3, all);
}

// 2^127 + (x mod 2^127) of an encoded point.
CurveHeld<BIGNUM> half(ByteView encoded_point) {
  Bytes low(encoded_point.begin() + 17, encoded_point.begin() + 33);
  low[0] |= 0x80;
  return CurveHeld<BIGNUM>(BN_bin2bn(low.data(), static_cast<int>(low.size()), nullptr));
}

Result<Bytes> derive(ByteView shared, std::size_t size_bytes) {  // GB/T 32918.3 5.4.3
  Bytes key;
  for (std::uint32_t counter = 1; key.size() < size_bytes; ++counter) {
    Bytes input(shared.begin(), shared.end());
    append_number(input, counter, 4);
    append(key, TRY(digest(DigestAlgorithm::sm3, input)));
  }
  key.resize(size_bytes);
  return key;
}

using Operation = int (*)(EVP_PKEY_CTX*, unsigned char*, std::size_t*, const unsigned char*, std::size_t);
Result<Bytes> transform(EVP_PKEY* key, int (*start)(EVP_PKEY_CTX*), Operation operation, ByteView input) {
  if (!EVP_PKEY_is_a(key, "SM2")) return no_sm2();
  const CurveHeld<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  std::size_t size = 0;
  bool done = context && start(context.get()) == 1 && operation(context.get(), nullptr, &size, input.data(), input.size()) == 1;
  Bytes out(size);
  done = done && operation(context.get(), out.data(), &size, input.data(), input.size()) == 1;
  const std::string reason = drain_openssl_errors();
  if (!done) return fail(ErrorCode::invalid_input, "SM2: {}", reason);
  out.resize(size);
  return out;
}

}  // namespace

Result<Bytes> sm2_encrypt(const PublicKey& key, ByteView plain) {
  return transform(key.handle.get(), EVP_PKEY_encrypt_init, EVP_PKEY_encrypt, plain);
}

Result<Bytes> sm2_decrypt(const PrivateKey& key, ByteView encrypted) {
  return transform(key.handle.get(), EVP_PKEY_decrypt_init, EVP_PKEY_decrypt, encrypted);
}

Result<PrivateKey> sm2_generate() {
  PrivateKey key{KeyType::sm2, "SM2", {EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"), OpensslFree()}};
  if (!key.handle) return fail(ErrorCode::internal, "can't make an SM2 key: {}", drain_openssl_errors());
  return key;
}

Result<Bytes> sm2_point(const PrivateKey& key) {
  const Curve curve;
  const auto point = TRY(public_point(curve, key.handle.get()));
  return curve.encode(point.get());
}

Result<Bytes> sm2_agree(Sm2Role role, const PrivateKey& own, const PrivateKey& own_temporary, const PublicKey& peer,
                        ByteView peer_temporary_point, std::size_t size_bytes) {
  const Curve curve;
  const EC_GROUP* group = curve.group.get();
  BN_CTX* scratch = curve.scratch.get();
  const auto own_point = TRY(public_point(curve, own.handle.get()));
  const auto peer_point = TRY(public_point(curve, peer.handle.get()));
  const auto own_number = TRY(private_number(own.handle.get()));
  const auto temporary_number = TRY(private_number(own_temporary.handle.get()));
  const Bytes own_temporary_point = TRY(sm2_point(own_temporary));
  const auto peer_temporary = curve.decode(peer_temporary_point);
  drain_openssl_errors();
  if (!peer_temporary) return fail(ErrorCode::invalid_input, "the peer's temporary key is no point of the SM2 curve");

  // t = d + half(own R) * r mod n; shared = [t] (P + [half(peer R)] R); the cofactor is 1.
  const auto own_half = half(own_temporary_point), peer_half = half(curve.encode(peer_temporary.get()));
  const CurveHeld<BIGNUM> t(BN_secure_new());
  const auto sum = curve.point(), shared = curve.point();
  const BIGNUM* order = EC_GROUP_get0_order(group);
  const bool done = t && sum && shared && own_half && peer_half &&
                    BN_mod_mul(t.get(), own_half.get(), temporary_number.get(), order, scratch) == 1 &&
                    BN_mod_add(t.get(), t.get(), own_number.get(), order, scratch) == 1 &&
                    EC_POINT_mul(group, sum.get(), nullptr, peer_temporary.get(), peer_half.get(), scratch) == 1 &&
                    EC_POINT_add(group, sum.get(), sum.get(), peer_point.get(), scratch) == 1 &&
                    EC_POINT_mul(group, shared.get(), nullptr, sum.get(), t.get(), scratch) == 1 &&
                    EC_POINT_is_at_infinity(group, shared.get()) == 0;
  if (!done) return fail(ErrorCode::invalid_input, "SM2 keys can't be agreed on: {}", drain_openssl_errors());

  const Bytes encoded = curve.encode(shared.get());
  const Bytes own_z = TRY(identity_digest(curve, own_point.get())), peer_z = TRY(identity_digest(curve, peer_point.get()));
  Bytes input(encoded.begin() + 1, encoded.end());
  append(input, role == Sm2Role::initiator ? own_z : peer_z);
  append(input, role == Sm2Role::initiator ? peer_z : own_z);
  return derive(input, size_bytes);
}

}  // namespace lintel::crypto
