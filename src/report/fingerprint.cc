#include "report/fingerprint.h"

#include "base/bytes.h"
#include "crypto/digest.h"
#include "data/json.h"

namespace lintel::report {

std::string fingerprint(const FindingKey& key) {
  const std::string text = dump_json(Json::array({"lintel-finding/1", key.profile, key.clause, key.check, key.asset, key.item, key.assertion}));
  return to_hex(crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(text)).value());  // SHA-256 is in every OpenSSL we run with
}

static bool is_address(const std::string& id) {
  return id.find_first_not_of("0123456789.") == std::string::npos || id.find(':') != id.rfind(':');
}

std::string stable_item(const model::Asset& asset, const std::string& item) {
  int nameless = 0;
  for (const model::Item& host : asset.items) {
    if (host.kind != model::ItemKind::host || host.id != text_or(host.data, "address") || !is_address(host.id)) continue;
    ++nameless;
    if (item == host.id || item.starts_with(host.id + ":")) return "host/" + std::to_string(nameless) + item.substr(host.id.size());
  }
  return item;
}

}  // namespace lintel::report
