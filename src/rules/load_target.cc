// Target documents: assets and their items, with ids, defaults and the members that a service takes from its host.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "rules/documents.h"
#include "rules/target_lint.h"

namespace lintel::rules {
namespace {

namespace fs = std::filesystem;
using model::ItemKind;

class TargetReader {
 public:
  TargetReader(Document& document, const fs::path& folder, DocumentSchemas& schemas, LoadedTarget& loaded)
      : document_(document), folder_(folder), schemas_(schemas), loaded_(loaded) {}

  void read() {
    model::Target& target = loaded_.target;
    const Json& json = document_.value;
    target.id = text_or(json, "id");
    target.name = text_of(json, "name");
    target.profile = text_or(json, "profile");
    target.intrusive = bool_or(json, "intrusive", false);
    read_limits(member(json, "limits"));
    target.attestations = text_or(json, "attestations");
    target.waivers = text_or(json, "waivers");
    target.ics = text_or(json, "ics");
    target.ixit = text_or(json, "ixit");
    target.lab = text_or(json, "lab");
    std::error_code ignored;
    if (target.waivers.empty() && fs::is_regular_file(folder_ / "waivers.yaml", ignored)) target.waivers = "waivers.yaml";
    target.folder = fs::absolute(folder_, ignored).lexically_normal().string();
    target.file = fs::path(document_.file).filename().string();
    std::size_t position = 0;
    for (const Json& asset : json["assets"]) read_asset(asset, fmt::format("/assets/{}", position++));
  }

 private:
  void error(const char* code, const std::string& pointer, std::string message, std::string hint = "") {
    add_error(loaded_.diagnostics, code, document_.file, document_.at(pointer), std::move(message), std::move(hint));
  }

  void read_limits(const Json& json) {
    model::Limits& limits = loaded_.target.limits;
    limits.connections = static_cast<int>(integer_or(json, "connections", limits.connections));
    const auto duration = [&](const char* key, std::chrono::milliseconds& out, std::chrono::milliseconds low, std::chrono::milliseconds high, const char* range) {
      const std::string text = text_or(json, key);
      if (text.empty()) return;
      const auto value = parse_duration(text);
      if (!value || *value < low || *value > high)
        return error("E070", fmt::format("/limits/{}", key), fmt::format("`{}` is {}; it must be {}", key, text, range));
      out = *value;
    };
    using namespace std::chrono_literals;
    duration("gap", limits.gap, 0ms, 1min, "at most 1m");
    duration("deadline", limits.deadline, 1s, 168h, "within 1s and 168h");
  }

  void read_asset(const Json& json, const std::string& at) {
    model::Asset asset;
    asset.id = text_or(json, "id");
    asset.line = document_.at(at + "/id").line;
    asset.role = word(json, "role", model::Role::device);
    asset.level = static_cast<int>(integer_or(json, "level", 1));
    asset.name = text_of(json, "name");
    if (const auto [first, fresh] = asset_lines_.emplace(asset.id, document_.at(at + "/id").line); !fresh)
      error("E071", at + "/id", fmt::format("two assets are called `{}`", asset.id), fmt::format("the first is on line {}", first->second));
    if (json.contains("level") && (asset.role == model::Role::platform || asset.role == model::Role::app))
      add_warning(loaded_.diagnostics, "W072", document_.file, document_.key_at(at + "/level"), fmt::format("a level counts for nothing on `role: {}`", name_of(asset.role)));
    read_items(json, at, "hosts", ItemKind::host, asset);
    read_items(json, at, "sessions", ItemKind::session, asset);
    read_items(json, at, "identities", ItemKind::identities, asset);
    read_items(json, at, "firmware", ItemKind::firmware, asset);
    read_items(json, at, "web", ItemKind::web, asset);
    read_items(json, at, "mqtt", ItemKind::mqtt, asset);
    read_items(json, at, "coap", ItemKind::coap, asset);
    read_items(json, at, "domains", ItemKind::domain, asset);
    read_items(json, at, "burning", ItemKind::burning, asset);
    loaded_.target.assets.push_back(std::move(asset));
  }

  void read_items(const Json& asset_json, const std::string& at, const char* key, ItemKind kind, model::Asset& asset) {
    const Json& list = member(asset_json, key);
    if (!list.is_array()) return;
    std::set<std::string> ids;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string here = fmt::format("{}/{}/{}", at, key, i);
      Json data = schema::with_defaults(list[i], schemas_.item(kind));
      if (kind == ItemKind::host && !data.contains("id")) data["id"] = data["address"];
      if ((kind == ItemKind::identities || kind == ItemKind::burning) && !data.contains("id")) data["id"] = fmt::format("{}-{}", key, i + 1);
      const std::string id = text_or(data, "id");
      if (!ids.insert(id).second)
        error("E073", list[i].contains("id") ? here + "/id" : here, fmt::format("two {} of `{}` are called `{}`", key, asset.id, id), "give each its own id");
      lint_item(kind, list[i], here, document_, folder_, loaded_.diagnostics);
      std::vector<model::Item> services;
      if (kind == ItemKind::host) read_services(list[i], here, data, services);
      asset.items.push_back({kind, id, std::move(data)});
      for (model::Item& service : services) asset.items.push_back(std::move(service));
    }
  }

  void read_services(const Json& host_json, const std::string& at, Json& host, std::vector<model::Item>& out) {
    Json completed = Json::array();
    std::map<std::string, int> seen;
    const Json& list = member(host_json, "services");
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string here = fmt::format("{}/services/{}", at, i);
      for (const char* filled : {"address", "host"})
        if (list[i].contains(filled))
          add_error(loaded_.diagnostics, "E074", document_.file, document_.key_at(here + "/" + filled), fmt::format("`{}` of a service comes from its host", filled), "remove it");
      Json data = schema::with_defaults(list[i], schemas_.item(ItemKind::service));
      data["address"] = host["address"];
      data["host"] = host["id"];
      const std::string port = fmt::format("{}/{}", data["port"].get<int>(), text_or(data, "transport"));
      if (const auto [first, fresh] = seen.emplace(port, document_.at(here + "/port").line); !fresh)
        error("E075", here + "/port", fmt::format("port {} is declared twice", port), fmt::format("the first is on line {}", first->second));
      lint_item(ItemKind::service, list[i], here, document_, folder_, loaded_.diagnostics);
      out.push_back({ItemKind::service, fmt::format("{}:{}", text_or(host, "id"), port), data});
      completed.push_back(std::move(data));
    }
    host["services"] = std::move(completed);
  }

  Document& document_;
  const fs::path& folder_;
  DocumentSchemas& schemas_;
  LoadedTarget& loaded_;
  std::map<std::string, int> asset_lines_;
};

}  // namespace

LoadedTarget load_target(const fs::path& path) {
  LoadedTarget loaded;
  DocumentSchemas schemas;
  auto document = load_document(path, "target", schemas, loaded.diagnostics);
  if (!document) return loaded;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  TargetReader(*document, folder, schemas, loaded).read();
  return loaded;
}

}  // namespace lintel::rules
