// Named groups and signature schemes: what to offer, and their names.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::probes::tls {

struct Group {
  std::uint16_t code;
  std::string_view name;     // "x25519", as in the TLS registry
  int bits;                  // security of a classical attack counts half of it; ffdhe: of the prime
  bool post_quantum = false;  // a hybrid with ML-KEM
};

// All that are offered, in the order of the offer. Those of TLS 1.3 alone (hybrids) come last.
std::span<const Group> known_groups();
// Prime fields of RFC 7919. Up to TLS 1.2 they are only offered with pre-shared-key suites, where wolfSSL wants one: GnuTLS
// without them would refuse its Diffie-Hellman suites, which other clients get with primes of its own. Servers that have
// Diffie-Hellman only with one of these are asked for it alone.
enum class Primes { without, with };
std::vector<std::uint16_t> group_codes(Primes primes);  // up to TLS 1.2
std::vector<std::uint16_t> all_group_codes();           // TLS 1.3
const Group* find_group(std::uint16_t code);
std::string group_name(std::uint16_t code);  // "0x1234" when unknown

struct Scheme {
  std::uint16_t code;
  std::string_view name;  // "rsa_pss_rsae_sha256"
};
std::span<const Scheme> known_schemes();
std::string scheme_name(std::uint16_t code);

}  // namespace lintel::probes::tls
