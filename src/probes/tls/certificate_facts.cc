#include "probes/tls/certificate_facts.h"

#include <chrono>

#include "base/text.h"
#include "crypto/certificate.h"

namespace lintel::probes::tls {

namespace {

std::int64_t whole_days(std::chrono::milliseconds time) {
  return std::chrono::floor<std::chrono::days>(time).count();
}

}  // namespace

Json certificate_fact(const crypto::Certificate& certificate, WallTime now) {
  Json fact = {{"subject", certificate.subject},
               {"issuer", certificate.issuer},
               {"serial", certificate.serial},
               {"not_before", format_time(certificate.not_before)},
               {"not_after", format_time(certificate.not_after)},
               {"days_old", whole_days(now - certificate.not_before)},
               {"days_left", whole_days(certificate.not_after - now)},
               {"lifetime_days", whole_days(certificate.not_after - certificate.not_before)},
               {"key", {{"type", certificate.key_type}, {"bits", certificate.key_bits}}},
               {"signature_algorithm", certificate.signature_algorithm},
               {"self_signed", certificate.self_signed},
               {"key_usage", certificate.key_usage},
               {"names", certificate.names},
               {"sha256", certificate.sha256}};
  if (!certificate.key_curve.empty()) fact["key"]["curve"] = certificate.key_curve;
  return fact;
}

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
  fact = certificate_fact(*parsed, context.clock().now());
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

}  // namespace lintel::probes::tls
