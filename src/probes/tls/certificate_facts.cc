#include "probes/tls/certificate_facts.h"

#include <chrono>

#include "base/text.h"
#include "crypto/certificate.h"
#include "net/address.h"

namespace lintel::probes::tls {

namespace {

std::int64_t whole_days(std::chrono::milliseconds time) {
  return std::chrono::floor<std::chrono::days>(time).count();
}

}  // namespace

std::string expected_name(const Json& item) {
  const std::string address = text_or(item, "address");
  return text_or(item, "server_name", net::parse_address(address, 0) ? "" : address);
}

Json certificate_fact(const crypto::Certificate& certificate, WallTime now) {
  Json fact = {{"subject", certificate.subject},
               {"issuer", certificate.issuer},
               {"serial", certificate.serial},
               {"not_before", format_time(certificate.not_before)},
               {"not_after", format_time(certificate.not_after)},
               {"days_old", whole_days(now - certificate.not_before)},
               {"days_left", whole_days(certificate.not_after - now)},
               {"lifetime_days", whole_days(certificate.not_after - certificate.not_before)},
               {"key", {{"type", certificate.key_type}, {"algorithm", certificate.key_algorithm}}},
               {"signature_algorithm", certificate.signature_algorithm},
               {"self_signed", certificate.self_signed},
               {"key_usage", certificate.key_usage},
               {"names", certificate.names},
               {"sha256", certificate.sha256}};
  if (certificate.key_bits > 0) fact["key"]["bits"] = certificate.key_bits;
  if (!certificate.key_curve.empty()) fact["key"]["curve"] = certificate.key_curve;
  return fact;
}

void put_certificates(probe::Context& context, std::span<const Shown> shown, bool complete, model::Observation& observation) {
  const Json& item = context.item().data;
  const std::string name = expected_name(item), ca = text_or(item, "ca");
  const auto anchors = ca.empty() ? Result<std::string>("") : context.read_file(ca, 1 << 20);
  if (!anchors && !shown.empty()) observation.notes.push_back(fmt::format("CA {}: {}", ca, anchors.error().message));
  Json facts = Json::array();
  for (const Shown& one : shown) {
    std::string pem;
    for (const Bytes& der : one.chain) pem += crypto::to_pem(der);
    context.keep_evidence(facts.empty() ? "chain.pem" : fmt::format("chain-{}.pem", facts.size() + 1), "application/x-pem-file", as_bytes(pem), {"certificates"});
    const auto parsed = crypto::parse_certificate(one.chain.front());
    if (!parsed) {
      observation.notes.push_back("certificate: " + parsed.error().message);
      complete = false;
      continue;
    }
    Json fact = certificate_fact(*parsed, context.clock().now());
    fact["chain_length"] = one.chain.size();
    for (const Version version : one.versions) fact["versions"].push_back(display_name(version));
    if (!name.empty()) {
      const auto matches = crypto::certificate_names(one.chain.front(), name);
      if (matches)
        fact["name_matches"] = *matches;
      else
        observation.notes.push_back("certificate: " + matches.error().message);
    }
    if (!ca.empty() && anchors) {
      const auto verdict = crypto::verify_chain(one.chain, *anchors, context.clock().now());
      if (verdict) fact["chain_trusted"] = verdict->trusted;
      if (!verdict) observation.notes.push_back(fmt::format("CA {}: {}", ca, verdict.error().message));
      if (verdict && !verdict->trusted) observation.notes.push_back("chain: " + verdict->reason);
    }
    facts.push_back(std::move(fact));
  }
  observation.facts["certificates"] = std::move(facts);
  observation.facts["certificates_complete"] = complete;
}

void put_default_certificate(probe::Context& context, const DefaultCertificate& found, model::Observation& observation) {
  using Answer = DefaultCertificate::Answer;
  Json& fact = observation.facts["without_name"];
  fact["answer"] = found.answer == Answer::same ? "same" : found.answer == Answer::other ? "other" : found.answer == Answer::refused ? "refused" : "unknown";
  if (found.answer != Answer::other) return;
  std::string pem;
  for (const Bytes& der : found.chain) pem += crypto::to_pem(der);
  context.keep_evidence("chain-without-name.pem", "application/x-pem-file", as_bytes(pem), {"without_name"});
  const auto parsed = crypto::parse_certificate(found.chain.front());
  if (!parsed) {
    observation.notes.push_back("certificate: " + parsed.error().message);
    return;
  }
  fact["certificate"] = certificate_fact(*parsed, context.clock().now());
  fact["certificate"]["chain_length"] = found.chain.size();
  observation.notes.push_back(fmt::format("clients that name no server are shown another certificate: {}", parsed->subject));
}

}  // namespace lintel::probes::tls
