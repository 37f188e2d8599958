// Revocation lists inside the verification of a chain, for chain.cc: OpenSSL chooses the list and asks here what an entry means. A signature that was
// there before its certificate was revoked stays good (RFC 5280 5.3, RFC 3161 4); OpenSSL alone would refuse it.
#pragma once
#include <openssl/x509_vfy.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "crypto/chain.h"

namespace lintel::crypto {

struct RevocationLook {
  Use use = Use::sign;
  std::optional<WallTime> proven;  // when the signature is known to have existed
  std::string entry;               // out: what the list says of the leaf; empty: nothing
  bool forgiven = false;           // out: the entry came later, and harms nothing from before
};

// The lists of a PEM text into the store. Errors: invalid_input when there is none, or one can't be read.
Result<void> add_lists(X509_STORE* store, std::string_view crl_pem);

// Makes the verification look for the leaf in the lists. Requires: `look` outlives the context.
void look_for_revocation(X509_STORE_CTX* context, RevocationLook& look);

// " (list of 2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z)" of the list that the verification looked at last; empty when there was none.
std::string words_of_list(X509_STORE_CTX* context);

}  // namespace lintel::crypto
