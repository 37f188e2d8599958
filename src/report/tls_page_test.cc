// The page of `lintel probe tls`: goldens in both languages and widths, and facts that no probe would write.
#include "report/tls_page.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "data/json.h"
#include "report/columns.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"

using namespace lintel;
using namespace lintel::report;

namespace {

model::Observation seen(Json facts, model::Status status = model::Status::ok) {
  model::Observation observation;
  observation.status = status;
  observation.facts = std::move(facts);
  return observation;
}

Json parsed(const char* text) { return *parse_json(text); }

// A service with nearly everything: old versions, weak suites, TLCP, an attack, tickets, early data.
Json everything() {
  return parsed(R"({
    "spoken": "yes", "complete": true, "connections_used": 131,
    "offered": ["SSLv3", "TLSv1.0", "TLSv1.2", "TLSv1.3", "TLCPv1.1"],
    "versions": {
      "ssl2": {"offered": "no"}, "tls1_1": {"offered": "unknown"},
      "ssl3": {"offered": "yes", "order": "client", "suites_complete": false, "suites": [{"name": "TLS_RSA_WITH_RC4_128_MD5", "bits": 128, "flags": ["rc4", "md5"]}]},
      "tls1_0": {"offered": "yes", "suites": [{"name": "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "bits": 112, "flags": ["3des", "cbc"]}]},
      "tls1_2": {"offered": "yes", "order": "server", "groups_complete": false, "groups": [{"name": "x25519"}, {"name": "secp256r1"}],
        "suites": [{"name": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "bits": 128, "group": "x25519", "flags": []},
                   {"name": "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "bits": 256, "dh_bits": 1024, "flags": []}]},
      "tls1_3": {"offered": "yes", "groups_complete": true, "groups": [{"name": "X25519MLKEM768"}], "suites": [{"name": "TLS_AES_128_GCM_SHA256", "bits": 128, "flags": []}]},
      "tlcp1_1": {"offered": "yes", "suites": [{"name": "ECC_SM4_GCM_SM3", "bits": 128, "flags": ["sm"]}]}},
    "weak": {"null": "no", "anonymous": "no", "export": "no", "single_des": "no", "rc2": "unknown", "rc4": "yes", "triple_des": "yes", "md5": "yes"},
    "vulnerable": {"heartbleed": "no", "early_change_cipher": "no", "drown": "no", "poodle": "no", "freak": "no", "logjam": "yes", "sweet32": "yes", "crime": "no"},
    "signature_schemes": ["rsa_pss_rsae_sha256", "rsa_pkcs1_sha1"],
    "certificates": [{"subject": "CN=home.example,O=示例家庭", "issuer": "CN=home.example,O=示例家庭", "self_signed": true, "not_before": "2025-01-01T00:00:00Z",
      "not_after": "2026-01-01T00:00:00Z", "days_old": 690, "days_left": -325, "key": {"type": "RSA", "bits": 2048}, "signature_algorithm": "sha256WithRSAEncryption",
      "names": ["home.example", "10.77.10.1"], "name_matches": false, "chain_trusted": false, "versions": ["TLSv1.2", "TLSv1.3"], "sha256": "aa11"},
      {"subject": "CN=other.example", "issuer": "CN=CA", "not_before": "2026-11-01T00:00:00Z", "not_after": "2027-11-01T00:00:00Z", "days_old": 20, "days_left": 344,
       "key": {"type": "RSA", "bits": 1024}, "signature_algorithm": "sha1WithRSAEncryption", "versions": ["TLSv1.0"], "sha256": "dd44"},
      {"subject": "CN=tomorrow", "key": {"type": "other", "algorithm": "1.3.101.127"}, "sha256": "ee55"}, {"subject": "CN=sign", "sha256": "bb22"}],
    "certificates_complete": false,
    "without_name": {"answer": "other", "certificate": {"subject": "CN=default.example", "issuer": "CN=CA", "sha256": "ff66"}},
    "tlcp": {"certificates": 2, "key_exchange_signed": "yes", "faults": ["issuers_differ", "a_fault_of_tomorrow"],
      "sign": {"subject": "CN=sign", "issuer": "CN=CA", "not_before": "2026-11-01T00:00:00Z", "not_after": "2026-12-01T00:00:00Z", "days_old": 20, "days_left": 9,
               "key": {"type": "SM2", "bits": 256, "curve": "SM2"}, "signature_algorithm": "SM2-with-SM3", "sha256": "bb22"},
      "encryption": {"subject": "CN=encryption", "issuer": "CN=Other CA", "signature_algorithm": "SM2-with-SM3", "sha256": "cc33"}},
    "client_certificate": {"requested": "yes", "required": "no", "stranger": "accepted"},
    "features": {"renegotiation_info": "yes", "extended_master_secret": "yes", "encrypt_then_mac": "no", "heartbeat": "no", "compression": "no", "tickets": "yes",
                 "stapled_status": "no", "fallback_signal": "unknown", "alpn": "h2"},
    "session": {"resumed_by_id": "no", "resumed_by_ticket": "yes", "resumed_by_psk": "yes", "early_data": "yes", "early_data_bytes": 16384},
    "session_ids": {"seen": 12, "different": 11},
    "answers_afterwards": "no",
    "anomalies": ["TLS 1.2: the server chose a suite that was not offered"]})");
}

Json datagrams() {
  return parsed(R"({"spoken": "yes", "complete": false, "connections_used": 1, "versions": {"dtls1_0": {"offered": "no"}, "dtls1_2": {"offered": "yes"}},
    "weak": {"null": "no", "anonymous": "no", "export": "no", "single_des": "no", "rc2": "no", "rc4": "no", "triple_des": "no", "md5": "no"},
    "dtls_cookie": {"asked": "no"}, "client_certificate": {"requested": "no", "required": "no"}})");
}

std::string page(const model::Observation& observation, Language language, std::size_t width, Colour colour = Colour::off) {
  return render_tls_page(observation, "home.example:8443", {.width = width, .colour = colour, .language = language, .files = {}});
}

std::string without_colour(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b')
      at = text.find('m', at);
    else
      out += text[at];
  }
  return out;
}

void check_safe(const std::string& text, std::size_t width) {
  const std::string shown = without_colour(text);
  for (const auto& row : split(shown, '\n')) {
    CHECK(row.find('\r') == std::string_view::npos);
    CHECK_MESSAGE(columns(row) <= width, row);
  }
}

}  // namespace

TEST_CASE("the page of a TLS service") {
  const auto service = seen(everything());
  check_golden("tls.en.txt", page(service, Language::en, 80));
  check_golden("tls.zh.txt", page(service, Language::zh, 80));
  check_golden("tls.narrow.txt", page(service, Language::en, 60));
  check_golden("tls.dtls.txt", page(seen(datagrams(), model::Status::timeout), Language::en, 120));
  CHECK(page(seen(datagrams(), model::Status::timeout), Language::zh, 120).find("超时") != std::string::npos);
}

TEST_CASE("a narrow page cuts no name of a suite") {
  const Json facts = parsed(R"({"spoken": "yes", "versions": {"tls1_2": {"offered": "yes", "suites": [{"name": "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "bits": 256, "flags": []}]}}})");
  for (const std::size_t width : {40, 50, 60, 80}) {
    const std::string shown = page(seen(facts), Language::en, width);
    std::string joined;
    for (const char c : shown)
      if (c != '\n' && c != ' ') joined += c;
    CHECK(joined.find("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256") != std::string::npos);
    check_safe(shown, width);
  }
}

