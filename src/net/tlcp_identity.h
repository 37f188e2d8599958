// The double certificate of a TLCP side, from PEM: one pair of keys signs, the other encrypts and agrees. Thread-safe.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/private_key.h"

namespace lintel::net {

struct TlcpCredentials {
  std::string sign_certificate = {};     // PEM; its authorities may follow in the same text; empty: no certificate at all
  std::string sign_key = {};             // PEM, unencrypted
  std::string encrypt_certificate = {};  // PEM; empty: none, and then no ECDHE suite
  std::string encrypt_key = {};
};

struct TlcpIdentity {
  std::vector<Bytes> chain;  // DER: signature, encryption if there is one, authorities
  crypto::PrivateKey sign_key;
  std::optional<crypto::PrivateKey> encrypt_key;
};

// nullopt without a certificate. Errors: invalid_input (unreadable, no SM2 keys, a key that does not fit its certificate), permission.
Result<std::optional<TlcpIdentity>> read_identity(const TlcpCredentials& credentials);

}  // namespace lintel::net
