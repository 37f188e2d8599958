// For tests: the probes' schemas as they lie in src/probes. Rules may not link probes.
#pragma once
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/files.h"
#include "rules/loader.h"

namespace lintel::rules {

// What the probe's source says it takes; nullopt when there is no such file. The folders of test documents have none: theirs take hosts.
inline std::optional<model::ItemKind> kind_taken(const std::filesystem::path& source) {
  const auto text = read_file(source, 1 << 20);
  if (!text) return std::filesystem::exists(source.parent_path() / "facts.schema.json") ? std::optional(model::ItemKind::host) : std::nullopt;
  constexpr std::string_view kMark = ".takes = model::ItemKind::";
  const std::size_t at = text->find(kMark);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = at + kMark.size();
  return model::parse<model::ItemKind>(text->substr(begin, text->find_first_not_of("abcdefghijklmnopqrstuvwxyz", begin) - begin));
}

inline ProbeCatalog catalog_of(const std::filesystem::path& folder) {
  struct Texts {
    std::string facts, params;
    model::ItemKind takes;
  };
  auto texts = std::make_shared<std::map<std::string, Texts, std::less<>>>();
  ProbeCatalog catalog;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const auto takes = kind_taken(entry.path() / (name + ".cc"));
    if (!takes) continue;
    auto facts = read_file(folder / name / "facts.schema.json", 1 << 20), params = read_file(folder / name / "params.schema.json", 1 << 20);
    if (!facts || !params) continue;
    (*texts)[name] = {*facts, *params, *takes};
    catalog.names.push_back(name);
  }
  std::ranges::sort(catalog.names);
  catalog.find = [texts](std::string_view name) -> std::optional<ProbeSchemas> {
    const auto found = texts->find(name);
    if (found == texts->end()) return std::nullopt;
    return ProbeSchemas{found->second.facts, found->second.params, found->second.takes};
  };
  return catalog;
}

}  // namespace lintel::rules
