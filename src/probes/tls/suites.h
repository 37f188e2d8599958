// Cipher suites: their names, and in which portions they are offered.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "probes/tls/version.h"

namespace lintel::probes::tls {

// "TLS_AES_128_GCM_SHA256"; empty for a code without a name.
std::string_view suite_name(std::uint16_t code);
std::string suite_label(std::uint16_t code);  // the name, or "0x1234"

// What to offer for SSL 3.0 and later, one hello each, at most kMostSuites a hello: the common suites first, then all others. Pre-shared-key
// suites come last and alone: a server of theirs may stay silent when a certificate suite stands before them.
inline constexpr std::size_t kSmallOffer = 64;   // to a server that found a larger one too much
inline constexpr std::size_t kMostSuites = 120;  // 151 in one hello are too many for wolfSSL 5.5, 128 for some load balancers
// later: also those that came with TLS 1.2, which some servers take below it.
enum class Reach { own, later };
std::vector<std::vector<std::uint16_t>> suite_offers(Version version, Reach reach = Reach::own);

struct Ssl2Suite {
  std::uint32_t code;  // three bytes
  std::string_view name;
};
inline constexpr Ssl2Suite kSsl2Suites[] = {
    {0x010080, "SSL_CK_RC4_128_WITH_MD5"},
    {0x020080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5"},
    {0x030080, "SSL_CK_RC2_128_CBC_WITH_MD5"},
    {0x040080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"},
    {0x050080, "SSL_CK_IDEA_128_CBC_WITH_MD5"},
    {0x060040, "SSL_CK_DES_64_CBC_WITH_MD5"},
    {0x0700C0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"},
    {0x080080, "SSL_CK_RC4_64_WITH_MD5"},
    {0x060140, "SSL_CK_DES_64_CBC_WITH_SHA"},
    {0x0701C0, "SSL_CK_DES_192_EDE3_CBC_WITH_SHA"},
    {0x000000, "SSL_CK_NULL_WITH_MD5"},
};
std::string_view ssl2_suite_name(std::uint32_t code);

}  // namespace lintel::probes::tls
