#include "probes/tls/facts.h"

#include <algorithm>

#include "probes/tls/groups.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

std::string_view word(Order order) {
  switch (order) {
    case Order::server: return "server";
    case Order::client: return "client";
    case Order::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view word(Flawed flawed) {
  switch (flawed) {
    case Flawed::vulnerable: return "yes";
    case Flawed::not_vulnerable: return "no";
    case Flawed::unknown: return "unknown";
  }
  return "unknown";
}

Json suite_fact(const ListedSuite& suite) {
  const SuiteTraits traits = traits_of(suite.code);
  Json fact = {{"code", fmt::format("{:#06x}", suite.code)}, {"name", suite_label(suite.code)}, {"key_exchange", traits.key_exchange},
               {"authentication", traits.authentication},    {"cipher", traits.cipher},         {"bits", traits.bits},
               {"forward_secrecy", traits.forward_secrecy},  {"aead", traits.aead},             {"flags", traits.flags()}};
  if (!traits.mac.empty()) fact["mac"] = traits.mac;
  if (suite.key.group != 0) fact["group"] = group_name(suite.key.group);
  if (suite.key.dh_bits > 0) fact["dh_bits"] = suite.key.dh_bits;
  if (suite.key.rsa_bits > 0) fact["rsa_bits"] = suite.key.rsa_bits;
  if (suite.key.scheme != 0) fact["signature_scheme"] = scheme_name(suite.key.scheme);
  if (suite.empty_certificate) fact["empty_certificate"] = true;
  return fact;
}

Json ssl2_fact(std::uint32_t code) {
  const std::string_view name = ssl2_suite_name(code);
  const SuiteTraits traits = traits_of(name);
  return {{"code", fmt::format("{:#08x}", code)}, {"name", name.empty() ? fmt::format("{:#08x}", code) : std::string(name)}, {"key_exchange", traits.key_exchange},
          {"authentication", traits.authentication}, {"cipher", traits.cipher}, {"mac", traits.mac}, {"bits", traits.bits},
          {"forward_secrecy", false}, {"aead", false}, {"flags", traits.flags()}};
}

}  // namespace

void put_versions(probe::Context& context, const Survey& survey, std::span<const Version> asked, Json& facts) {
  facts["spoken"] = word(survey.spoken);
  if (!survey.instead.empty()) facts["instead"] = survey.instead;
  Json offered = Json::array();
  std::vector<std::string_view> ranked;  // TLCP is no older or newer TLS
  for (const Version version : asked) {
    const VersionFinding& finding = survey.at(version);
    Json& fact = facts["versions"][fact_name(version)];
    fact["offered"] = word(finding.offered);
    if (!finding.reason.empty()) fact["reason"] = finding.reason;
    if (!finding.suite.empty()) fact["suite"] = finding.suite;
    if (finding.alert && finding.offered != Known::yes) fact["alert"] = *finding.alert;
    if (finding.offered == Known::yes) {
      offered.push_back(display_name(version));
      if (version != Version::tlcp1_1) ranked.push_back(display_name(version));
    }
    if (!finding.bytes.empty())
      context.keep_evidence(fmt::format("reply-{}.bin", fact_name(version)), "application/octet-stream", finding.bytes,
                            {fmt::format("versions.{}", fact_name(version))});
  }
  if (!ranked.empty()) {
    facts["lowest"] = ranked.front();
    facts["highest"] = ranked.back();
  }
  facts["offered"] = offered;
}

void put_cookie(const Survey& survey, Json& facts) {
  Known asked = Known::unknown;
  std::size_t length = 0;
  for (const Version version : kUdpVersions) {
    const Reply& reply = survey.at(version).reply;
    if (reply.seen != Seen::server_hello && reply.seen != Seen::alert) continue;
    // An alert may come before the cookie; a ServerHello without one means that none was asked for.
    if (!reply.cookie.empty() && asked != Known::no) asked = Known::yes;
    if (reply.cookie.empty() && reply.seen == Seen::server_hello) asked = Known::no;
    length = std::max(length, reply.cookie.size());
  }
  facts["dtls_cookie"] = {{"asked", word(asked)}};
  if (length > 0) facts["dtls_cookie"]["bytes"] = length;
}

void put_lists(const Survey& survey, const SuiteLists& lists, Json& facts) {
  Json& sm = facts["shangmi"] = Json::object();
  sm["tlcp"] = word(survey.at(Version::tlcp1_1).offered);
  std::map<std::string_view, Known> inside = {{"tls1_2", Known::no}, {"tls1_3", Known::no}};
  for (const Version version : kVersions) {
    const VersionFinding& finding = survey.at(version);
    if (finding.offered != Known::yes) continue;
    Json& fact = facts["versions"][fact_name(version)];
    const SuiteList& list = lists[static_cast<std::size_t>(version)];
    Json suites = Json::array();
    for (const ListedSuite& suite : list.suites) suites.push_back(suite_fact(suite));
    if (version == Version::ssl2)
      for (const std::uint32_t code : finding.reply.ssl2_suites) suites.push_back(ssl2_fact(code));
    fact["suites"] = std::move(suites);
    fact["suites_complete"] = version == Version::ssl2 || list.complete;
    if (version != Version::ssl2) fact["order"] = word(list.order);
    if (const auto known = inside.find(fact_name(version)); known != inside.end()) {
      const bool any = std::ranges::any_of(list.suites, [](const ListedSuite& suite) { return traits_of(suite.code).sm; });
      known->second = any ? Known::yes : list.complete ? Known::no : Known::unknown;
    }
  }
  for (const auto& [name, found] : inside) sm[name] = survey.at(name == "tls1_2" ? Version::tls1_2 : Version::tls1_3).offered == Known::unknown ? "unknown" : word(found);
}

void put_codes(const SuiteLists& lists, const std::array<CodeList, kVersions.size()>& groups, const CodeList& schemes, Json& facts) {
  for (const Version version : kVersions) {
    const auto at = static_cast<std::size_t>(version);
    const bool tls13 = version == Version::tls1_3;
    const auto& codes = tls13 ? lists[at].groups : groups[at].codes;
    const bool complete = tls13 ? lists[at].groups_complete : groups[at].complete;
    if (codes.empty() && !complete) continue;
    Json list = Json::array();
    for (const std::uint16_t code : codes) {
      Json one = {{"code", fmt::format("{:#06x}", code)}, {"name", group_name(code)}};
      if (const Group* group = find_group(code); group != nullptr) one.update(Json{{"bits", group->bits}, {"post_quantum", group->post_quantum}});
      list.push_back(std::move(one));
    }
    Json& fact = facts["versions"][fact_name(version)];
    fact["groups"] = std::move(list);
    fact["groups_complete"] = complete;
  }
  if (schemes.codes.empty()) return;
  Json names = Json::array();
  for (const std::uint16_t code : schemes.codes) names.push_back(scheme_name(code));
  facts["signature_schemes"] = std::move(names);
  facts["signature_schemes_complete"] = schemes.complete;
}

void put_weak(const WeakFindings& weak, Json& facts) {
  const auto kinds = weak_kinds();
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) facts["weak"][kinds[kind].name] = word(weak[kind]);
}

