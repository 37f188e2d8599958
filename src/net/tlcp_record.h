// Records of TLCP (GB/T 38636-2020 6.3): u8 type, u16 version 0x0101, u16 length, fragment.
// A fragment under SM4-CBC: 16 bytes IV, then encrypted content | HMAC-SM3 (32 bytes) | padding (1 to 256 bytes, each its own count less one).
// The HMAC covers u64 sequence | u8 type | u16 version | u16 length of content | content. Under SM4-GCM: 8 bytes nonce, then encrypted content and
// tag (16 bytes); the sealed nonce is 4 bytes of the key block before it, the same 13 bytes are authenticated with it. Pure, thread-safe.
#pragma once
#include "base/bytes.h"
#include "base/error.h"
#include "net/tlcp_keys.h"

namespace lintel::net::tlcp {

enum class RecordType : std::uint8_t { change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23 };

inline constexpr std::size_t kHeaderBytes = 5, kIvBytes = 16;
inline constexpr std::size_t kContentCapBytes = 1 << 14, kFragmentCapBytes = kContentCapBytes + 2048;

struct Header {
  std::uint8_t type = 0;
  std::uint16_t version = 0;
  std::size_t length = 0;
};
// Requires: kHeaderBytes bytes.
Header decode_header(ByteView bytes);

// One whole record, encrypted as protection says. iv: kIvBytes fresh bytes, which CBC needs. Requires: at most kContentCapBytes of content.
// Errors: internal.
Result<Bytes> seal_record(Protection& protection, RecordType type, ByteView content, ByteView iv);
// The content of a fragment. Errors: protocol (it is not what protection says, or too long).
Result<Bytes> open_record(Protection& protection, std::uint8_t type, ByteView fragment);

}  // namespace lintel::net::tlcp
