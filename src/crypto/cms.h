// Detached CMS signatures (RFC 5652 SignedData, CAdES-B-B attributes, CAdES-B-T with a time stamp): made and checked. Thread-safe.
//
// OpenSSL 3.0 reads the structure; what is signed is put together here, because its CMS knows neither Ed25519 (RFC 8419) nor SM2 with SM3.
// RSA and ECDSA signatures are what `openssl cms -verify -binary` takes, and what `openssl cms -sign -binary` makes is taken.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "crypto/private_key.h"

namespace lintel::crypto {

constexpr std::size_t kCmsCapBytes = 4 << 20;

// A signature before it is encoded: a time stamp over it may still come.
struct SignedCms {
  Bytes digest_algorithm;  // DER, as are the next two
  Bytes certificates;
  Bytes signer_head;       // the fields of SignerInfo before the signature
  Bytes signature;
};
// signer: DER. others: certificates that lead to an authority, put in as they are. Errors: invalid_input (not the certificate's key).
Result<SignedCms> sign_cms(ByteView content, const PrivateKey& key, const Bytes& signer, const std::vector<Bytes>& others, WallTime now);
// time_stamp: an RFC 3161 token over signed_cms.signature, or empty.
Bytes encode_cms(const SignedCms& signed_cms, ByteView time_stamp);

struct CmsCheck {
  std::string problem;                   // why the signature does not hold; empty: it does
  Bytes signer;                          // DER of the certificate whose key signed
  std::vector<Bytes> others;             // further certificates, not looked at
  std::string algorithm;                 // "ecdsa with sha256"
  std::optional<WallTime> signing_time;  // as the signer says
  Bytes signature;                       // what a time stamp is over
  Bytes time_stamp;                      // the token's DER; empty: none
};
// Whether the signature is over content. Of the certificate only the key is looked at: chain.h. Errors: invalid_input when it is no detached
// SignedData of one signer whose certificate is inside; limit.
Result<CmsCheck> check_cms(ByteView der, ByteView content);
// The same for content that was only read past: digest_of gives its digest by the algorithm that the signature names.
using ContentDigest = std::function<Result<Bytes>(DigestAlgorithm)>;
Result<CmsCheck> check_cms(ByteView der, const ContentDigest& digest_of);

}  // namespace lintel::crypto