TEST_CASE("colour changes nothing but the colour, and no line is too long") {
  for (const std::size_t width : {60, 80, 120})
    for (const Language language : {Language::zh, Language::en}) {
      const auto service = seen(everything());
      const std::string plain = page(service, language, width);
      CHECK(plain.find('\x1b') == std::string::npos);
      CHECK(without_colour(page(service, language, width, Colour::on)) == plain);
      check_safe(plain, width);
    }
}

TEST_CASE("what is not known is not said to be absent") {
  CHECK(page(seen(parsed(R"({"spoken": "yes", "weak": {"rc4": "no"}, "vulnerable": {}})")), Language::en, 80).find("none") == std::string::npos);
  CHECK(page(seen(parsed(R"({"spoken": "no", "instead": "http"})")), Language::en, 80).find("not TLS: http") != std::string::npos);
  CHECK(page(seen(Json::object(), model::Status::unreachable), Language::en, 80).find("unreachable") != std::string::npos);
}

TEST_CASE("what those get who name no server") {
  CHECK(page(seen(parsed(R"({"spoken": "yes", "without_name": {"answer": "same"}})")), Language::en, 80).find("the same, without a server name") != std::string::npos);
  CHECK(page(seen(parsed(R"({"spoken": "yes", "without_name": {"answer": "refused"}})")), Language::zh, 80).find("没有：不指明服务器名称即被拒绝") != std::string::npos);
  CHECK(page(seen(parsed(R"({"spoken": "yes", "without_name": {"answer": "unknown"}})")), Language::en, 80).find("default") == std::string::npos);
}

