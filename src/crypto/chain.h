// Whether a certificate may sign a seal or a time stamp, at a moment, by a declared authority. Thread-safe, contacts nobody.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"

namespace lintel::crypto {

enum class Use { sign, time_stamp };

enum class Trust {
  trusted,
  unknown_authority,  // no chain to a certificate of the CA file
  expired,            // of the chain, the one named in the reason
  not_yet_valid,
  revoked,
  revocation_unknown,  // lists were given and none of them speaks about the certificate in force at that moment
  wrong_use,           // it is not made for this
  bad_chain,           // a signature or a constraint in the chain does not hold
};
std::string_view name_of(Trust trust);

struct ChainCheck {
  Trust trust = Trust::unknown_authority;
  std::string reason;  // of OpenSSL or ours, with the certificate's subject; empty when trusted
  std::string revoked_later{};  // trusted all the same: what the list says of a revocation after ChainTimes::proven
};

struct ChainTimes {
  WallTime valid;                    // the certificates have to be valid then
  WallTime lists;                    // the revocation lists have to be in force then, or when the chain expired, if that was before
  std::optional<WallTime> proven{};  // the signature is known to have existed then: revoking the certificate later does it no harm, unless
                                     // its key was lost and nobody says since when
};

// Every certificate of ca_pem is an anchor, the leaf itself included. Revocation is checked for the leaf when crl_pem holds lists.
// Use::sign needs digitalSignature or nonRepudiation where the certificate has a key usage, and, where it has extended ones, one of
// e-mail protection, code signing, document signing or any. Use::time_stamp needs what RFC 3161 2.3 says.
// Errors: invalid_input (no certificate in ca_pem, no list in crl_pem, an unreadable leaf).
Result<ChainCheck> check_chain(ByteView leaf, const std::vector<Bytes>& others, std::string_view ca_pem, std::string_view crl_pem, const ChainTimes& times, Use use);

// The use alone, without any authority. Empty when it may, else the reason. Errors: invalid_input (unreadable).
Result<std::string> refused_use(ByteView leaf, Use use);

// The certificates of a PEM text in their order, as DER. Errors: invalid_input when there is none, or one can't be read.
Result<std::vector<Bytes>> certificates_of(std::string_view pem);

}  // namespace lintel::crypto
