#include "probes/tls/features.h"

#include <algorithm>

#include "probes/tls/suite_traits.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

constexpr int kInappropriateFallback = 86;

Known known(bool holds) { return holds ? Known::yes : Known::no; }

std::vector<std::uint16_t> codes_of(const SuiteList& list, Version version) {
  std::vector<std::uint16_t> codes;
  for (const ListedSuite& suite : list.suites) codes.push_back(suite.code);
  return codes.empty() ? suite_offers(version).front() : codes;
}

// Whether it takes a lower version from a client that says it could do better.
Known ask_fallback(Talk& talk, const Survey& survey, Version highest, const SuiteList& suites) {
  Version lower = highest;
  if (survey.at(Version::tls1_3).offered != Known::yes) {
    static constexpr std::array kBelow = {Version::tls1_1, Version::tls1_0, Version::ssl3};
    const auto* below = std::ranges::find_if(kBelow, [&](Version version) { return version < highest && survey.at(version).offered == Known::yes; });
    if (below == kBelow.end()) return Known::unknown;
    lower = *below;
  }
  Hello hello;
  hello.version = lower;
  hello.suites = lower == highest ? codes_of(suites, lower) : suite_offers(lower).front();
  hello.server_name = talk.server_name;
  hello.fallback = true;
  const Chosen answer = ask_choice(talk, hello, fmt::format("{} hello that comes down from a higher version", display_name(lower)));
  if (answer.choice == Choice::chosen) return Known::no;
  if (answer.choice == Choice::refused && answer.reply.alert == kInappropriateFallback) return Known::yes;
  return Known::unknown;
}

}  // namespace

std::optional<Version> highest_classic(const Survey& survey) {
  for (const Version version : {Version::dtls1_2, Version::dtls1_0, Version::tls1_2, Version::tls1_1, Version::tls1_0, Version::ssl3})
    if (survey.at(version).offered == Known::yes) return version;
  return std::nullopt;
}

Features look_at_features(Talk& talk, const Survey& survey, Version version, const SuiteList& suites) {
  Features features;
  Hello hello;
  hello.version = version;
  hello.server_name = talk.server_name;
  hello.features = true;
  // Encrypt-then-MAC is only answered with a CBC suite.
  const auto all = codes_of(suites, version);
  std::ranges::copy_if(all, std::back_inserter(hello.suites), [](std::uint16_t code) { return traits_of(code).cbc; });
  const bool cbc = !hello.suites.empty();
  if (!cbc) hello.suites = all;
  Chosen answer = ask_choice(talk, hello, fmt::format("{} hello with all extensions{}", display_name(version), cbc ? ", CBC suites" : ""));
  bool with_cbc = answer.choice == Choice::chosen && traits_of(answer.reply.suite).cbc;
  if (answer.choice == Choice::refused && cbc && hello.suites.size() < all.size()) {
    hello.suites = all;
    answer = ask_choice(talk, hello, fmt::format("{} hello with all extensions", display_name(version)));
    with_cbc = false;
  }
  if (answer.choice == Choice::chosen) {
    const Reply& reply = answer.reply;
    const auto has = [&](std::uint16_t type) { return known(std::ranges::find(reply.extensions, type) != reply.extensions.end()); };
    features.renegotiation_info = has(0xFF01);
    features.extended_master_secret = has(23);
    if (with_cbc) features.encrypt_then_mac = has(22);
    features.heartbeat = has(15);
    features.tickets = has(35);
    features.compression = known(reply.compression != 0);
    if (reply.done) features.stapled_status = known(reply.stapled);
    features.alpn = reply.alpn;
  }
  features.fallback_signal = ask_fallback(talk, survey, version, suites);
  return features;
}

}  // namespace lintel::probes::tls
