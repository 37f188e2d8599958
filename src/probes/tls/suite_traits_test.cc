// What names of suites say: a row for each way of writing one, and all of the table at once.
#include "probes/tls/suite_traits.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "probes/tls/suites.h"

using namespace lintel;
using namespace lintel::probes::tls;

namespace {

// "ECDHE RSA AES_128_GCM SHA256 128 fs aead | flags"
std::string written(const SuiteTraits& traits) {
  std::string flags;
  for (const std::string_view flag : traits.flags()) flags += fmt::format(" {}", flag);
  return fmt::format("{} {} {} {} {}{}{} |{}", traits.key_exchange, traits.authentication, traits.cipher, traits.mac, traits.bits, traits.forward_secrecy ? " fs" : "",
                     traits.aead ? " aead" : "", flags);
}

}  // namespace

TEST_CASE("every way to write a suite is read") {
  const std::pair<const char*, const char*> rows[] = {
      {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE RSA AES_128_GCM SHA256 128 fs aead |"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ECDHE ECDSA AES_256_CBC SHA384 256 fs | cbc"},
      {"TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", "ECDHE ECDSA AES_128_CCM_8  128 fs aead |"},
      {"TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", "DHE DSS 3DES_EDE_CBC SHA 112 fs | 3des cbc"},
      {"TLS_DH_anon_WITH_AES_128_CBC_SHA", "DH anon AES_128_CBC SHA 128 fs | anon cbc"},
      {"TLS_ECDH_anon_WITH_NULL_SHA", "ECDH anon NULL SHA 0 fs | null anon"},
      {"TLS_ECDH_ECDSA_WITH_RC4_128_SHA", "ECDH ECDSA RC4_128 SHA 128 | rc4 no_forward_secrecy"},
      {"TLS_RSA_WITH_NULL_MD5", "RSA RSA NULL MD5 0 | null md5 no_forward_secrecy"},
      {"TLS_RSA_WITH_DES_CBC_SHA", "RSA RSA DES_CBC SHA 56 | des cbc no_forward_secrecy"},
      // Export grades.
      {"TLS_RSA_EXPORT_WITH_RC4_40_MD5", "RSA RSA RC4_40 MD5 40 | export rc4 md5 no_forward_secrecy"},
      {"TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", "RSA RSA RC2_CBC_40 MD5 40 | export rc2 md5 cbc no_forward_secrecy"},
      {"TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", "DHE RSA DES40_CBC SHA 40 fs | export des cbc"},
      {"TLS_RSA_EXPORT1024_WITH_RC4_56_SHA", "RSA RSA RC4_56 SHA 56 | export rc4 no_forward_secrecy"},
      // Kerberos, shared keys, passwords.
      {"TLS_KRB5_WITH_RC4_128_SHA", "KRB5 KRB5 RC4_128 SHA 128 | rc4 no_forward_secrecy"},
      {"TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA", "KRB5 KRB5 DES_CBC_40 SHA 40 | export des cbc no_forward_secrecy"},
      {"TLS_PSK_WITH_AES_128_CCM_8", "PSK PSK AES_128_CCM_8  128 aead | psk"},
      {"TLS_PSK_DHE_WITH_AES_256_CCM_8", "DHE PSK AES_256_CCM_8  256 fs aead | psk"},
      {"TLS_DHE_PSK_WITH_NULL_SHA", "DHE PSK NULL SHA 0 fs | null psk"},
      {"TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", "RSA PSK AES_128_GCM SHA256 128 aead | no_forward_secrecy psk"},
      {"TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256", "ECDHE PSK CHACHA20_POLY1305 SHA256 256 fs aead | psk"},
      {"TLS_SRP_SHA_WITH_AES_128_CBC_SHA", "SRP SRP AES_128_CBC SHA 128 fs | cbc"},
      {"TLS_SRP_SHA_DSS_WITH_AES_128_CBC_SHA", "SRP DSS AES_128_CBC SHA 128 fs | cbc"},
      {"TLS_ECCPWD_WITH_AES_128_GCM_SHA256", "ECCPWD ECCPWD AES_128_GCM SHA256 128 fs aead |"},
      // TLS 1.3, where the key exchange is another matter.
      {"TLS_AES_256_GCM_SHA384", "any any AES_256_GCM SHA384 256 fs aead |"},
      {"TLS_AES_128_CCM_8_SHA256", "any any AES_128_CCM_8 SHA256 128 fs aead |"},
      {"TLS_CHACHA20_POLY1305_SHA256", "any any CHACHA20_POLY1305 SHA256 256 fs aead |"},
      {"TLS_SHA384_SHA384", "any any NULL SHA384 0 fs | null"},
      // TLCP and ShangMi inside TLS.
      {"ECC_SM4_CBC_SM3", "ECC SM2 SM4_CBC SM3 128 | cbc no_forward_secrecy sm"},
      {"ECDHE_SM4_GCM_SM3", "ECDHE SM2 SM4_GCM SM3 128 fs aead | sm"},
      {"ECC_SM1_CBC_SM3", "ECC SM2 SM1_CBC SM3 128 | cbc no_forward_secrecy sm"},
      {"IBC_SM4_CBC_SM3", "IBC SM9 SM4_CBC SM3 128 | cbc no_forward_secrecy sm"},
      {"IBSDH_SM4_GCM_SM3", "IBSDH SM9 SM4_GCM SM3 128 fs aead | sm"},
      {"RSA_SM4_GCM_SHA256", "RSA RSA SM4_GCM SHA256 128 aead | no_forward_secrecy sm"},
      {"TLS_SM4_GCM_SM3", "any any SM4_GCM SM3 128 fs aead | sm"},
      // GOST, drafts, names of SSL 3.0 and SSL 2.0.
      {"TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC", "GOSTR341112 GOST KUZNYECHIK_CTR OMAC 256 | no_forward_secrecy"},
      {"TLS_GOSTR341112_256_WITH_MAGMA_MGM_L", "GOSTR341112 GOST MAGMA_MGM_L  256 aead | no_forward_secrecy"},
      {"TLS_GOSTR341001_WITH_28147_CNT_IMIT", "GOSTR341001 GOST 28147_CNT IMIT 256 | no_forward_secrecy"},
      {"TLS_GOSTR341001_WITH_NULL_GOSTR3411", "GOSTR341001 GOST NULL GOSTR3411 0 | null no_forward_secrecy"},
      {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256-draft", "ECDHE RSA CHACHA20_POLY1305 SHA256 256 fs aead |"},
      {"SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA", "RSA RSA 3DES_EDE_CBC SHA 112 | 3des cbc no_forward_secrecy"},
      {"SSL_CK_RC4_128_EXPORT40_WITH_MD5", "RSA RSA RC4_128_EXPORT40 MD5 40 | export rc4 md5 no_forward_secrecy"},
      {"SSL_CK_RC2_128_CBC_WITH_MD5", "RSA RSA RC2_128_CBC MD5 128 | rc2 md5 cbc no_forward_secrecy"},
      {"SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "RSA RSA DES_192_EDE3_CBC MD5 112 | 3des md5 cbc no_forward_secrecy"},
      {"SSL_CK_DES_64_CBC_WITH_SHA", "RSA RSA DES_64_CBC SHA 56 | des cbc no_forward_secrecy"},
      {"SSL_CK_RC4_64_WITH_MD5", "RSA RSA RC4_64 MD5 64 | rc4 md5 no_forward_secrecy"},
      {"SSL_CK_NULL_WITH_MD5", "RSA RSA NULL MD5 0 | null md5 no_forward_secrecy"},
      {"", "    0 |"},
  };
  for (const auto& [name, traits] : rows) CHECK_MESSAGE(written(traits_of(std::string_view(name))) == traits, name);
}

TEST_CASE("every suite of the tables has its parts, and bits unless it encrypts nothing") {
  std::vector<std::string_view> names;
  for (int code = 0; code <= 0xFFFF; ++code)
    if (const auto name = suite_name(static_cast<std::uint16_t>(code)); !name.empty()) names.push_back(name);
  CHECK(names.size() > 350);
  for (const Ssl2Suite& suite : kSsl2Suites) names.push_back(suite.name);
  for (const std::string_view name : names) {
    const SuiteTraits traits = traits_of(name);
    INFO(name);
    CHECK_FALSE(traits.key_exchange.empty());
    CHECK_FALSE(traits.authentication.empty());
    CHECK_FALSE(traits.cipher.empty());
    CHECK((traits.bits > 0) == !traits.null);
    CHECK((!traits.mac.empty() || traits.aead));
    CHECK_FALSE((traits.aead && traits.cbc));
    CHECK(traits.export_grade == (traits.bits > 0 && (traits.bits <= 40 || name.find("EXPORT") != name.npos)));
    CHECK(traits.cipher.find("WITH") == std::string::npos);
  }
}

TEST_CASE("a code without a name has no traits") {
  CHECK(traits_of(std::uint16_t{0x0AFA}).key_exchange.empty());
  CHECK(traits_of(std::uint16_t{0x0AFA}).flags().empty());
  CHECK(traits_of(std::uint16_t{0xC02F}).forward_secrecy);
}
