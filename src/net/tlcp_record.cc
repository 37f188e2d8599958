#include "net/tlcp_record.h"

#include <algorithm>

#include "crypto/digest.h"
#include "crypto/sm4.h"

namespace lintel::net::tlcp {

namespace {

constexpr std::size_t kMacBytes = 32, kExplicitNonceBytes = 8;
constexpr std::size_t kBlockBytes = crypto::kSm4BlockBytes;

// What is authenticated beside the content.
Bytes pseudo_header(const Protection& protection, std::uint8_t type, std::size_t size) {
  Bytes out;
  append_number(out, protection.sequence, 8);
  append_number(out, type, 1);
  append_number(out, kVersion, 2);
  append_number(out, size, 2);
  return out;
}

Result<Bytes> mac_of(const Protection& protection, std::uint8_t type, ByteView content) {
  Bytes input = pseudo_header(protection, type, content.size());
  append(input, content);
  return crypto::hmac(crypto::DigestAlgorithm::sm3, protection.mac_key, input);
}

Result<Bytes> seal_cbc(const Protection& protection, std::uint8_t type, ByteView content, ByteView iv) {
  Bytes plain(content.begin(), content.end());
  append(plain, TRY(mac_of(protection, type, content)));
  const std::size_t padding = kBlockBytes - plain.size() % kBlockBytes;
  plain.insert(plain.end(), padding, static_cast<std::uint8_t>(padding - 1));
  Bytes out(iv.begin(), iv.end());
  append(out, TRY(crypto::sm4_cbc_encrypt(protection.key, iv, plain)));
  return out;
}

tl::unexpected<Error> broken() { return fail(ErrorCode::protocol, "a record that does not decrypt"); }

Result<Bytes> open_cbc(const Protection& protection, std::uint8_t type, ByteView fragment) {
  if (fragment.size() < 2 * kBlockBytes + kMacBytes || fragment.size() % kBlockBytes != 0) return broken();
  Bytes plain = TRY(crypto::sm4_cbc_decrypt(protection.key, fragment.first(kBlockBytes), fragment.subspan(kBlockBytes)));
  const std::uint8_t count = plain.back();
  const std::size_t padding = count + std::size_t{1};
  if (plain.size() < padding + kMacBytes ||
      !std::all_of(plain.end() - static_cast<std::ptrdiff_t>(padding), plain.end(), [&](std::uint8_t byte) { return byte == count; }))
    return broken();
  plain.resize(plain.size() - padding);
  const Bytes mac(plain.end() - kMacBytes, plain.end());
  plain.resize(plain.size() - kMacBytes);
  if (!crypto::equal_constant_time(mac, TRY(mac_of(protection, type, plain)))) return broken();
  return plain;
}

Bytes whole_nonce(const Protection& protection, ByteView explicit_part) {
  Bytes nonce = protection.fixed_nonce;
  append(nonce, explicit_part);
  return nonce;
}

Result<Bytes> seal_gcm(const Protection& protection, std::uint8_t type, ByteView content) {
  Bytes out;
  append_number(out, protection.sequence, kExplicitNonceBytes);
  const Bytes nonce = whole_nonce(protection, out);
  append(out, TRY(crypto::sm4_gcm_seal(protection.key, nonce, pseudo_header(protection, type, content.size()), content)));
  return out;
}

Result<Bytes> open_gcm(const Protection& protection, std::uint8_t type, ByteView fragment) {
  if (fragment.size() < kExplicitNonceBytes + crypto::kGcmTagBytes) return broken();
  const ByteView sealed = fragment.subspan(kExplicitNonceBytes);
  auto content = crypto::sm4_gcm_open(protection.key, whole_nonce(protection, fragment.first(kExplicitNonceBytes)),
                                      pseudo_header(protection, type, sealed.size() - crypto::kGcmTagBytes), sealed);
  if (!content) return broken();
  return content;
}

}  // namespace

Header decode_header(ByteView bytes) {
  Cursor cursor(bytes);
  Header header;
  header.type = cursor.u8();
  header.version = cursor.u16();
  header.length = cursor.u16();
  return header;
}

Result<Bytes> seal_record(Protection& protection, RecordType type, ByteView content, ByteView iv) {
  const auto type_byte = static_cast<std::uint8_t>(type);
  Bytes fragment;
  switch (protection.cipher) {
    case Cipher::none: fragment.assign(content.begin(), content.end()); break;
    case Cipher::sm4_cbc_sm3: fragment = TRY(seal_cbc(protection, type_byte, content, iv)); break;
    case Cipher::sm4_gcm: fragment = TRY(seal_gcm(protection, type_byte, content)); break;
  }
  ++protection.sequence;
  Bytes record{type_byte};
  append_number(record, kVersion, 2);
  append_number(record, fragment.size(), 2);
  append(record, fragment);
  return record;
}

Result<Bytes> open_record(Protection& protection, std::uint8_t type, ByteView fragment) {
  Bytes content;
  switch (protection.cipher) {
    case Cipher::none: content.assign(fragment.begin(), fragment.end()); break;
    case Cipher::sm4_cbc_sm3: content = TRY(open_cbc(protection, type, fragment)); break;
    case Cipher::sm4_gcm: content = TRY(open_gcm(protection, type, fragment)); break;
  }
  ++protection.sequence;
  if (content.size() > kContentCapBytes) return fail(ErrorCode::protocol, "a record of {} bytes, which is over the limit", content.size());
  return content;
}

}  // namespace lintel::net::tlcp
