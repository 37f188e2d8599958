#include "probes/tls/groups.h"

#include <fmt/format.h>

namespace lintel::probes::tls {

namespace {

// X25519, NIST, X448, Brainpool, curveSM2, finite field, old curves for old devices, hybrids. Offered although
// we can't compute most of them: no key exchange is ever finished with these hellos.
constexpr Group kGroups[] = {
    {29, "x25519", 253},          {23, "secp256r1", 256},        {24, "secp384r1", 384},        {25, "secp521r1", 521},
    {30, "x448", 446},            {26, "brainpoolP256r1", 256},  {27, "brainpoolP384r1", 384},  {28, "brainpoolP512r1", 512},
    {41, "curveSM2", 256},        {256, "ffdhe2048", 2048},      {257, "ffdhe3072", 3072},      {258, "ffdhe4096", 4096},
    {259, "ffdhe6144", 6144},     {260, "ffdhe8192", 8192},      {21, "secp224r1", 224},        {19, "secp192r1", 192},
    {22, "secp256k1", 256},       {20, "secp224k1", 224},        {18, "secp192k1", 192},        {17, "secp160r2", 160},
    {16, "secp160r1", 160},       {15, "secp160k1", 160},        {14, "sect571r1", 571},        {13, "sect571k1", 571},
    {12, "sect409r1", 409},       {11, "sect409k1", 409},        {10, "sect283r1", 283},        {9, "sect283k1", 283},
    {8, "sect239k1", 239},        {7, "sect233r1", 233},         {6, "sect233k1", 233},         {5, "sect193r2", 193},
    {4, "sect193r1", 193},        {3, "sect163r2", 163},         {2, "sect163r1", 163},         {1, "sect163k1", 163},
    {31, "brainpoolP256r1tls13", 256}, {32, "brainpoolP384r1tls13", 384}, {33, "brainpoolP512r1tls13", 512},
    {4588, "X25519MLKEM768", 253, true},       {4587, "SecP256r1MLKEM768", 256, true}, {4589, "SecP384r1MLKEM1024", 384, true},
    {4590, "curveSM2MLKEM768", 256, true},     {512, "MLKEM512", 512, true},           {513, "MLKEM768", 768, true},
    {514, "MLKEM1024", 1024, true},
};

constexpr Scheme kSchemes[] = {
    {0x0403, "ecdsa_secp256r1_sha256"}, {0x0503, "ecdsa_secp384r1_sha384"}, {0x0603, "ecdsa_secp521r1_sha512"}, {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},    {0x0806, "rsa_pss_rsae_sha512"},    {0x0401, "rsa_pkcs1_sha256"},       {0x0501, "rsa_pkcs1_sha384"},
    {0x0601, "rsa_pkcs1_sha512"},       {0x0807, "ed25519"},                {0x0808, "ed448"},                  {0x0708, "sm2sig_sm3"},
    {0x0809, "rsa_pss_pss_sha256"},     {0x080A, "rsa_pss_pss_sha384"},     {0x080B, "rsa_pss_pss_sha512"},     {0x0303, "ecdsa_sha224"},
    {0x0301, "rsa_pkcs1_sha224"},       {0x0203, "ecdsa_sha1"},             {0x0201, "rsa_pkcs1_sha1"},         {0x0402, "dsa_sha256"},
    {0x0502, "dsa_sha384"},             {0x0202, "dsa_sha1"},               {0x0101, "rsa_pkcs1_md5"},
};

}  // namespace

std::span<const Group> known_groups() { return kGroups; }
std::span<const Scheme> known_schemes() { return kSchemes; }

std::vector<std::uint16_t> group_codes(Primes primes) {
  std::vector<std::uint16_t> codes;
  for (const Group& group : kGroups) {
    const bool prime = group.code >= 256 && group.code < 512;
    if (!group.post_quantum && (!prime || primes == Primes::with)) codes.push_back(group.code);
  }
  return codes;
}

std::vector<std::uint16_t> all_group_codes() {
  std::vector<std::uint16_t> codes;
  for (const Group& group : kGroups) codes.push_back(group.code);
  return codes;
}

const Group* find_group(std::uint16_t code) {
  for (const Group& group : kGroups)
    if (group.code == code) return &group;
  return nullptr;
}

std::string group_name(std::uint16_t code) {
  const Group* group = find_group(code);
  return group != nullptr ? std::string(group->name) : fmt::format("{:#06x}", code);
}

std::string scheme_name(std::uint16_t code) {
  for (const Scheme& scheme : kSchemes)
    if (scheme.code == code) return std::string(scheme.name);
  return fmt::format("{:#06x}", code);
}

}  // namespace lintel::probes::tls
