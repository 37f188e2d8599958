// Making signatures: what `lintel seal` and `lintel profile sign` share.
#pragma once
#include <optional>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "cli/arguments.h"
#include "crypto/certificate.h"
#include "crypto/private_key.h"

namespace lintel::cli {

struct SigningKey {
  crypto::PrivateKey key;
  Bytes certificate;          // DER
  std::vector<Bytes> others;  // DER, of --cert behind the first and of --chain
  crypto::Certificate parsed;
};
// Reads key and certificates. The passphrase and the key's text are wiped at once. Errors: those of reading; invalid_input when the certificate is
// not the key's, is not made for signing, or is not valid now: nobody could verify the signature.
Result<SigningKey> load_signing_key(const SigningOptions& options, WallTime now);

struct MadeSignature {
  Bytes cms;
  std::optional<WallTime> stamped;  // by the authority
};
// A detached CMS signature over content. With options.tsa its digest goes to that address, and no other; blocks for half a minute at most.
Result<MadeSignature> make_signature(const SigningKey& key, ByteView content, const SigningOptions& options, const Clock& clock, const Cancel& cancel);

}  // namespace lintel::cli
