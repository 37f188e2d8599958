#include "model/target.h"

#include <algorithm>

#include "model/json_members.h"

namespace lintel::model {

const Asset* find_asset(const Target& target, const std::string& id) {
  for (const Asset& asset : target.assets)
    if (asset.id == id) return &asset;
  return nullptr;
}

Json asset_facts(const Asset& asset) {
  return Json{{"id", asset.id}, {"role", name_of(asset.role)}, {"level", asset.level}, {"name", asset.name}};
}

static void to_json(Json& json, const Item& item) {
  json = Json{{"kind", name_of(item.kind)}, {"id", item.id}, {"data", item.data}};
}

static void from_json(const Json& json, Item& item) {
  item.kind = enum_or(json, "kind", ItemKind::host);
  item.id = text_or(json, "id");
  item.data = member(json, "data");
}

static void to_json(Json& json, const Asset& asset) {
  json = asset_facts(asset);
  json["items"] = to_list(asset.items);
  if (asset.line > 0) json["line"] = asset.line;
}

static void from_json(const Json& json, Asset& asset) {
  asset.id = text_or(json, "id");
  asset.role = enum_or(json, "role", Role::device);
  asset.level = static_cast<int>(integer_or(json, "level", 1));
  from_json(member(json, "name"), asset.name);
  asset.items = list_of<Item>(json, "items");
  asset.line = static_cast<int>(std::clamp<std::int64_t>(integer_or(json, "line", 0), 0, 1 << 24));
}

void to_json(Json& json, const Target& target) {
  json = Json{{"id", target.id},
              {"name", target.name},
              {"profile", target.profile},
              {"intrusive", target.intrusive},
              {"limits",
               {{"connections", target.limits.connections},
                {"gap_ms", target.limits.gap.count()},
                {"deadline_ms", target.limits.deadline.count()}}},
              {"attestations", target.attestations},
              {"waivers", target.waivers},
              {"folder", target.folder},
              {"assets", to_list(target.assets)}};
  if (!target.ics.empty()) json["ics"] = target.ics;
  if (!target.ixit.empty()) json["ixit"] = target.ixit;
  if (!target.file.empty()) json["file"] = target.file;
  if (!target.lab.empty()) json["lab"] = target.lab;
}

void from_json(const Json& json, Target& target) {
  target.id = text_or(json, "id");
  from_json(member(json, "name"), target.name);
  target.profile = text_or(json, "profile");
  target.intrusive = bool_or(json, "intrusive", false);
  const Json& limits = member(json, "limits");
  target.limits.connections = static_cast<int>(integer_or(limits, "connections", 2));
  target.limits.gap = std::chrono::milliseconds(integer_or(limits, "gap_ms", 0));
  target.limits.deadline = std::chrono::milliseconds(integer_or(limits, "deadline_ms", 600'000));
  target.attestations = text_or(json, "attestations");
  target.waivers = text_or(json, "waivers");
  target.ics = text_or(json, "ics");
  target.ixit = text_or(json, "ixit");
  target.lab = text_or(json, "lab");
  target.folder = text_or(json, "folder");
  target.file = text_or(json, "file");
  target.assets = list_of<Asset>(json, "assets");
}

}  // namespace lintel::model
