#include "crypto/random.h"

#include <openssl/rand.h>

#include <algorithm>

namespace lintel::crypto {

Result<void> fill_random(std::span<std::uint8_t> out) {
  constexpr std::size_t kPiece = 1 << 20;  // OpenSSL counts in int
  for (; !out.empty(); out = out.subspan(std::min(kPiece, out.size())))
    if (RAND_priv_bytes(out.data(), static_cast<int>(std::min(kPiece, out.size()))) != 1) return fail(ErrorCode::internal, "no randomness to be had");
  return {};
}

}  // namespace lintel::crypto
