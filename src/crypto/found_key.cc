#include "crypto/found_key.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"
#include "crypto/x509.h"

namespace lintel::crypto {
namespace {

constexpr std::size_t kMostRsa = 16 << 10, kMostOther = 2 << 10;  // bytes of DER; what DSA and DH compute grows with the cube of it
constexpr std::uint8_t kBitString = 0x03;

std::string hex_digest(ByteView bytes) {
  const auto made = digest(DigestAlgorithm::sha256, bytes);
  return made ? to_hex(*made) : std::string();
}

std::optional<FoundKey> describe(const EVP_PKEY* key) {
  FoundKey found;
  const char* name = EVP_PKEY_get0_type_name(key);
  if (name == nullptr) return std::nullopt;
  found.algorithm = name;
  if (found.algorithm == "RSA-PSS") found.algorithm = "RSA";
  found.bits = EVP_PKEY_get_bits(key);
  char curve[80] = "";
  std::size_t size = 0;
  if ((found.algorithm == "EC" || found.algorithm == "SM2") && EVP_PKEY_get_group_name(key, curve, sizeof curve, &size) == 1) found.curve = curve;
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  if (length > 0) found.spki_sha256 = hex_digest({der, static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  if (found.spki_sha256.empty() || found.bits <= 0) return std::nullopt;
  return found;
}

FoundKey with_spki(std::string algorithm, int bits, std::string curve, ByteView parameters_of_algorithm, const Bytes& public_key) {
  Bytes bits_of_key{0};
  bits_of_key.insert(bits_of_key.end(), public_key.begin(), public_key.end());
  const Bytes spki = der::element(der::kSequence, {parameters_of_algorithm, der::element(kBitString, ByteView(bits_of_key))});
  return {std::move(algorithm), bits, std::move(curve), hex_digest(spki)};
}

bool looks_like_rsa(ByteView bytes) {
  constexpr std::string_view kPkcs1("\x02\x01\x00\x02\x82", 5), kOid("\x2a\x86\x48\x86\xf7\x0d\x01\x01", 8);
  const std::string_view start = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 40)));
  return start.find(kPkcs1) != std::string_view::npos || start.find(kOid) != std::string_view::npos;
}

// string and mpint of RFC 4251: a length of four bytes before each.
ByteView ssh_string(Cursor& cursor) { return cursor.take(cursor.u32()); }

Held<BIGNUM> number_of(ByteView bytes) { return Held<BIGNUM>(BN_bin2bn(bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), kMostOther)), nullptr)); }

std::optional<FoundKey> ssh_rsa(Cursor& cursor, SshLayout layout) {
  ByteView n, e, p, q;
  if (layout == SshLayout::dropbear) {
    e = ssh_string(cursor), n = ssh_string(cursor);
    ssh_string(cursor);  // d
  } else {
    n = ssh_string(cursor), e = ssh_string(cursor);
    ssh_string(cursor), ssh_string(cursor);  // d and the inverse of q
  }
  p = ssh_string(cursor), q = ssh_string(cursor);
  if (cursor.failed() || n.size() > kMostOther || n.size() < 32 || e.empty() || e.size() > 64 || p.empty() || q.empty()) return std::nullopt;
  const auto left = number_of(n), one = number_of(p), other = number_of(q);
  const Held<BIGNUM> product(BN_new());
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
  if (!left || !one || !other || !product || !context || BN_mul(product.get(), one.get(), other.get(), context.get()) != 1 || BN_cmp(product.get(), left.get()) != 0) return std::nullopt;
  const Bytes null = der::element(der::kNull, ByteView());
  return with_spki("RSA", BN_num_bits(left.get()), "", der::element(der::kSequence, {der::object_identifier("1.2.840.113549.1.1.1"), null}),
                   der::element(der::kSequence, {der::element(der::kInteger, n), der::element(der::kInteger, e)}));
}

std::optional<FoundKey> ssh_dsa(Cursor& cursor) {
  ByteView numbers[5];  // p q g y x
  for (ByteView& number : numbers) number = ssh_string(cursor);
  if (cursor.failed() || numbers[0].size() < 64 || numbers[0].size() > 513) return std::nullopt;
  for (const ByteView& number : numbers)
    if (number.empty() || number.size() > 513) return std::nullopt;
  const auto p = number_of(numbers[0]), g = number_of(numbers[2]), y = number_of(numbers[3]), x = number_of(numbers[4]);
  const Held<BIGNUM> power(BN_new());
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
  if (!p || !g || !y || !x || !power || !context || !BN_is_odd(p.get()) || BN_mod_exp(power.get(), g.get(), x.get(), p.get(), context.get()) != 1 || BN_cmp(power.get(), y.get()) != 0)
    return std::nullopt;
  const Bytes group = der::element(der::kSequence, {der::element(der::kInteger, numbers[0]), der::element(der::kInteger, numbers[1]), der::element(der::kInteger, numbers[2])});
  return with_spki("DSA", BN_num_bits(p.get()), "", der::element(der::kSequence, {der::object_identifier("1.2.840.10040.4.1"), group}), der::element(der::kInteger, numbers[3]));
}

