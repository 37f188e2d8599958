// TLCP: what is wrong with a double certificate, and strangers asked in both readings of the client's messages.
#include "probes/tls/tlcp.h"

#include <doctest/doctest.h>

#include "net/dialer.h"
#include "net/scripted_tlcp.h"
#include "probe/fake.h"

using namespace lintel;
using namespace lintel::probes::tls;
using crypto::testing::Identity;
using crypto::testing::Signer;

namespace {

const WallTime kNow = SystemClock().now();
const std::string kSigns = "critical,digitalSignature,nonRepudiation", kEncrypts = "critical,keyEncipherment,dataEncipherment,keyAgreement";

const Identity& authority() {
  static const Identity made = net::make_authority("Home CA");
  return made;
}
const Identity& other_authority() {
  static const Identity made = net::make_authority("Other CA");
  return made;
}

Bytes certificate(const std::string& name, const std::string& usage, const Identity& issuer = authority(), Signer key = Signer::sm2()) {
  auto wishes = net::lasting(name, {});
  if (!usage.empty()) wishes.extensions = {{"keyUsage", usage}};
  return issue(std::move(key), wishes, &issuer).der();
}

Json facts_of(std::vector<Bytes> chain) {
  TlcpService service;
  service.chain = std::move(chain);
  Json facts;
  put_tlcp(service, kNow, facts);
  return facts["tlcp"];
}

// A service on loopback, and what is learned of it.
struct Seen {
  TlcpService service;
  std::string transcript;
  int connections = 0;
};

struct LiveContext : probe::FakeContext {
  Result<std::unique_ptr<net::Stream>> dial(const net::Endpoint& endpoint, Deadline deadline) override { return net::dial(endpoint, deadline, cancel_button); }
};

Seen look(const net::ScriptedPeer::Script& script, int budget = 25) {
  net::ScriptedPeer peer(script);
  LiveContext context;
  Asker asker(context, {"127.0.0.1", peer.port()}, {.connections = budget});
  Survey survey;
  survey.at(Version::tlcp1_1).offered = Known::yes;
  Seen seen;
  seen.service = look_at_tlcp(asker, survey);
  seen.transcript = asker.transcript();
  seen.connections = asker.connections();
  return seen;
}

Seen look(const net::TlcpServerOptions& options) {
  return look([&options](net::ScriptedConnection& connection, int) {
    net::TlcpServer(connection, options).handshake();
    connection.half_close();
    connection.stall();
  });
}

const net::TlcpCredentials& gateway() {
  static const auto made = net::make_double_certificate("gateway", authority());
  return made;
}

std::string letters(const TlcpService& service) {
  std::string all;
  for (const Known known : {service.client.requested, service.client.required, service.client.stranger_refused, service.key_exchange_signed})
    all += known == Known::unknown ? '?' : word(known)[0];
  return all;
}

}  // namespace

TEST_CASE("TLCP: each fault of a double certificate has a name") {
  const Bytes sign = certificate("gateway", kSigns), encrypt = certificate("gateway", kEncrypts);
  const struct {
    const char* name;
    std::vector<Bytes> chain;
    std::vector<std::string> faults;
  } rows[] = {
      {"none", {sign, encrypt}, {}},
      {"swapped", {encrypt, sign}, {"sign_usage_missing", "encryption_usage_missing", "sign_certificate_may_encrypt", "encryption_certificate_may_sign"}},
      {"without usages", {certificate("gateway", ""), certificate("gateway", "")}, {"sign_usage_missing", "encryption_usage_missing"}},
      {"both for all",
       {certificate("gateway", "digitalSignature,keyEncipherment"), certificate("gateway", "digitalSignature,keyEncipherment")},
       {"sign_certificate_may_encrypt", "encryption_certificate_may_sign"}},
      {"of two devices", {sign, certificate("lamp", kEncrypts)}, {"subjects_differ"}},
      {"of two authorities", {sign, certificate("gateway", kEncrypts, other_authority())}, {"issuers_differ"}},
      {"one twice",
       {sign, sign},
       {"encryption_usage_missing", "encryption_certificate_may_sign", "one_certificate_twice"}},
      {"not SM2", {certificate("gateway", kSigns, authority(), Signer::ec("P-256")), encrypt}, {"sign_key_not_sm2"}},
      {"encryption not SM2", {sign, certificate("gateway", kEncrypts, authority(), Signer::rsa(2048))}, {"encryption_key_not_sm2"}},
  };
  for (const auto& row : rows) CHECK_MESSAGE(facts_of(row.chain)["faults"] == Json(row.faults), row.name);
}

TEST_CASE("TLCP: a pair that is not there, or unreadable, has no faults to judge") {
  CHECK_FALSE(facts_of({}).contains("faults"));
  CHECK(facts_of({})["certificates"] == 0);
  const Json one = facts_of({certificate("gateway", kSigns)});
  CHECK(one.contains("sign"));
  CHECK_FALSE(one.contains("encryption"));
  CHECK_FALSE(one.contains("faults"));
  const Json broken = facts_of({certificate("gateway", kSigns), {0x30, 1, 2}});
  CHECK(broken["certificates"] == 2);
  CHECK_FALSE(broken.contains("faults"));
}

TEST_CASE("TLCP: a server that asks for nothing") {
  const auto seen = look({.credentials = gateway()});
  CHECK(letters(seen.service) == "nn?y");
  CHECK(seen.service.chain.size() >= 2);
  CHECK(seen.connections == 1);
}

TEST_CASE("TLCP: a certificate demanded, and a stranger refused in whichever way the server reads") {
  for (const net::TlcpDialect dialect : {net::TlcpDialect::usual, net::TlcpDialect::gmssl}) {
    const auto seen = look({.credentials = gateway(), .client_certificate = net::ClientCertificate::required, .client_ca = authority().pem(), .dialect = dialect});
    INFO(seen.transcript);
    CHECK(letters(seen.service) == "yyyy");
    CHECK(seen.connections <= 4);
  }
}

TEST_CASE("TLCP: a stranger let in is found in either dialect") {
  for (const net::TlcpDialect dialect : {net::TlcpDialect::usual, net::TlcpDialect::gmssl}) {
    const auto seen = look({.credentials = gateway(), .client_certificate = net::ClientCertificate::optional, .dialect = dialect});
    INFO(seen.transcript);
    CHECK(letters(seen.service) == "ynny");
  }
}

TEST_CASE("TLCP: a signature that does not fit, and a server that is gone after the first talk") {
  net::TlcpServerOptions options{.credentials = gateway()};
  options.before = [](net::TlcpServer&, net::tlcp::MessageType type, Bytes& message) {
    if (type == net::tlcp::MessageType::server_key_exchange) message.back() ^= 1;
    return true;
  };
  CHECK(look(options).service.key_exchange_signed != Known::yes);

  const net::TlcpServerOptions asks{.credentials = gateway(), .client_certificate = net::ClientCertificate::required, .client_ca = authority().pem()};
  const auto gone = look([&](net::ScriptedConnection& connection, int number) {
    if (number == 0) net::TlcpServer(connection, asks).handshake();
    connection.half_close();
    connection.stall();
  });
  CHECK(letters(gone.service) == "yy?y");

  const auto nonsense = look([](net::ScriptedConnection& connection, int) {
    connection.read_some();
    connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.half_close();
    connection.stall();
  });
  CHECK(letters(nonsense.service) == "????");
}
