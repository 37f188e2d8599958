#include "cli/probes.h"

#include <map>
#include <mutex>

#include "data/json.h"
#include "probe/probe.h"

namespace lintel::cli {

rules::ProbeCatalog probe_catalog() {
  rules::ProbeCatalog catalog;
  for (const auto& entry : probe::all_probes()) catalog.names.emplace_back(entry.name);
  catalog.find = [](std::string_view name) -> std::optional<rules::ProbeSchemas> {
    const auto* entry = probe::find_probe(name);
    if (entry == nullptr) return std::nullopt;
    return rules::ProbeSchemas{entry->facts_schema, entry->params_schema, entry->probe->takes};
  };
  return catalog;
}

const Json* facts_schema(std::string_view probe) {
  static std::mutex mutex;
  static std::map<std::string, Json, std::less<>> parsed;
  const auto* entry = probe::find_probe(probe);
  if (entry == nullptr) return nullptr;
  const std::lock_guard lock(mutex);
  const auto found = parsed.find(probe);
  if (found != parsed.end()) return &found->second;
  auto schema = parse_json(entry->facts_schema);
  if (!schema) return nullptr;
  return &parsed.emplace(std::string(probe), *std::move(schema)).first->second;
}

}  // namespace lintel::cli
