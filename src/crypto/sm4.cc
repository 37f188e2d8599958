#include "crypto/sm4.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "crypto/digest.h"
#include "crypto/openssl.h"

namespace lintel::crypto {
namespace {

struct CipherFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

enum class Direction { decrypt, encrypt };

Result<Bytes> run(const EVP_CIPHER* cipher, Direction direction, ByteView key, ByteView iv, ByteView data) {
  if (key.size() != kSm4BlockBytes || iv.size() != static_cast<std::size_t>(EVP_CIPHER_get_iv_length(cipher)))
    return fail(ErrorCode::invalid_input, "SM4: a key or IV of the wrong size");
  const std::unique_ptr<EVP_CIPHER_CTX, CipherFree> context(EVP_CIPHER_CTX_new());
  Bytes out(data.size() + kSm4BlockBytes);
  int size = 0, rest = 0;
  const bool done = context &&
                    EVP_CipherInit_ex2(context.get(), cipher, key.data(), iv.data(),
                                       direction == Direction::encrypt ? 1 : 0, nullptr) == 1 &&
                    EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
                    EVP_CipherUpdate(context.get(), out.data(), &size, data.data(), static_cast<int>(data.size())) == 1 &&
                    EVP_CipherFinal_ex(context.get(), out.data() + size, &rest) == 1;
  const std::string reason = drain_openssl_errors();
  if (!done) return fail(ErrorCode::invalid_input, "SM4: {}", reason);
  out.resize(static_cast<std::size_t>(size + rest));
  return out;
}

// An element of GF(2^128), bit 0 first (NIST SP 800-38D 6.3).
struct Element {
  std::uint64_t high = 0, low = 0;
};

Element multiply(Element x, Element y) {
  Element product;
  for (int bit = 0; bit < 128; ++bit) {
    const std::uint64_t word = bit < 64 ? x.high : x.low;
    if ((word >> (63 - bit % 64) & 1) != 0) {
      product.high ^= y.high;
      product.low ^= y.low;
    }
    const bool carry = (y.low & 1) != 0;
    y.low = y.low >> 1 | y.high << 63;
    y.high >>= 1;
    if (carry) y.high ^= 0xE100000000000000;
  }
  return product;
}

void absorb(Element& hash, Element key, ByteView bytes) {
  while (!bytes.empty()) {
    Bytes block(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), kSm4BlockBytes)));
    bytes = bytes.subspan(block.size());
    block.resize(kSm4BlockBytes);
    Cursor cursor(block);
    hash.high ^= cursor.u64();
    hash.low ^= cursor.u64();
    hash = multiply(hash, key);
  }
}

Bytes counter_block(ByteView nonce, std::uint32_t counter) {
  Bytes block(nonce.begin(), nonce.end());
  append_number(block, counter, 4);
  return block;
}

Result<Bytes> tag_of(ByteView key, ByteView nonce, ByteView additional, ByteView encrypted) {
  const Bytes zero(kSm4BlockBytes);
  const Bytes hash_key = TRY(run(EVP_sm4_ecb(), Direction::encrypt, key, {}, zero));
  const Bytes mask = TRY(run(EVP_sm4_ecb(), Direction::encrypt, key, {}, counter_block(nonce, 1)));
  Cursor cursor(hash_key);
  Element h, hash;
  h.high = cursor.u64();
  h.low = cursor.u64();
  absorb(hash, h, additional);
  absorb(hash, h, encrypted);
  Bytes lengths, tag;
  append_number(lengths, additional.size() * 8, 8);
  append_number(lengths, encrypted.size() * 8, 8);
  absorb(hash, h, lengths);
  append_number(tag, hash.high, 8);
  append_number(tag, hash.low, 8);
  for (std::size_t i = 0; i < tag.size(); ++i) tag[i] ^= mask[i];
  return tag;
}

}  // namespace

Result<Bytes> sm4_cbc_encrypt(ByteView key, ByteView iv, ByteView plain) {
  return run(EVP_sm4_cbc(), Direction::encrypt, key, iv, plain);
}

Result<Bytes> sm4_cbc_decrypt(ByteView key, ByteView iv, ByteView encrypted) {
  return run(EVP_sm4_cbc(), Direction::decrypt, key, iv, encrypted);
}

Result<Bytes> sm4_gcm_seal(ByteView key, ByteView nonce, ByteView additional, ByteView plain) {
  if (nonce.size() != kGcmNonceBytes) return fail(ErrorCode::invalid_input, "SM4-GCM: a nonce of the wrong size");
  Bytes sealed = TRY(run(EVP_sm4_ctr(), Direction::encrypt, key, counter_block(nonce, 2), plain));
  const Bytes tag = TRY(tag_of(key, nonce, additional, sealed));
  sealed.insert(sealed.end(), tag.begin(), tag.end());
  return sealed;
}

Result<Bytes> sm4_gcm_open(ByteView key, ByteView nonce, ByteView additional, ByteView sealed) {
  if (nonce.size() != kGcmNonceBytes || sealed.size() < kGcmTagBytes)
    return fail(ErrorCode::invalid_input, "SM4-GCM: a nonce or message of the wrong size");
  const ByteView encrypted = sealed.first(sealed.size() - kGcmTagBytes);
  const Bytes tag = TRY(tag_of(key, nonce, additional, encrypted));
  if (!equal_constant_time(tag, sealed.last(kGcmTagBytes))) return fail(ErrorCode::invalid_input, "SM4-GCM: the tag does not fit");
  return run(EVP_sm4_ctr(), Direction::decrypt, key, counter_block(nonce, 2), encrypted);
}

}  // namespace lintel::crypto
