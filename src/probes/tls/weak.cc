#include "probes/tls/weak.h"

#include <algorithm>

#include "probes/tls/groups.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

constexpr WeakKind kKinds[] = {
    {"null", [](const SuiteTraits& traits) { return traits.null; }},
    {"anonymous", [](const SuiteTraits& traits) { return traits.anonymous; }},
    {"export", [](const SuiteTraits& traits) { return traits.export_grade; }},
    {"single_des", [](const SuiteTraits& traits) { return traits.single_des; }},
    {"rc2", [](const SuiteTraits& traits) { return traits.rc2; }},
    {"rc4", [](const SuiteTraits& traits) { return traits.rc4; }},
    {"triple_des", [](const SuiteTraits& traits) { return traits.triple_des; }},
    {"md5", [](const SuiteTraits& traits) { return traits.md5; }},
};

void mark(WeakFindings& findings, const SuiteTraits& traits) {
  for (std::size_t kind = 0; kind < std::size(kKinds); ++kind)
    if (kKinds[kind].fits(traits)) findings[kind] = Known::yes;
}

bool undecided(const WeakFindings& findings, const SuiteTraits& traits) {
  for (std::size_t kind = 0; kind < std::size(kKinds); ++kind)
    if (findings[kind] != Known::yes && kKinds[kind].fits(traits)) return true;
  return false;
}

// What the hellos of the survey showed by themselves.
WeakFindings from_survey(const Survey& survey) {
  WeakFindings findings(std::size(kKinds), Known::unknown);
  for (const Version version : kVersions) {
    const VersionFinding& finding = survey.at(version);
    if (finding.offered != Known::yes) continue;
    if (version == Version::ssl2)
      for (const std::uint32_t code : finding.reply.ssl2_suites) mark(findings, traits_of(ssl2_suite_name(code)));
    else
      mark(findings, traits_of(finding.reply.suite));
  }
  return findings;
}

using Codes = std::vector<std::uint16_t>;

// The suites of these kinds: pre-shared-key ones, and the others.
struct WeakSuites {
  Codes certified, psk;
};
WeakSuites weak_suites(Version version) {
  WeakSuites suites;
  for (const auto& offer : suite_offers(version, Reach::later))
    for (const std::uint16_t code : offer) {
      const SuiteTraits traits = traits_of(code);
      if (std::ranges::any_of(kKinds, [&](const WeakKind& kind) { return kind.fits(traits); })) (traits.psk ? suites.psk : suites.certified).push_back(code);
    }
  return suites;
}

struct WeakOffer {
  Codes suites, groups;
};

// Pre-shared-key suites stand in an offer of their own, for a server of theirs may be silent on others; but behind them, and to one that takes
// certificates also the other way round, those in prime fields are said once more with the other kind of groups, which costs no connection.
std::vector<WeakOffer> weak_offers(Version version, bool of_psk) {
  const WeakSuites suites = weak_suites(version);
  std::vector<WeakOffer> offers{{suites.certified, group_codes(Primes::without)}, {suites.psk, group_codes(Primes::with)}};
  if (!has_extensions(version) || version == Version::tls1_3) return offers;
  const Codes fields = in_prime_field(suites.certified, false), psk_fields = in_prime_field(suites.psk, true);
  offers[1].suites.insert(offers[1].suites.end(), fields.begin(), fields.end());
  if (of_psk)
    offers.push_back({psk_fields, group_codes(Primes::without)});
  else
    offers[0].suites.insert(offers[0].suites.end(), psk_fields.begin(), psk_fields.end());
  return offers;
}

// Whether every kind that is not known to be taken was refused in this version. taken: in the survey.
bool ask_version(Talk& talk, Version version, KeyShares key_shares, std::uint16_t taken, WeakFindings& findings) {
  std::size_t most = kMostSuites;
  for (auto& [rest, groups] : weak_offers(version, traits_of(taken).psk)) {
    for (;;) {
      std::erase_if(rest, [&](std::uint16_t code) { return !undecided(findings, traits_of(code)); });
      if (rest.empty()) break;
      const auto end = rest.begin() + static_cast<std::ptrdiff_t>(std::min(most, rest.size()));
      Hello hello = hello_of(talk, version, {rest.begin(), end});
      if (version != Version::tls1_3) hello.groups = groups;
      hello.key_shares = key_shares;
      const Chosen answer = ask_choice(talk, hello, fmt::format("{} hello, {} weak suites", display_name(version), hello.suites.size()));
      const auto alert = answer.reply.alert;
      if (answer.choice == Choice::chosen) {
        mark(findings, traits_of(answer.reply.suite));
        std::erase(rest, answer.reply.suite);
      } else if (answer.choice != Choice::refused || answer.reply.seen != Seen::alert) {
        return false;
      } else if (hello.suites.size() > kSmallOffer && (alert == 47 || alert == 50)) {
        most = kSmallOffer;  // too much for it at once
      } else {
        rest.erase(rest.begin(), end);
      }
    }
  }
  return true;
}

void settle(WeakFindings& findings) {
  for (Known& finding : findings)
    if (finding == Known::unknown) finding = Known::no;
}

bool knows_versions(const Survey& survey) {
  return std::ranges::all_of(kTcpVersions, [&](Version version) { return survey.at(version).offered != Known::unknown; }) ||
         std::ranges::all_of(kUdpVersions, [&](Version version) { return survey.at(version).offered != Known::unknown; });
}

}  // namespace

std::span<const WeakKind> weak_kinds() { return kKinds; }

WeakFindings ask_weak_kinds(Talk& talk, const Survey& survey) {
  WeakFindings findings = from_survey(survey);
  bool all = knows_versions(survey);
  for (const Version version : kVersions)
    if (survey.at(version).offered == Known::yes && version != Version::ssl2) {
      const bool wants_share = version == Version::tls1_3 && !survey.at(version).reply.retry_request;
      all = ask_version(talk, version, wants_share ? KeyShares::usual : KeyShares::none, survey.at(version).reply.suite, findings) && all;
    }
  if (all && !talk.stopped) settle(findings);
  return findings;
}

WeakFindings weak_kinds_of(const Survey& survey, std::span<const SuiteList> lists) {
  WeakFindings findings = from_survey(survey);
  bool all = knows_versions(survey);
  for (const Version version : kVersions) {
    if (survey.at(version).offered != Known::yes || version == Version::ssl2) continue;
    const SuiteList& list = lists[static_cast<std::size_t>(version)];
    for (const ListedSuite& suite : list.suites) mark(findings, traits_of(suite.code));
    all = all && list.complete;
  }
  if (all) settle(findings);
  return findings;
}

}  // namespace lintel::probes::tls
