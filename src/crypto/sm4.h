// SM4 (GB/T 32907) over whole messages: CBC, and GCM (RFC 8998), which OpenSSL 3.0 lacks: its GHASH is ours. Thread-safe.
// GHASH takes no care of timing: we check servers, we guard no secrets.
#pragma once
#include <span>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel::crypto {

inline constexpr std::size_t kSm4BlockBytes = 16;  // of a key too
inline constexpr std::size_t kGcmNonceBytes = 12, kGcmTagBytes = 16;

// No padding: the data must be whole blocks. Errors: invalid_input (sizes).
Result<Bytes> sm4_cbc_encrypt(ByteView key, ByteView iv, ByteView plain);
Result<Bytes> sm4_cbc_decrypt(ByteView key, ByteView iv, ByteView encrypted);

// Ciphertext and then the tag.
Result<Bytes> sm4_gcm_seal(ByteView key, ByteView nonce, ByteView additional, ByteView plain);
// Errors: invalid_input (sizes, or the tag does not fit).
Result<Bytes> sm4_gcm_open(ByteView key, ByteView nonce, ByteView additional, ByteView sealed);

}  // namespace lintel::crypto