// A SEC 1 key without its public half: OpenSSL computes that, and it has to be the one that stands there.
std::optional<FoundKey> ssh_ecdsa(Cursor& cursor) {
  const std::string_view curve = as_text(ssh_string(cursor));
  const ByteView point = ssh_string(cursor);
  ByteView secret = ssh_string(cursor);
  struct Curve {
    std::string_view name;
    const char* oid;
    std::size_t bytes;
  };
  constexpr Curve kCurves[] = {{"nistp256", "1.2.840.10045.3.1.7", 32}, {"nistp384", "1.3.132.0.34", 48}, {"nistp521", "1.3.132.0.35", 66}};
  const auto* const known = std::find_if(std::begin(kCurves), std::end(kCurves), [&](const Curve& one) { return one.name == curve; });
  while (!secret.empty() && secret.front() == 0) secret = secret.subspan(1);
  if (cursor.failed() || known == std::end(kCurves) || secret.empty() || secret.size() > known->bytes || point.size() != 2 * known->bytes + 1) return std::nullopt;
  Bytes padded(known->bytes - secret.size());
  padded.insert(padded.end(), secret.begin(), secret.end());
  const Bytes sec1 = der::element(der::kSequence, {der::small_integer(1), der::element(0x04, ByteView(padded)), der::element(der::context(0), ByteView(der::object_identifier(known->oid)))});
  const auto found = private_key_in_der(sec1);
  const FoundKey named =
      with_spki("EC", 0, "", der::element(der::kSequence, {der::object_identifier("1.2.840.10045.2.1"), der::object_identifier(known->oid)}), Bytes(point.begin(), point.end()));
  return found && found->spki_sha256 == named.spki_sha256 ? found : std::nullopt;
}

std::optional<FoundKey> ssh_ed25519(Cursor& cursor, SshLayout layout) {
  ByteView declared = layout == SshLayout::openssh ? ssh_string(cursor) : ByteView();
  const ByteView both = ssh_string(cursor);  // seed and public key
  if (cursor.failed() || both.size() != 64) return std::nullopt;
  if (layout == SshLayout::dropbear) declared = both.subspan(32);
  const Owned<EVP_PKEY> key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, both.data(), 32));
  std::uint8_t computed[32];
  std::size_t size = sizeof computed;
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), computed, &size) != 1 || !std::equal(declared.begin(), declared.end(), computed, computed + size)) return std::nullopt;
  return describe(key.get());
}

}  // namespace

std::optional<ByteView> der_element(ByteView bytes) {
  Cursor cursor(bytes);
  cursor.u8();
  std::uint64_t length = cursor.u8();
  std::size_t header = 2;
  if (length > 0x80 && length <= 0x84) {
    const auto count = static_cast<std::size_t>(length - 0x80);
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8 | cursor.u8();
    header += count;
  } else if (length >= 0x80) {
    return std::nullopt;
  }
  if (cursor.failed() || length > cursor.remaining()) return std::nullopt;
  return bytes.first(header + static_cast<std::size_t>(length));
}

std::optional<FoundKey> private_key_in_der(ByteView bytes) {
  const auto element = der_element(bytes);
  if (!element || element->front() != der::kSequence || element->size() > (looks_like_rsa(*element) ? kMostRsa : kMostOther)) return std::nullopt;
  const unsigned char* at = element->data();
  const Owned<EVP_PKEY> key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(element->size())));
  const std::optional<FoundKey> found = key ? describe(key.get()) : std::nullopt;
  drain_openssl_errors();
  return found;
}

bool is_encrypted_pkcs8(ByteView bytes) {
  const auto element = der_element(bytes);
  if (!element || element->front() != der::kSequence || element->size() > kMostRsa) return false;
  const unsigned char* at = element->data();
  const std::unique_ptr<X509_SIG, decltype(&X509_SIG_free)> sealed(d2i_X509_SIG(nullptr, &at, static_cast<long>(element->size())), X509_SIG_free);
  drain_openssl_errors();
  if (!sealed) return false;
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OBJECT* object = nullptr;
  X509_SIG_get0(sealed.get(), &algorithm, nullptr);
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  char name[40] = "";
  OBJ_obj2txt(name, sizeof name, object, 1);
  const std::string_view oid = name;
  return oid.starts_with("1.2.840.113549.1.5.") || oid.starts_with("1.2.840.113549.1.12.1.");  // PKCS #5 and PKCS #12 encryption
}

std::optional<FoundKey> private_ssh_key(ByteView bytes, SshLayout layout) {
  Cursor cursor(bytes);
  const std::string_view type = as_text(ssh_string(cursor));
  std::optional<FoundKey> found;
  if (type == "ssh-rsa") found = ssh_rsa(cursor, layout);
  if (type == "ssh-dss") found = ssh_dsa(cursor);
  if (type.starts_with("ecdsa-sha2-")) found = ssh_ecdsa(cursor);
  if (type == "ssh-ed25519") found = ssh_ed25519(cursor, layout);
  drain_openssl_errors();
  return found;
}

void start_key_readers() {
  const Bytes one = der::element(der::kSequence, {der::small_integer(1), der::element(0x04, ByteView(der::small_integer(1)).subspan(2)),
                                                  der::element(der::context(0), ByteView(der::object_identifier("1.2.840.10045.3.1.7")))});
  (void)private_key_in_der(one);
}

}  // namespace lintel::crypto
