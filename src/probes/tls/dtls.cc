#include "probes/tls/dtls.h"

#include <algorithm>

#include "crypto/throwaway.h"
#include "net/dtls_stream.h"
#include "probes/tls/groups.h"
#include "probes/tls/names.h"
#include "probes/tls/suite_traits.h"

namespace lintel::probes::tls {

namespace {

constexpr int kSilentOffers = 2;  // of a port that never answered; then it is left alone

void file(Survey& survey, Version version, Heard heard, const std::vector<std::uint16_t>& offer) {
  VersionFinding& finding = survey.at(version);
  finding.reply = std::move(heard.reply);
  finding.bytes = std::move(heard.bytes);
  finding.alert = finding.reply.alert;
  const Reply& reply = finding.reply;
  const auto strange = [&](std::string text) {
    finding.reason = "garbage";
    survey.anomalies.push_back(fmt::format("{}: {}", display_name(version), text));
  };
  switch (reply.seen) {
    case Seen::server_hello:
      finding.reason = "server_hello";
      if (std::ranges::find(offer, reply.suite) == offer.end())
        strange(fmt::format("the server chose {}, which was not offered", suite_label(reply.suite)));
      else if (reply.version == wire_version(version))
        finding.offered = Known::yes;
      else if (version_of(reply.version) != Version::dtls1_0)
        strange(fmt::format("the server chose version {:#06x}", reply.version));
      if (finding.offered == Known::yes) finding.suite = suite_label(reply.suite);
      return;
    case Seen::alert: finding.reason = "alert"; return;
    case Seen::not_tls: return strange("an answer that is no DTLS");
    case Seen::malformed: return strange(reply.problem);
    case Seen::nothing:
    case Seen::more_needed:
    case Seen::hello_verify: finding.reason = heard.end == End::closed || heard.end == End::reset ? "closed" : "timeout"; return;
  }
}

void ask_version(Asker& asker, const std::string& server_name, Version version, Survey& survey) {
  auto offers = suite_offers(version);
  if (offers.size() > 2) std::rotate(offers.begin() + 1, offers.end() - 1, offers.end());
  // A server of Diffie-Hellman alone may want a group for it.
  const auto fields = in_prime_field(offers.front(), false);
  offers.push_back(fields);
  int silent = 0;
  for (const auto& offer : offers) {
    const bool primes = offer == fields;
    if (primes && silent > 0) break;
    Hello hello;
    hello.version = version;
    hello.suites = offer;
    if (primes) hello.groups = group_codes(Primes::with);
    hello.server_name = server_name;
    auto heard = asker.ask(std::move(hello), fmt::format("{} hello, {} suites", display_name(version), offer.size()));
    if (!heard) {
      survey.stopped = heard.error();
      return;
    }
    if (heard->reply.seen != Seen::nothing) survey.spoken = heard->reply.seen == Seen::not_tls ? survey.spoken : Known::yes;
    const bool protocol_version = heard->reply.alert == 70;
    file(survey, version, *std::move(heard), offer);
    VersionFinding& finding = survey.at(version);
    finding.primes = primes && finding.offered == Known::yes;
    if (finding.reason != "alert" && finding.reason != "timeout") return;
    if (protocol_version) return;
    silent += finding.reason == "timeout";
    if (survey.spoken != Known::yes && silent == kSilentOffers) return;
  }
  // A refusal of some suites does not speak for those that got no answer.
  if (silent > 0) survey.at(version).reason = "timeout";
}

std::string outcome(const net::DtlsStream& stream) {
  return stream.finished() ? "finished" : stream.alert() ? alert_name(*stream.alert()) : stream.finished().error().message;
}

// no: taken; yes: refused by a word.
Known refused(Asker& asker, const net::DtlsOptions& options, std::string_view who) {
  auto stream = asker.connect();
  if (!stream) return Known::unknown;
  const auto dtls = net::DtlsStream::open(*std::move(stream), options, asker.until());
  asker.transcript() += fmt::format("{:2}  DTLS handshake {}: {}\n", asker.connections(), who, outcome(*dtls));
  if (dtls->finished()) return Known::no;
  return dtls->alert() ? Known::yes : Known::unknown;
}

}  // namespace

Survey survey_dtls(Asker& asker, const std::string& server_name) {
  Survey survey;
  for (const Version version : {Version::dtls1_2, Version::dtls1_0}) {
    if (survey.stopped) break;
    if (version == Version::dtls1_0 && survey.spoken != Known::yes && survey.at(Version::dtls1_2).reason == "timeout") break;
    ask_version(asker, server_name, version, survey);
  }
  const bool any = std::ranges::any_of(kUdpVersions, [&](Version version) { return survey.at(version).offered == Known::yes; });
  // DTLS 1.0 alone answers a hello of 1.2 in its own version.
  for (const Version version : kUdpVersions) {
    VersionFinding& finding = survey.at(version);
    if (any && finding.offered != Known::yes && (finding.reason == "alert" || finding.reason == "server_hello")) finding.offered = Known::no;
  }
  const bool closed = std::ranges::any_of(kUdpVersions, [&](Version version) { return survey.at(version).reason == "closed"; });
  if (survey.spoken != Known::yes && !survey.stopped && !closed) survey.instead = "silence";
  return survey;
}

ClientCertificate look_at_dtls_client_certificate(Asker& asker, const Survey& survey) {
  ClientCertificate client;
  for (const Version version : {Version::dtls1_2, Version::dtls1_0}) {
    const VersionFinding& finding = survey.at(version);
    if (finding.offered != Known::yes) continue;
    if (client.requested == Known::unknown && finding.reply.done) client.requested = finding.reply.certificate_requested ? Known::yes : Known::no;
  }
  if (client.requested == Known::no) client.required = Known::no;
  if (client.requested != Known::yes) return client;
  client.required = refused(asker, {}, "without a client certificate");
  if (const auto stranger = crypto::throwaway_certificate()) {
    net::DtlsOptions options;
    options.certificate = stranger->certificate;
    options.private_key = stranger->key;
    client.stranger_refused = refused(asker, options, "with a stranger's certificate");
  }
  return client;
}

}  // namespace lintel::probes::tls