void put_features(const Features& features, Json& facts) {
  Json& fact = facts["features"];
  fact = {{"renegotiation_info", word(features.renegotiation_info)},
          {"extended_master_secret", word(features.extended_master_secret)},
          {"encrypt_then_mac", word(features.encrypt_then_mac)},
          {"heartbeat", word(features.heartbeat)},
          {"compression", word(features.compression)},
          {"tickets", word(features.tickets)},
          {"stapled_status", word(features.stapled_status)},
          {"fallback_signal", word(features.fallback_signal)}};
  if (!features.alpn.empty()) fact["alpn"] = features.alpn;
}

void put_sessions(const Sessions& sessions, Json& facts) {
  Json& fact = facts["session"];
  fact = {{"resumed_by_id", word(sessions.by_id)}, {"resumed_by_ticket", word(sessions.by_ticket)}, {"resumed_by_psk", word(sessions.by_psk)}, {"early_data", word(sessions.early_data)}};
  if (sessions.early_data_bytes > 0) fact["early_data_bytes"] = sessions.early_data_bytes;
}

void put_flaws(std::span<const Flaw> flaws, Json& facts) {
  for (const Flaw& flaw : flaws) facts["vulnerable"][flaw.name] = word(flaw.found);
}

}  // namespace lintel::probes::tls