TEST_CASE("one certificate is shown once where TLCP is all there is") {
  const std::string shown = page(seen(parsed(R"({"spoken": "yes", "offered": ["TLCPv1.1"], "versions": {"tlcp1_1": {"offered": "yes"}},
    "certificates": [{"subject": "CN=sign", "sha256": "bb22"}], "tlcp": {"sign": {"subject": "CN=sign", "sha256": "bb22"}}})")), Language::en, 80);
  CHECK(shown.find("home.example:8443  TLCP") == 0);
  CHECK(shown.find("CN=sign") == shown.rfind("CN=sign"));
}

namespace {

// Puts `value` in place of every value of `facts`, one at a time and at every depth.
void replace_each(const Json& root, const Json& value, const Json::json_pointer& at, const std::function<void(const Json&)>& visit) {
  Json changed = root;
  changed[at] = value;
  visit(changed);
  const Json& here = root.at(at);
  if (here.is_object())
    for (const auto& [name, ignored] : here.items()) replace_each(root, value, at / name, visit);
  if (here.is_array())
    for (std::size_t i = 0; i < here.size(); ++i) replace_each(root, value, at / i, visit);
}

}  // namespace

TEST_CASE("facts of any shape and any text make a page") {
  std::string long_name(5000, 'A');
  for (const Json& value : {Json(nullptr), Json(7), Json(-1e300), Json(true), Json::array({Json::object(), 3, Json::array()}), Json{{"x", Json::array()}}, Json(fixture::hostile()), Json(long_name)})
    for (const Json& facts : {everything(), datagrams()})
      replace_each(facts, value, Json::json_pointer(), [](const Json& changed) {
        const std::string shown = page(seen(changed), Language::zh, 80);
        check_safe(shown, 80);
        CHECK(shown.find('\x1b') == std::string::npos);
        CHECK(shown.find('\x07') == std::string::npos);
      });
}

TEST_CASE("very many of everything stay a page") {
  Json facts = everything();
  for (int i = 0; i < 10'000; ++i) {
    facts["certificates"][0]["names"].push_back("host" + std::to_string(i) + ".example");
    facts["anomalies"].push_back("anomaly");
    facts["versions"]["tls1_2"]["groups"].push_back({{"name", "g" + std::to_string(i)}});
    facts["versions"]["tls1_2"]["suites"].push_back({{"name", "S" + std::to_string(i)}});
  }
  CHECK(page(seen(facts), Language::en, 80).size() < 100'000);
}
