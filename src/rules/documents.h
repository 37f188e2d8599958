// What all loaders share: the embedded schemas, reading one document, adding a diagnostic. Used by rules/load_*.cc, and by lintel init for the forms of single answers.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "data/document.h"
#include "model/enums.h"
#include "rules/loader.h"

namespace lintel::rules {

using Diagnostics = std::vector<Diagnostic>;

void add_error(Diagnostics& diagnostics, const char* code, const std::string& file, Mark mark, std::string message, std::string hint = "");
void add_warning(Diagnostics& diagnostics, const char* code, const std::string& file, Mark mark, std::string message, std::string hint = "");

// A schema both ways: as JSON for the types of expressions, and compiled.
struct LoadedSchema {
  Json json;
  schema::Schema compiled;
};
// The schemas of docs/schemas that are compiled into the program, loaded when first asked for. Our bug when one is missing or wrong.
class DocumentSchemas {
 public:
  const LoadedSchema& get(const std::string& kind);  // "target"
  // What `item` is for a kind: $defs/<kind> of the target.
  const schema::Node& item(model::ItemKind kind);

 private:
  std::map<std::string, LoadedSchema, std::less<>> loaded_;
};

struct LoadedProbe {
  LoadedSchema facts;
  LoadedSchema params;
  model::ItemKind takes = model::ItemKind::host;
};
// Schemas of the probes that were asked for, loaded once.
class ProbeCache {
 public:
  explicit ProbeCache(const ProbeCatalog& catalog) : catalog_(catalog) {}
  // nullptr when there is no such probe, or its schemas can't be used; the reason is then in `trouble`.
  const LoadedProbe* find(const std::string& name, std::string& trouble);
  const std::vector<std::string>& names() const { return catalog_.names; }

 private:
  const ProbeCatalog& catalog_;
  std::map<std::string, LoadedProbe, std::less<>> loaded_;
};

// Reads a YAML file and checks it against docs/schemas/<kind>.schema.json. nullopt when that found an error.
std::optional<Document> load_document(const std::filesystem::path& path, const std::string& kind, DocumentSchemas& schemas,
                                      Diagnostics& diagnostics);

// An enumerator whose name the schema has checked already.
template <class Enum>
Enum word(const Json& object, std::string_view key, Enum otherwise) {
  return model::parse<Enum>(text_or(object, key)).value_or(otherwise);
}
inline model::Text text_of(const Json& object, std::string_view key) {
  const Json& text = member(object, key);
  return {text_or(text, "zh"), text_or(text, "en")};
}

// load_check.cc. expected_id: what the path says.
std::optional<model::Check> read_check(const std::filesystem::path& path, const std::string& expected_id, DocumentSchemas& schemas,
                                       ProbeCache& probes, Diagnostics& diagnostics);
// load_standard.cc. Compares a profile with the standard's list.
std::vector<CoverageRow> read_coverage(const std::filesystem::path& path, const model::Profile& profile,
                                       const std::function<std::pair<std::string, Mark>(const std::string&)>& place_of_clause,
                                       DocumentSchemas& schemas, Diagnostics& diagnostics);

}  // namespace lintel::rules
