// The name of a finding that stays the same from run to run, for comparing runs and for every format that tracks findings
// (partialFingerprints in SARIF, unique ids elsewhere). Pure.
//
//   lower-case hex of SHA-256 over the canonical JSON of
//   ["lintel-finding/1", profile id, clause, check, asset id, item, assertion]
//
// No time, no profile version, no address: a device that DHCP moved keeps its findings. The assertion is the text as written in the check,
// so a reworded requirement is another finding. What has no check (an assessor's answer), item or assertion has "" there.
#pragma once
#include <string>

#include "model/target.h"

namespace lintel::report {

struct FindingKey {
  std::string profile;  // id
  std::string clause;
  std::string check;
  std::string asset;
  std::string item;  // as stable_item() gives it
  std::string assertion;

  auto operator<=>(const FindingKey&) const = default;
};

std::string fingerprint(const FindingKey& key);

// An item's id without the IP address that a host gets for an id when the target gives none: "192.0.2.7:443/tcp" becomes
// "host/1:443/tcp", counted among the asset's nameless hosts in the order of the target. Other ids stay as they are.
std::string stable_item(const model::Asset& asset, const std::string& item);

}  // namespace lintel::report
