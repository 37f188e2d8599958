// A certificate that nobody vouches for, to see what a server makes of a stranger.
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

}  // namespace lintel::crypto
