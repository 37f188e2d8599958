#include "probes/tls/code_list.h"

#include <algorithm>
#include <optional>
#include <string>

#include "crypto/certificate.h"
#include "probes/tls/codes.h"
#include "probes/tls/suite_traits.h"

namespace lintel::probes::tls {

namespace {

// The suites found whose key exchange is signed, those of RSA alone when there are any.
Codes signed_suites(const SuiteList& suites, bool only_ecdhe) {
  Codes rsa, other;
  for (const ListedSuite& suite : suites.suites) {
    const SuiteTraits traits = traits_of(suite.code);
    const bool ephemeral = traits.key_exchange == "ECDHE" || (traits.key_exchange == "DHE" && !only_ecdhe);
    if (!ephemeral || traits.anonymous || traits.psk) continue;
    (traits.authentication == "RSA" ? rsa : other).push_back(suite.code);
  }
  if (only_ecdhe && !rsa.empty()) return rsa;
  rsa.insert(rsa.end(), other.begin(), other.end());
  return rsa;
}

// Go says ServerHello before it looks for a scheme or group, and then an alert.
Choice weighed(const Chosen& answer) { return answer.choice == Choice::chosen && answer.reply.alert && answer.reply.key.scheme == 0 ? Choice::refused : answer.choice; }

// The group that the key of the server's certificate is on; 0 when it is on none. nullopt: the certificate can't be read.
std::optional<std::uint16_t> certificate_curve(const Reply& reply) {
  if (reply.certificates.empty()) return std::nullopt;
  const auto leaf = crypto::parse_certificate(reply.certificates.front());
  if (!leaf) return std::nullopt;
  const std::string name = leaf->key_curve == "prime256v1" ? "secp256r1" : leaf->key_curve == "prime192v1" ? "secp192r1" : leaf->key_curve == "SM2" ? "curveSM2" : leaf->key_curve;
  for (const Group& group : known_groups())
    if (group.name == name) return group.code;
  return leaf->key_curve.empty() ? std::optional<std::uint16_t>(0) : std::nullopt;
}

}  // namespace

CodeList list_groups(Talk& talk, Version version, const SuiteList& suites) {
  CodeList list;
  const Codes offer = signed_suites(suites, true);
  if (offer.empty()) return {{}, suites.complete};
  const bool ecdsa = traits_of(offer.front()).authentication != "RSA";
  const auto ask = [&](const Codes& groups) {
    Hello hello = hello_of(talk, version, offer);
    hello.groups = groups;
    return ask_choice(talk, hello, fmt::format("{} hello, {} groups", display_name(version), groups.size()));
  };
  Codes rest = group_codes(Primes::without);
  // What its suites were taken with, all groups being offered.
  for (const ListedSuite& suite : suites.suites)
    if (!ecdsa && contains(offer, suite.code) && std::erase(rest, suite.key.group) > 0) list.codes.push_back(suite.key.group);
  // Many servers take ECDSA only from clients that name the curve of its certificate, so that it is offered behind the others until
  // it is chosen. What comes after it in the server's own order no client can have; without it the others show whether any is left.
  std::uint16_t bound = 0;
  bool answered = false, readable = !ecdsa, alone = true;
  while (!rest.empty()) {
    Codes offered = rest;
    if (!alone) offered.push_back(bound);
    const Chosen answer = ask(offered);
    if (answer.choice == Choice::refused || (answer.choice == Choice::wordless && !list.codes.empty())) {
      list.complete = answer.choice == Choice::refused && readable && alone && !list.codes.empty() && (answered || ask(list.codes).choice == Choice::chosen);
      break;
    }
    const std::uint16_t group = answer.reply.key.group;
    if (answer.choice != Choice::chosen || !contains(offered, group)) {
      if (answer.choice == Choice::chosen && group != 0)
        talk.anomaly(fmt::format("{}: the server chose the group {}, which was not offered", display_name(version), group_name(group)));
      break;
    }
    if (ecdsa && !answered)
      if (const auto curve = certificate_curve(answer.reply)) {
        readable = true;
        bound = *curve;
        alone = bound == 0 || group == bound;
        std::erase(rest, bound);
      }
    answered = true;
    list.codes.push_back(group);
    std::erase(rest, group);
    alone = alone || group == bound;
  }
  return list;
}

CodeList list_schemes(Talk& talk, Version version, const SuiteList& suites) {
  CodeList list;
  const Codes offer = signed_suites(suites, false);
  if (offer.empty()) return {{}, suites.complete};
  list.codes = suites.schemes;
  Codes rest;
  for (const Scheme& scheme : known_schemes())
    if (!contains(list.codes, scheme.code)) rest.push_back(scheme.code);
  list.complete = true;
  bool answered = false;
  // One kind of key after the other: a server with two would go on choosing the suites of one.
  const auto by_rsa = [](std::uint16_t code) { return traits_of(code).authentication == "RSA"; };
  for (const bool rsa : {true, false}) {
    Codes kind;
    std::ranges::copy_if(offer, std::back_inserter(kind), [&](std::uint16_t code) { return by_rsa(code) == rsa; });
    while (!kind.empty()) {
      Hello hello = hello_of(talk, version, kind);
      hello.schemes = rest;
      const Chosen answer = rest.empty() ? Chosen{Choice::refused, {}} : ask_choice(talk, hello, fmt::format("{} hello, {} signature schemes", display_name(version), rest.size()));
      if (weighed(answer) == Choice::refused) break;
      answered = answered || answer.choice == Choice::chosen;
      const std::uint16_t scheme = answer.reply.key.scheme;
      if (answer.choice != Choice::chosen || !contains(rest, scheme)) {
        if (answer.choice == Choice::chosen && scheme != 0)
          talk.anomaly(fmt::format("{}: the server signed with {}, which was not offered", display_name(version), scheme_name(scheme)));
        list.complete = false;
        break;
      }
      list.codes.push_back(scheme);
      std::erase(rest, scheme);
    }
  }
  list.complete = list.complete && !list.codes.empty();
  // Refusals alone prove nothing.
  if (list.complete && !answered) list.complete = ask_choice(talk, hello_of(talk, version, offer), fmt::format("{} hello, all signature schemes", display_name(version))).choice == Choice::chosen;
  return list;
}

}  // namespace lintel::probes::tls
