// What certificate.cc, chain.cc, cms.cc and timestamp.cc share about X.509 in OpenSSL.
#pragma once
#include <openssl/bn.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "crypto/openssl.h"

namespace lintel::crypto {

constexpr std::size_t kChainCap = 32;  // certificates looked at

struct CertificateFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
template <class Handle>
using Held = std::unique_ptr<Handle, CertificateFree>;

// SM2 signatures cover an id of the signer (GM/T 0009); without it OpenSSL verifies none. Does nothing to a certificate
// with another signature, whatever its own key is.
void prepare_sm2(X509* certificate);
// Errors: invalid_input; trailing bytes are wrong too.
Result<Held<X509>> decode_certificate(ByteView der);
Bytes encode_certificate(X509* certificate);
std::optional<WallTime> time_of(const ASN1_TIME* time);
// Reading a PEM text piece by piece: the text (8 MiB of it at most), the passphrase that is never asked for, and whether reading stopped because
// there was no more, not because something was unreadable.
Owned<BIO> bio_of(std::string_view text);
int no_prompt(char*, int, int, void*);
bool at_end_of_pem();
// The certificates of a PEM text as trust anchors. Errors: invalid_input when there is none.
Result<Held<X509_STORE>> store_of(std::string_view ca_pem);

}  // namespace lintel::crypto
