#include "probes/tls/suite_traits.h"

#include <algorithm>
#include <utility>

#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

bool names(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Cuts the part behind the last '_' off, when it is a hash or MAC.
std::string_view cut_mac(std::string_view& rest) {
  for (const std::string_view mac : {"SHA256", "SHA384", "SHA", "SHA1", "MD5", "SM3", "IMIT", "OMAC", "GOSTR3411"}) {
    if (rest == mac) return std::exchange(rest, {});
    if (rest.size() > mac.size() && rest.ends_with(mac) && rest[rest.size() - mac.size() - 1] == '_') {
      rest.remove_suffix(mac.size() + 1);
      return mac;
    }
  }
  return {};
}

int key_bits(std::string_view cipher) {
  struct Row {
    std::string_view part;
    int bits;
  };
  // The first that fits counts, so what a longer name contains stands behind it.
  static constexpr Row rows[] = {{"NULL", 0},        {"RC4_40", 40},    {"EXPORT40", 40},    {"CBC_40", 40},    {"DES40", 40},   {"RC4_56", 56},
                                 {"CBC_56", 56},     {"RC4_64", 64},    {"3DES", 112},       {"192_EDE3", 112}, {"DES_CBC", 56}, {"DES_64", 56},
                                 {"FORTEZZA", 80},   {"RC2_128", 128},  {"RC4_128", 128},    {"IDEA", 128},     {"SEED", 128},   {"SM1", 128},
                                 {"SM4", 128},       {"CHACHA20", 256}, {"KUZNYECHIK", 256}, {"MAGMA", 256},    {"28147", 256},  {"_128", 128},
                                 {"_192", 192},      {"_256", 256},     {"RC2_CBC", 128}};
  for (const Row& row : rows)
    if (names(cipher, row.part)) return row.bits;
  return 0;
}

void read_exchange(std::string_view text, SuiteTraits& traits) {
  const auto begins = [&](std::string_view part) { return text.starts_with(part); };
  if (text.empty()) {
    traits.key_exchange = traits.authentication = "any";
    return;
  }
  for (const std::string_view method : {"ECDHE", "ECDH", "DHE", "DH", "RSA", "KRB5", "SRP_SHA", "PSK_DHE", "PSK", "ECCPWD", "ECC", "IBSDH", "IBC", "FORTEZZA_KEA"})
    if (begins(method)) {
      traits.key_exchange = method == "PSK_DHE" ? "DHE" : method == "SRP_SHA" ? "SRP" : method == "FORTEZZA_KEA" ? "KEA" : method;
      break;
    }
  if (traits.key_exchange.empty()) traits.key_exchange = text.substr(0, text.find('_'));
  for (const std::string_view name : {"anon", "PSK", "ECDSA", "DSS", "KRB5", "ECCPWD", "IBSDH", "IBC", "GOST"})
    if (traits.authentication.empty() && names(text, name)) traits.authentication = name == "IBSDH" || name == "IBC" ? "SM9" : name;
  if (traits.authentication.empty() && names(text, "RSA")) traits.authentication = "RSA";
  if (traits.authentication.empty()) traits.authentication = traits.key_exchange == "SRP" ? "SRP" : traits.key_exchange == "KEA" ? "DSS" : "RSA";
}

}  // namespace

SuiteTraits traits_of(std::string_view name) {
  SuiteTraits traits;
  if (name.empty()) return traits;
  std::string_view rest = name;
  if (rest.ends_with("-draft")) rest.remove_suffix(6);
  traits.export_grade = names(rest, "EXPORT") || names(rest, "DES40");
  const bool ssl2 = rest.starts_with("SSL_CK_");
  std::string_view exchange;
  if (ssl2) {
    rest.remove_prefix(7);
    exchange = "RSA";
    if (const auto with = rest.find("_WITH_"); with != std::string_view::npos) {
      traits.mac = rest.substr(with + 6);
      rest = rest.substr(0, with);
    }
  } else {
    for (const std::string_view prefix : {"TLS_", "SSL_"})
      if (rest.starts_with(prefix)) {
        rest.remove_prefix(4);
        break;
      }
    if (const auto with = rest.find("_WITH_"); with != std::string_view::npos) {
      exchange = rest.substr(0, with);
      rest = rest.substr(with + 6);
    } else if (!name.starts_with("TLS_")) {  // TLCP: ECC_SM4_CBC_SM3
      exchange = rest.substr(0, rest.find('_'));
      rest.remove_prefix(std::min(rest.size(), exchange.size() + 1));
    }
    traits.mac = cut_mac(rest);
    if (rest.empty() || rest == "SHA256" || rest == "SHA384") rest = "NULL";  // TLS_SHA256_SHA256: integrity alone
  }
  read_exchange(exchange, traits);
  const bool tlcp = !name.starts_with("TLS_") && !name.starts_with("SSL_");
  if (tlcp && traits.authentication == "RSA" && traits.key_exchange != "RSA") traits.authentication = "SM2";
  traits.cipher = rest;
  traits.bits = traits.export_grade && names(rest, "RC4_40") ? 40 : key_bits(rest);
  traits.aead = names(rest, "GCM") || names(rest, "CCM") || names(rest, "POLY1305") || names(rest, "MGM");
  traits.null = names(rest, "NULL");
  traits.anonymous = traits.authentication == "anon";
  traits.rc4 = names(rest, "RC4");
  traits.rc2 = names(rest, "RC2");
  traits.triple_des = names(rest, "3DES") || names(rest, "EDE3");
  traits.single_des = !traits.triple_des && (names(rest, "DES_CBC") || names(rest, "DES40") || names(rest, "DES_64"));
  traits.cbc = names(rest, "CBC") || (ssl2 && (traits.rc2 || traits.single_des || traits.triple_des));
  traits.psk = traits.authentication == "PSK";
  traits.sm = names(rest, "SM4") || names(rest, "SM1") || traits.mac == "SM3";
  traits.md5 = traits.mac == "MD5";
  const std::string& method = traits.key_exchange;
  traits.forward_secrecy = exchange.empty() || method == "DHE" || method == "ECDHE" || method == "SRP" || method == "ECCPWD" || method == "IBSDH" ||
                           (traits.anonymous && method.ends_with("DH"));
  traits.fixed_key = !traits.forward_secrecy && method != "PSK";
  return traits;
}

SuiteTraits traits_of(std::uint16_t code) { return traits_of(suite_name(code)); }

std::vector<std::string_view> SuiteTraits::flags() const {
  std::vector<std::string_view> words;
  const auto add = [&](bool holds, std::string_view word) {
    if (holds) words.push_back(word);
  };
  add(null, "null");
  add(anonymous, "anon");
  add(export_grade, "export");
  add(rc4, "rc4");
  add(rc2, "rc2");
  add(single_des, "des");
  add(triple_des, "3des");
  add(md5, "md5");
  add(cbc, "cbc");
  add(fixed_key, "no_forward_secrecy");
  add(psk, "psk");
  add(sm, "sm");
  return words;
}

bool in_prime_field(const SuiteTraits& traits) { return traits.key_exchange == "DHE" || (traits.anonymous && traits.key_exchange == "DH"); }

std::vector<std::uint16_t> in_prime_field(const std::vector<std::uint16_t>& suites, bool psk) {
  std::vector<std::uint16_t> codes;
  for (const std::uint16_t code : suites)
    if (const SuiteTraits traits = traits_of(code); traits.psk == psk && in_prime_field(traits)) codes.push_back(code);
  return codes;
}

}  // namespace lintel::probes::tls
