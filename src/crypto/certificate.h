// X.509 certificates as plain values, and whether a chain leads to a declared root. Thread-safe.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"

namespace lintel::crypto {

struct Certificate {
  std::string subject, issuer;  // RFC 2253, UTF-8
  std::string serial;           // hex
  WallTime not_before{}, not_after{};
  std::string key_type;       // RSA | EC | SM2 | ED25519 | ED448 | DSA | other
  std::string key_algorithm;  // as its object identifier says: "rsaEncryption", "rsassaPss"; dotted when OpenSSL has no name for it
  int key_bits = 0;
  std::string key_curve;            // "prime256v1", "SM2"; empty for others
  std::string signature_algorithm;  // "sha256WithRSAEncryption", "SM2-with-SM3", "rsassaPss-with-SHA256"
  bool self_signed = false;         // its own key verifies it
  std::vector<std::string> key_usage;  // of RFC 5280: "digitalSignature"...; empty without the extension
  std::vector<std::string> names;   // DNS names and addresses of subjectAltName, as they stand
  std::string sha256;               // hex, over the DER
};

// Errors: invalid_input, with what is wrong. Trailing bytes are wrong too.
Result<Certificate> parse_certificate(ByteView der);

// Whether the certificate is made out to this DNS name or address. RFC 9525: subjectAltName decides; the
// common name counts only in a certificate without DNS names, which old devices have.
Result<bool> certificate_names(ByteView der, const std::string& server_name);

struct ChainVerdict {
  bool trusted = false;
  std::string reason;  // why not
};
// Whether chain (leaf first, as a server sent it) verifies up to one of the certificates of ca_pem, for a TLS
// server at that time. The leaf's own dates are left out: they are a fact of their own. A declared
// intermediate is an anchor too. SM2 signatures are made with the default id. Errors: invalid_input (no
// certificate in ca_pem, an unreadable chain).
Result<ChainVerdict> verify_chain(const std::vector<Bytes>& chain, std::string_view ca_pem, WallTime at);

std::string to_pem(ByteView der);

}  // namespace lintel::crypto
