// Probe tls: which versions of SSL and TLS a service takes, its certificate, and whether it insists on one of
// the client.
#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "base/text.h"
#include "net/address.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/tls/certificate_facts.h"
#include "probes/tls/dtls.h"
#include "probes/tls/facts.h"
#include "probes/tls/mutual.h"
#include "probes/tls/other_keys.h"
#include "probes/tls/tlcp.h"
#include "probes/tls/survey.h"

namespace lintel::probes::tls {

namespace {

using model::Status;

constexpr int kUnrecognizedName = 112;

// What the person who asked could do next.
void advise(const Survey& survey, const std::string& server_name, const std::string& place, model::Observation& observation) {
  const auto alerted = [](const VersionFinding& finding) { return finding.offered != Known::yes && finding.alert == kUnrecognizedName; };
  const bool none = std::ranges::none_of(survey.versions, [](const VersionFinding& finding) { return finding.offered == Known::yes; });
  if (none && server_name.empty() && std::ranges::any_of(survey.versions, alerted))
    observation.message = place + ": refuses clients that name no server; --server-name (or server_name of the service) gives one";
  if (survey.spoken == Known::no && upgrade_of(survey.instead))
    observation.message = fmt::format("{}: speaks {} in clear; --starttls {} (or tls: optional of the service) asks it to change to TLS", place, survey.instead, survey.instead);
}

void set_status(const probe::Context& context, const Survey& survey, const std::string& place, net::Transport transport, model::Observation& observation) {
  const auto end = [&](Status status, std::string message) {
    observation.status = status;
    observation.message = std::move(message);
  };
  if (context.cancel().requested())
    return end(Status::interrupted, place + ": stopped before all versions were asked");
  if (survey.stopped && (survey.spoken == Known::unknown || survey.stopped->code == ErrorCode::timeout))
    return end(probe::status_of(*survey.stopped), survey.stopped->message);
  if (survey.stopped) observation.notes.push_back(survey.stopped->message);
  if (survey.spoken != Known::unknown) return;
  const bool udp = transport == net::Transport::udp;
  if (survey.instead == "silence")
    return end(Status::timeout, place + (udp ? ": answers nothing" : ": accepts connections but answers nothing"));
  bool any_bytes = false, any_end = false;
  for (const VersionFinding& finding : survey.versions) {
    any_bytes = any_bytes || !finding.bytes.empty();
    any_end = any_end || finding.reason == "closed" || finding.reason == "reset";
  }
  if (any_bytes)
    return end(Status::protocol_error, place + ": answers with what is neither TLS nor a known protocol");
  if (any_end && udp) return end(Status::refused, place + ": nobody listens on this UDP port");
  if (any_end) return end(Status::closed, place + ": ends every connection without an answer");
  end(Status::timeout, place + (udp ? ": answers nothing" : ": accepts connections but answers nothing"));
}

// All that this depth asks was asked, and whether each version is taken is known.
bool is_complete(const Survey& survey, std::span<const Version> asked, const Talk& talk) {
  if (talk.stopped || survey.spoken == Known::unknown) return false;
  // What was not asked has no reason; where another protocol speaks nothing needs to be.
  return survey.spoken == Known::no || std::ranges::none_of(asked, [&](Version version) { return survey.at(version).offered == Known::unknown && !survey.at(version).reason.empty(); });
}

enum class Depth { ssl, quick, full };

Depth depth_of(const Json& params) {
  const std::string name = text_or(params, "depth", "quick");
  return name == "ssl" ? Depth::ssl : name == "full" ? Depth::full : Depth::quick;
}

// Devices live on private addresses: they get pauses.
bool is_private(const std::string& host) {
  const auto address = net::parse_address(host, 0);
  return address && net::is_private(*address);
}

// Asked for, or of a service that says it upgrades.
std::optional<Upgrade> upgrade_for(const Json& params, const Json& item) {
  const std::string asked = text_or(params, "starttls", "auto");
  if (asked != "auto") return upgrade_of(asked);
  return text_or(item, "tls") == "optional" ? upgrade_of(text_or(item, "protocol")) : std::nullopt;
}

Manners manners_of(const Json& params, const Json& item, const std::string& host, Depth depth) {
  const std::string pace = text_or(params, "pace", "auto");
  const bool gentle = pace == "gentle" || (pace == "auto" && is_private(host));
  const int most = depth == Depth::full ? 400 : depth == Depth::quick ? 25 : 8;
  const auto asked = integer_or(params, "connections", 0);
  return {.wait = std::chrono::seconds(integer_or(params, "wait", 5)),
          .gap = std::chrono::milliseconds(gentle ? 50 : 0),
          .connections = asked > 0 ? static_cast<int>(asked) : most,
          .upgrade = text_or(item, "transport", "tcp") == "tcp" ? upgrade_for(params, item) : std::nullopt};
}

// A service that begins in clear and does not change to TLS.
Survey not_upgraded(const std::string& protocol) {
  Survey survey;
  survey.spoken = Known::no;
  survey.instead = to_lower(protocol);
  for (const Version version : kTcpVersions) survey.at(version).offered = Known::no;
  return survey;
}

Survey survey_of(Asker& asker, const Json& params, const Json& item, const std::string& server_name, std::uint16_t port, Depth depth) {
  const std::string protocol = text_or(item, "protocol");
  if (text_or(item, "transport", "tcp") == "udp") return survey_dtls(asker, server_name);
  if (upgrade_for(params, item)) {
    const auto first = asker.connect();
    if (!first && first.error().code == ErrorCode::unsupported) return not_upgraded(protocol);
    if (!first) {
      Survey survey;
      survey.stopped = first.error();
      return survey;
    }
  }
  return survey(asker, server_name, protocol, port, depth == Depth::ssl);
}

Known weakest(Known a, Known b) {
  if (a == Known::no || b == Known::no) return Known::no;
  return a == Known::unknown || b == Known::unknown ? Known::unknown : Known::yes;
}

// A service with TLS and TLCP demands a certificate only when both do.
ClientCertificate weakest(ClientCertificate tls, const ClientCertificate& tlcp) {
  if (tls.requested == Known::yes || tlcp.requested == Known::yes)
    tls.stranger_refused = weakest(tls.requested == Known::yes ? tls.stranger_refused : Known::unknown, tlcp.requested == Known::yes ? tlcp.stranger_refused : Known::unknown);
  tls.requested = weakest(tls.requested, tlcp.requested);
  tls.required = weakest(tls.required, tlcp.required);
  return tls;
}

// One more hello of a version that was taken, to see that the look did no harm.
Known still_answers(Talk& talk, const Survey& survey) {
  const auto version = std::ranges::find_if(kVersions, [&](Version one) { return one != Version::ssl2 && survey.at(one).offered == Known::yes; });
  if (version == kVersions.end() || talk.stopped) return Known::unknown;
  Hello hello = hello_of(talk, *version, {survey.at(*version).reply.suite});
  hello.key_shares = *version == Version::tls1_3 && !survey.at(*version).reply.retry_request ? KeyShares::usual : KeyShares::none;
  const Choice choice = ask_choice(talk, hello, "once more, to see that it still answers").choice;
  return choice == Choice::chosen ? Known::yes : talk.stopped ? Known::unknown : Known::no;
}

// TLS 1.3 is taken and all before it are refused; one that is not known may be taken, with all its flaws.
bool only_tls13(const Survey& survey) {
  return survey.at(Version::tls1_3).offered == Known::yes &&
         std::ranges::all_of(std::array{Version::ssl3, Version::tls1_0, Version::tls1_1, Version::tls1_2}, [&](Version version) { return survey.at(version).offered == Known::no; });
}

// All suites, groups and schemes of each version, features and flaws. Whether those of the highest version up to TLS 1.2 are all known, and with them
// its certificates.
bool look_deep(Talk& talk, const Survey& survey, const ClientCertificate& client, Json& facts) {
  SuiteLists lists;
  std::array<CodeList, kVersions.size()> groups;
  const auto at = [](Version version) { return static_cast<std::size_t>(version); };
  for (const Version version : kVersions)
    if (version != Version::ssl2 && survey.at(version).offered == Known::yes) lists[at(version)] = list_suites(talk, version, &survey.at(version).reply);
  // Ends without a word of a server that also ends by accident prove nothing.
  for (SuiteList& list : lists)
    if (talk.flaky && list.wordless) list.complete = list.groups_complete = false;
  WeakFindings weak = weak_kinds_of(survey, lists);
  // What leaves a list open, like a suite that breaks the server, need not be a weak one.
  if (!talk.stopped && std::ranges::find(weak, Known::unknown) != weak.end()) {
    const WeakFindings asked = ask_weak_kinds(talk, survey);
    for (std::size_t kind = 0; kind < weak.size(); ++kind)
      if (weak[kind] == Known::unknown) weak[kind] = asked[kind];
  }
  CodeList schemes;
  bool listed = false;
  Features features;
  std::vector<Flaw> tried = {{"heartbleed", Flawed::unknown}, {"early_change_cipher", Flawed::unknown}};
  if (const auto classic = highest_classic(survey)) {
    groups[at(*classic)] = list_groups(talk, *classic, lists[at(*classic)]);
    if (like_tls12(*classic)) schemes = list_schemes(talk, *classic, lists[at(*classic)]);
    listed = lists[at(*classic)].complete && (schemes.complete || !like_tls12(*classic));
    features = look_at_features(talk, survey, *classic, lists[at(*classic)]);
    if (!is_dtls(*classic)) tried[0].found = try_heartbleed(talk, *classic, features, lists[at(*classic)]);
    if (!is_dtls(*classic)) tried[1].found = try_early_change_cipher(talk, *classic, lists[at(*classic)]);
  } else if (only_tls13(survey)) {
    for (Flaw& flaw : tried) flaw.found = Flawed::not_vulnerable;  // both are older than TLS 1.3
    features = look_at_tls13_features(talk);
  }
  put_lists(survey, lists, facts);
  put_codes(lists, groups, schemes, facts);
  put_weak(weak, facts);
  put_features(features, facts);
  put_sessions(look_at_sessions(talk, survey, client.session), facts);
  put_flaws(tried, facts);
  put_flaws(derive_flaws(survey, weak, features, lists), facts);
  return listed;
}

// The evidence is a sample as `lintel random judge` takes it. They are told in clear to every client, and open no account.
void put_session_ids(probe::Context& context, const std::vector<SessionId>& ids, Json& facts) {
  if (ids.empty()) return;
  std::set<Bytes> different;
  std::string lines;
  for (const SessionId& one : ids) {
    different.insert(one.id);
    lines += fmt::format("{}\t{}\n", one.unix_us, to_hex(one.id));
  }
  facts["session_ids"] = {{"seen", ids.size()}, {"different", different.size()}};
  context.keep_evidence("session-ids.tsv", "text/tab-separated-values", as_bytes(lines), {"session_ids"});
}

void run(probe::Context& context, model::Observation& observation) {
  const Json& item = context.item().data;
  net::Endpoint endpoint;
  endpoint.host = text_or(item, "address");
  const auto port = integer_or(item, "port", 0);
  if (endpoint.host.empty() || port < 1 || port > 65535) {
    observation.status = Status::not_declared;
    observation.message = "the service has no address or port";
    return;
  }
  endpoint.port = static_cast<std::uint16_t>(port);
  const std::string transport = text_or(item, "transport", "tcp");
  const bool udp = transport == "udp";
  if (!udp && transport != "tcp") {
    observation.status = Status::not_applicable;
    observation.message = "neither TCP nor UDP";
    return;
  }
  if (udp) endpoint.transport = net::Transport::udp;
  const std::string declared_name = expected_name(item), protocol = text_or(item, "protocol");
  const std::string server_name = net::parse_address(declared_name, 0) ? "" : declared_name;
  const Depth depth = depth_of(context.params());
  Asker asker(context, endpoint, manners_of(context.params(), item, endpoint.host, depth));
  const Survey found = survey_of(asker, context.params(), item, server_name, endpoint.port, depth);
  const std::string place = fmt::format("{}:{}", endpoint.host, port);
  Json& facts = observation.facts;
  facts["connections_used"] = asker.connections();
  if (asker.connections() == 0 && found.stopped) {  // never got through
    observation.status =
        context.cancel().requested() ? Status::interrupted : probe::status_of(*found.stopped);
    observation.message = found.stopped->message;
    return;
  }
  facts["depth"] = text_or(context.params(), "depth", "quick");
  const auto asked = udp ? std::span<const Version>(kUdpVersions) : std::span<const Version>(kTcpVersions);
  put_versions(context, found, asked, facts);
  if (udp) put_cookie(found, facts);
  Talk talk{.asker = asker, .server_name = server_name, .anomalies = found.anomalies, .stopped = found.stopped};
  for (const Version version : kVersions) talk.primes[static_cast<std::size_t>(version)] = found.at(version).primes;
  if (found.spoken == Known::yes && depth != Depth::ssl) {
    const bool tlcp_too = found.at(Version::tlcp1_1).offered == Known::yes;
    const bool only_tlcp = tlcp_too && !highest_classic(found) && found.at(Version::tls1_3).offered != Known::yes;
    ClientCertificate client;
    if (udp)
      client = look_at_dtls_client_certificate(asker, found);
    else if (!only_tlcp)
      client = look_at_client_certificate(talk, found, declared_name, protocol, endpoint.port);
    for (auto version = kVersions.rbegin(); version != kVersions.rend(); ++version)
      if (found.at(*version).offered == Known::yes) talk.saw(found.at(*version).reply.certificates, *version);
    if (tlcp_too) {
      const TlcpService tlcp = look_at_tlcp(asker, found);
      put_tlcp(tlcp, context.clock().now(), facts);
      talk.saw(tlcp.chain, Version::tlcp1_1);
      talk.saw(encryption_chain(tlcp), Version::tlcp1_1);
      client = only_tlcp ? tlcp.client : weakest(std::move(client), tlcp.client);
    }
    facts["client_certificate"] = {{"requested", word(client.requested)}, {"required", word(client.required)}};
    if (client.requested == Known::yes)
      facts["client_certificate"]["stranger"] = client.stranger_refused == Known::yes ? "refused" : client.stranger_refused == Known::no ? "accepted" : "unknown";
    bool listed = false;
    if (depth == Depth::full)
      listed = look_deep(talk, found, client, facts);
    else
      put_weak(ask_weak_kinds(talk, found), facts);
    const bool all_keys = ask_for_other_keys(talk, found, listed);
    put_certificates(context, talk.shown, all_keys, observation);
    if (!server_name.empty() && !only_tlcp) put_default_certificate(context, look_without_name(talk, found), observation);
    if (asker.gentle()) facts["answers_afterwards"] = word(still_answers(talk, found));
  }
  facts["connections_used"] = asker.connections();
  facts["complete"] = is_complete(found, asked, talk);
  if (talk.stopped && !found.stopped) observation.notes.push_back(talk.stopped->message);
  put_session_ids(context, talk.session_ids, facts);
  facts["anomalies"] = talk.anomalies;
  observation.notes.insert(observation.notes.end(), talk.anomalies.begin(), talk.anomalies.end());
  facts["disturbed"] = asker.disturbed();
  if (asker.disturbed())
    observation.notes.push_back("the service refused connections for a moment after a hello");
  context.keep_evidence("handshakes.txt", "text/plain", as_bytes(asker.transcript()),
                        {"versions", "spoken", "client_certificate", "weak"});
  advise(found, server_name, place, observation);
  set_status(context, found, place, endpoint.transport, observation);
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "TLS 版本、密码套件、证书与客户端认证",
    .title_en = "TLS versions, cipher suites, certificate and client authentication",
    .version = "3",
    .takes = model::ItemKind::service,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::tls
