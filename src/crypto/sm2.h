// SM2 (GB/T 32918) beyond signatures: public key encryption and key agreement, which TLCP needs. Thread-safe.
#pragma once
#include "base/bytes.h"
#include "base/error.h"
#include "crypto/private_key.h"
#include "crypto/signature.h"

namespace lintel::crypto {

// DER SEQUENCE {x, y, SM3 digest, ciphertext} (GM/T 0009). Errors: invalid_input (no SM2 key).
Result<Bytes> sm2_encrypt(const PublicKey& key, ByteView plain);
// Errors: invalid_input (no SM2 key, or nothing that was encrypted to it).
Result<Bytes> sm2_decrypt(const PrivateKey& key, ByteView encrypted);

Result<PrivateKey> sm2_generate();
// The public point, uncompressed: 04 | x | y, 65 bytes. Errors: invalid_input (no SM2 key).
Result<Bytes> sm2_point(const PrivateKey& key);

enum class Sm2Role { initiator, responder };  // A and B of the standard
// Key agreement of GB/T 32918.3 without its optional confirmation; both sides have the id 1234567812345678. Errors: invalid_input (no SM2 key,
// a point that is not on the curve, the point at infinity).
Result<Bytes> sm2_agree(Sm2Role role, const PrivateKey& own, const PrivateKey& own_temporary, const PublicKey& peer,
                        ByteView peer_temporary_point, std::size_t size_bytes);

}  // namespace lintel::crypto
