#include "probes/tls/tlcp.h"

#include <algorithm>

#include "crypto/throwaway.h"
#include "net/tlcp_stream.h"
#include "probes/tls/certificate_facts.h"
#include "probes/tls/names.h"

namespace lintel::probes::tls {

namespace {

constexpr int kUnknownAuthority = 48;  // said of the certificate itself, however its messages are read

std::unique_ptr<net::TlcpStream> shake_hands(Asker& asker, const net::TlcpOptions& options, std::string_view who) {
  auto stream = asker.connect();
  if (!stream) return nullptr;
  auto tlcp = net::TlcpStream::open(*std::move(stream), options, asker.until());
  asker.transcript() += fmt::format("{:2}  TLCP handshake {}: {}\n", asker.connections(), who,
                                    tlcp->finished() ? fmt::format("finished, {}", tlcp->suite_name()) : tlcp->alert() ? alert_name(*tlcp->alert()) : tlcp->finished().error().message);
  return tlcp;
}

// no: taken; yes: refused by a word.
Known refused(const net::TlcpStream& tlcp) {
  if (tlcp.finished()) return Known::no;
  return tlcp.alert().value_or(0) != 0 ? Known::yes : Known::unknown;
}

Known stranger_refused(Asker& asker, net::TlcpOptions options) {
  const auto pair = crypto::throwaway_sm2_certificates();
  if (!pair) return Known::unknown;
  options.credentials = {pair->sign.certificate, pair->sign.key, pair->encrypt.certificate, pair->encrypt.key};
  Known all = Known::unknown;
  for (const net::TlcpDialect dialect : {net::TlcpDialect::usual, net::TlcpDialect::gmssl}) {
    options.dialect = dialect;
    const auto tlcp = shake_hands(asker, options, dialect == net::TlcpDialect::usual ? "with a stranger's certificate" : "with a stranger's certificate, in GmSSL's way");
    if (!tlcp) return Known::unknown;
    all = refused(*tlcp);
    if (all != Known::yes || tlcp->alert() == kUnknownAuthority) return all;
  }
  return all;
}

bool has(const crypto::Certificate& certificate, std::initializer_list<const char*> usages) {
  return std::ranges::any_of(usages, [&](const char* usage) { return std::ranges::find(certificate.key_usage, usage) != certificate.key_usage.end(); });
}

// What the standard asks of the pair: both SM2, of one subject and issuer, with keys and usages of their own.
std::vector<std::string> faults(const crypto::Certificate& sign, const crypto::Certificate& encrypt) {
  std::vector<std::string> found;
  const auto add = [&](bool holds, const char* fault) {
    if (holds) found.emplace_back(fault);
  };
  add(sign.key_type != "SM2", "sign_key_not_sm2");
  add(encrypt.key_type != "SM2", "encryption_key_not_sm2");
  add(!has(sign, {"digitalSignature", "nonRepudiation"}), "sign_usage_missing");
  add(!has(encrypt, {"keyEncipherment", "dataEncipherment", "keyAgreement"}), "encryption_usage_missing");
  add(has(sign, {"keyEncipherment", "dataEncipherment", "keyAgreement"}), "sign_certificate_may_encrypt");
  add(has(encrypt, {"digitalSignature", "nonRepudiation"}), "encryption_certificate_may_sign");
  add(sign.subject != encrypt.subject, "subjects_differ");
  add(sign.issuer != encrypt.issuer, "issuers_differ");
  add(sign.sha256 == encrypt.sha256, "one_certificate_twice");
  return found;
}

}  // namespace

TlcpService look_at_tlcp(Asker& asker, const Survey& survey) {
  TlcpService service;
  const Reply& reply = survey.at(Version::tlcp1_1).reply;
  service.chain = reply.certificates;
  net::TlcpOptions options;
  options.suites = {0xE053, 0xE013};
  auto tlcp = shake_hands(asker, options, "without a client certificate");
  if (!tlcp || tlcp->suite() == 0) return service;
  if (!tlcp->chain().empty()) service.chain = tlcp->chain();
  if (const auto fits = tlcp->key_exchange_signed()) service.key_exchange_signed = *fits ? Known::yes : Known::no;
  ClientCertificate& client = service.client;
  const Known answer = refused(*tlcp);
  if (tlcp->certificate_requested())
    client.requested = Known::yes;
  else if (tlcp->finished())
    client.requested = Known::no;
  client.required = client.requested == Known::yes ? answer : client.requested;
  tlcp.reset();  // one connection at a time
  if (client.requested == Known::yes) client.stranger_refused = stranger_refused(asker, options);
  return service;
}

std::vector<Bytes> encryption_chain(const TlcpService& service) {
  if (service.chain.size() < 2) return {};
  const auto sign = crypto::parse_certificate(service.chain[0]), second = crypto::parse_certificate(service.chain[1]);
  if (sign && second && second->subject == sign->issuer) return {};  // stands above the only one
  return {service.chain.begin() + 1, service.chain.end()};
}

void put_tlcp(const TlcpService& service, WallTime now, Json& facts) {
  Json& fact = facts["tlcp"];
  fact["key_exchange_signed"] = word(service.key_exchange_signed);
  const auto& chain = service.chain;
  fact["certificates"] = chain.size();
  const auto sign = chain.empty() ? tl::unexpected<Error>(Error{}) : crypto::parse_certificate(chain[0]);
  const auto encrypt = chain.size() < 2 ? tl::unexpected<Error>(Error{}) : crypto::parse_certificate(chain[1]);
  if (sign) fact["sign"] = certificate_fact(*sign, now);
  if (encrypt) fact["encryption"] = certificate_fact(*encrypt, now);
  if (sign && encrypt) fact["faults"] = faults(*sign, *encrypt);
}

}  // namespace lintel::probes::tls
