// For tests: the probes' schemas as they lie in src/probes. Rules may not link probes.
#pragma once
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/files.h"
#include "rules/loader.h"

namespace lintel::rules {

inline ProbeCatalog catalog_of(const std::filesystem::path& folder) {
  struct Texts {
    std::string facts, params;
    model::ItemKind takes;
  };
  auto texts = std::make_shared<std::map<std::string, Texts, std::less<>>>();
  ProbeCatalog catalog;
  for (const auto& [name, takes] : {std::pair{"ports", model::ItemKind::host}, {"tls", model::ItemKind::service}, {"session_ids", model::ItemKind::session},
                                    {"identity", model::ItemKind::identities}, {"firmware", model::ItemKind::firmware}}) {
    auto facts = read_file(folder / name / "facts.schema.json", 1 << 20), params = read_file(folder / name / "params.schema.json", 1 << 20);
    if (!facts || !params) continue;
    (*texts)[name] = {*facts, *params, takes};
    catalog.names.push_back(name);
  }
  catalog.find = [texts](std::string_view name) -> std::optional<ProbeSchemas> {
    const auto found = texts->find(name);
    if (found == texts->end()) return std::nullopt;
    return ProbeSchemas{found->second.facts, found->second.params, found->second.takes};
  };
  return catalog;
}

}  // namespace lintel::rules
