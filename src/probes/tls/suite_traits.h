// What a cipher suite is made of, read from its name.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::probes::tls {

struct SuiteTraits {
  std::string key_exchange;    // "ECDHE", "RSA", "DHE", "ECC" (SM2 key transport of TLCP), "any" in TLS 1.3
  std::string authentication;  // "RSA", "ECDSA", "SM2", "PSK", "anon"; "any" in TLS 1.3
  std::string cipher;          // "AES_128_GCM", "NULL", "RC4_40"
  std::string mac;             // "SHA256"; of an AEAD suite the hash of its key derivation; may be empty
  int bits = 0;                // of the cipher's key as it counts: 112 for triple DES, 40 for an export key
  bool forward_secrecy = false;
  bool aead = false;

  bool null = false, anonymous = false, export_grade = false, rc4 = false, rc2 = false, single_des = false, triple_des = false,
       cbc = false, psk = false, sm = false, md5 = false, fixed_key = false;  // fixed_key: without forward secrecy, by RSA, DH, ECDH or SM2
  std::vector<std::string_view> flags() const;  // the words of those that hold: "null", "anon", "export", "rc4"...
};

// Of a name of suite_name() or ssl2_suite_name(). An unknown suite (empty name) has empty words.
SuiteTraits traits_of(std::string_view name);
SuiteTraits traits_of(std::uint16_t code);

// Whether the server sends a new value in a prime field, which may hang on the groups that the client offers.
bool in_prime_field(const SuiteTraits& traits);
// Those of these suites, pre-shared-key ones or the others.
std::vector<std::uint16_t> in_prime_field(const std::vector<std::uint16_t>& suites, bool psk);

}  // namespace lintel::probes::tls
