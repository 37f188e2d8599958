#include "report/fingerprint.h"

#include <doctest/doctest.h>

#include <set>

#include "report/fixture_test.h"

namespace lintel::report {

TEST_CASE("a finding's name is written down for ever") {
  const FindingKey key{"smart-home", "7.e", "tls.no-ssl", "cloud", "edge:8443/tcp", "equals: {path: spoken, value: \"yes\"}"};
  // printf '%s' '["lintel-finding/1","smart-home","7.e","tls.no-ssl","cloud","edge:8443/tcp","equals: {path: spoken, value: \"yes\"}"]' | sha256sum
  CHECK(fingerprint(key) == "e7244009c85d040eafc345c4ad714f078588301069d5aea444e8a61aca0ad0c0");
}

TEST_CASE("every part tells findings apart, and parts do not run together") {
  const FindingKey key{"p", "c", "k", "a", "i", "s"};
  std::set<std::string> names{fingerprint(key)};
  for (auto part : {&FindingKey::profile, &FindingKey::clause, &FindingKey::check, &FindingKey::asset, &FindingKey::item, &FindingKey::assertion}) {
    FindingKey other = key;
    other.*part += "\",\"";
    names.insert(fingerprint(other));
  }
  names.insert(fingerprint({"p", "ck", "", "a", "i", "s"}));
  names.insert(fingerprint({"p", "c", "k", "a", fixture::hostile(), "s"}));  // no UTF-8: still a name
  CHECK(names.size() == 9);
}

TEST_CASE("an address is no name") {
  using model::ItemKind;
  const auto host = [](const char* id, const char* address) { return model::Item{ItemKind::host, id, Json{{"address", address}}}; };
  model::Asset asset;
  asset.items = {host("edge", "192.0.2.9"), host("192.0.2.1", "192.0.2.1"), host("192.0.2.10", "192.0.2.10"), host("2001:db8::1", "2001:db8::1"),
                 host("hub.example", "hub.example")};
  CHECK(stable_item(asset, "edge:443/tcp") == "edge:443/tcp");
  CHECK(stable_item(asset, "192.0.2.1") == "host/1");
  CHECK(stable_item(asset, "192.0.2.10:443/tcp") == "host/2:443/tcp");
  CHECK(stable_item(asset, "2001:db8::1:443/udp") == "host/3:443/udp");
  CHECK(stable_item(asset, "hub.example:443/tcp") == "hub.example:443/tcp");
  CHECK(stable_item(asset, "login") == "login");
}

}  // namespace lintel::report
