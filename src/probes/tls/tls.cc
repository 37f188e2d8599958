// Probe tls: which versions of SSL and TLS a service takes, its certificate, and whether it insists on one of
// the client.
#include <chrono>

#include "base/text.h"
#include "crypto/certificate.h"
#include "net/address.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/tls/mutual.h"
#include "probes/tls/survey.h"

namespace lintel::probes::tls {

namespace {

using model::Status;

std::string_view word(Known known) {
  switch (known) {
    case Known::yes:
      return "yes";
    case Known::no:
      return "no";
    case Known::unknown:
      return "unknown";
  }
  return "unknown";
}

void put_versions(probe::Context& context, const Survey& survey, Json& facts) {
  facts["spoken"] = word(survey.spoken);
  if (!survey.instead.empty()) facts["instead"] = survey.instead;
  Json offered = Json::array();
  for (const Version version : kVersions) {
    const VersionFinding& finding = survey.at(version);
    Json& fact = facts["versions"][fact_name(version)];
    fact["offered"] = word(finding.offered);
    if (!finding.reason.empty()) fact["reason"] = finding.reason;
    if (!finding.suite.empty()) fact["suite"] = finding.suite;
    if (finding.alert && finding.offered != Known::yes) fact["alert"] = *finding.alert;
    if (finding.offered == Known::yes) offered.push_back(display_name(version));
    if (!finding.bytes.empty())
      context.keep_evidence(fmt::format("reply-{}.bin", fact_name(version)), "application/octet-stream",
                            finding.bytes, {fmt::format("versions.{}", fact_name(version))});
  }
  if (!offered.empty()) {
    facts["lowest"] = offered.front();
    facts["highest"] = offered.back();
  }
  facts["offered"] = offered;
}

std::int64_t whole_days(std::chrono::milliseconds time) {
  return std::chrono::floor<std::chrono::days>(time).count();
}

// The chain as facts; what the declaration does not say (server name, CA) stays out.
void put_certificate(probe::Context& context, const std::vector<Bytes>& chain,
                     model::Observation& observation) {
  if (chain.empty()) return;
  std::string pem;
  for (const Bytes& der : chain) pem += crypto::to_pem(der);
  context.keep_evidence("chain.pem", "application/x-pem-file", as_bytes(pem), {"certificate"});
  const auto parsed = crypto::parse_certificate(chain.front());
  if (!parsed) {
    observation.notes.push_back("certificate: " + parsed.error().message);
    return;
  }
  Json& fact = observation.facts["certificate"];
  fact["subject"] = parsed->subject;
  fact["issuer"] = parsed->issuer;
  fact["serial"] = parsed->serial;
  fact["not_before"] = format_time(parsed->not_before);
  fact["not_after"] = format_time(parsed->not_after);
  fact["days_old"] = whole_days(context.clock().now() - parsed->not_before);
  fact["days_left"] = whole_days(parsed->not_after - context.clock().now());
  fact["lifetime_days"] = whole_days(parsed->not_after - parsed->not_before);
  fact["key"] = {{"type", parsed->key_type}, {"bits", parsed->key_bits}};
  if (!parsed->key_curve.empty()) fact["key"]["curve"] = parsed->key_curve;
  fact["signature_algorithm"] = parsed->signature_algorithm;
  fact["self_signed"] = parsed->self_signed;
  fact["names"] = parsed->names;
  fact["sha256"] = parsed->sha256;
  fact["chain_length"] = chain.size();
  const Json& item = context.item().data;
  if (const std::string name = text_or(item, "server_name"); !name.empty()) {
    const auto matches = crypto::certificate_names(chain.front(), name);
    if (matches)
      fact["name_matches"] = *matches;
    else
      observation.notes.push_back("certificate: " + matches.error().message);
  }
  const std::string ca = text_or(item, "ca");
  if (ca.empty()) return;
  const auto pem_of_ca = context.read_file(ca, 1 << 20);
  const auto verdict = pem_of_ca ? crypto::verify_chain(chain, *pem_of_ca, context.clock().now())
                                 : Result<crypto::ChainVerdict>(tl::unexpected<Error>(pem_of_ca.error()));
  if (!verdict) {
    observation.notes.push_back(fmt::format("CA {}: {}", ca, verdict.error().message));
    return;
  }
  fact["chain_trusted"] = verdict->trusted;
  if (!verdict->trusted) observation.notes.push_back("chain: " + verdict->reason);
}

void set_status(const probe::Context& context, const Survey& survey, const std::string& place,
                model::Observation& observation) {
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
  if (survey.instead == "silence")
    return end(Status::timeout, place + ": accepts connections but answers nothing");
  bool any_bytes = false, any_end = false;
  for (const VersionFinding& finding : survey.versions) {
    any_bytes = any_bytes || !finding.bytes.empty();
    any_end = any_end || finding.reason == "closed" || finding.reason == "reset";
  }
  if (any_bytes)
    return end(Status::protocol_error, place + ": answers with what is neither TLS nor a known protocol");
  if (any_end) return end(Status::closed, place + ": ends every connection without an answer");
  end(Status::timeout, place + ": accepts connections but answers nothing");
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
  if (text_or(item, "transport", "tcp") != "tcp") {
    observation.status = Status::not_applicable;
    observation.message = "only TLS over TCP is asked";
    return;
  }
  const std::string server_name = text_or(item, "server_name"), protocol = text_or(item, "protocol");
  const bool name_is_address = net::parse_address(server_name, 0).has_value();
  Asker asker(context, endpoint, std::chrono::seconds(integer_or(context.params(), "wait", 5)));
  const Survey found = survey(asker, name_is_address ? "" : server_name, protocol, endpoint.port);
  const std::string place = fmt::format("{}:{}", endpoint.host, port);
  observation.facts["connections_used"] = asker.connections();
  if (asker.connections() == 0 && found.stopped) {  // never got through
    observation.status =
        context.cancel().requested() ? Status::interrupted : probe::status_of(*found.stopped);
    observation.message = found.stopped->message;
    return;
  }
  put_versions(context, found, observation.facts);
  if (found.spoken == Known::yes) {
    const auto client = look_at_client_certificate(asker, found, server_name, protocol, endpoint.port);
    observation.facts["client_certificate"] = {{"requested", word(client.requested)},
                                               {"required", word(client.required)}};
    put_certificate(context, client.chain, observation);
    observation.facts["connections_used"] = asker.connections();
  }
  observation.facts["anomalies"] = found.anomalies;
  observation.notes.insert(observation.notes.end(), found.anomalies.begin(), found.anomalies.end());
  if (asker.disturbed())
    observation.notes.push_back("the service refused connections for a moment after a hello");
  context.keep_evidence("handshakes.txt", "text/plain", as_bytes(asker.transcript()),
                        {"versions", "spoken", "client_certificate"});
  set_status(context, found, place, observation);
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "TLS 版本、证书与客户端认证",
    .title_en = "TLS versions, certificate and client authentication",
    .version = "1",
    .takes = model::ItemKind::service,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::tls
