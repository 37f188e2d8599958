// What is tested: assets and the items on them that probes look at.
// An item's data is the validated declaration (docs/schemas/target.schema.json, $defs/<kind>); probes read it, and rules see it as `item`.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "data/json.h"
#include "model/enums.h"
#include "model/text.h"

namespace lintel::model {

struct Item {
  ItemKind kind = ItemKind::host;
  std::string id;  // unique within its asset and kind: "edge", "edge:8443/tcp", "login", "identities-1", "lamp-2.4.1"
  Json data;       // a service carries its host's address as `address`
};

struct Asset {
  std::string id;
  Role role = Role::device;
  int level = 1;  // claimed; devices and gateways
  Text name;
  std::vector<Item> items;
  int line = 0;  // of its id in the target file, from 1; 0: unknown
};

struct Limits {
  int connections = 2;                        // at once, per asset
  std::chrono::milliseconds gap{0};           // between connections, per asset
  std::chrono::milliseconds deadline{600'000};  // whole run
};

struct Target {
  std::string id;
  Text name;
  std::string profile;  // id or path, as written
  bool intrusive = false;
  Limits limits;
  std::string attestations;  // path as written; empty when none
  std::string waivers;
  std::string folder;  // absolute folder of the file: relative paths start here
  std::vector<Asset> assets;
  std::string ics{};   // path of the customer's statements (model/ics.h), as written
  std::string ixit{};
  std::string file{};  // name of the target file in `folder`; empty: unknown
  std::string lab{};   // path of the laboratory's document (model/lab.h), as written
};

const Asset* find_asset(const Target& target, const std::string& id);
// What rules see as `asset`: {id, role, level, name}.
Json asset_facts(const Asset& asset);

void to_json(Json& json, const Target& target);
void from_json(const Json& json, Target& target);

}  // namespace lintel::model
