// Digests that an image says of itself.
#pragma once
#include <algorithm>

#include "crypto/digest.h"

namespace lintel::firmware {

// False also when the library can't.
inline bool has_digest(crypto::DigestAlgorithm algorithm, ByteView bytes, ByteView said) {
  const auto sum = crypto::digest(algorithm, bytes);
  return sum && std::equal(sum->begin(), sum->end(), said.begin(), said.end());
}
inline std::string sha256_hex(ByteView bytes) {
  const auto sum = crypto::digest(crypto::DigestAlgorithm::sha256, bytes);
  return sum ? to_hex(*sum) : std::string();
}

}  // namespace lintel::firmware
