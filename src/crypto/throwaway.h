// Certificates that nobody vouches for, to see what a server makes of a stranger.
#pragma once
#include <string>

#include "base/error.h"

namespace lintel::crypto {

struct Throwaway {
  std::string certificate;  // PEM, self-signed, "CN=stranger"
  std::string key;          // PEM
};

// RSA 2048 with SHA-256, which every server that asks for a certificate can read, so that a refusal is about trust. Made once
// a process, in memory; blocks for some 100 ms then. Errors: internal.
Result<Throwaway> throwaway_certificate();

// SM2 with SM3, as TLCP has it: one that signs and one that encrypts.
struct ThrowawayPair {
  Throwaway sign, encrypt;
};
Result<ThrowawayPair> throwaway_sm2_certificates();

}  // namespace lintel::crypto
