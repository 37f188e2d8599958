// Check documents: the id and the path, the probe and its parameters, assertions against the probe's facts, the rows.
#include <fmt/format.h>

#include <set>

#include "rules/assertion.h"
#include "rules/documents.h"

namespace lintel::rules {
namespace {

class CheckReader {
 public:
  CheckReader(Document& document, DocumentSchemas& schemas, Diagnostics& diagnostics)
      : document_(document), schemas_(schemas), diagnostics_(diagnostics) {}

  std::optional<model::Check> read(const std::string& expected_id, ProbeCache& probes) {
    const std::size_t before = count_errors();
    const std::string id = text_or(document_.value, "id");
    if (!expected_id.empty() && id != expected_id)
      error("E050", "/id", fmt::format("the id is `{}`, but the path says `{}`", id, expected_id), "id and path are the same: checks/area/name.yaml");
    const std::string probe_name = text_or(document_.value, "probe");
    std::string trouble;
    const LoadedProbe* probe = probes.find(probe_name, trouble);
    if (probe == nullptr) error("E051", "/probe", trouble, name_hint(probe_name, probes.names()));
    if (text_or(document_.value, "on_empty") == "not_applicable" && !document_.value.contains("reason_empty"))
      add_error(diagnostics_, "E052", document_.file, document_.key_at("/on_empty"), "`on_empty: not_applicable` without `reason_empty`",
                "say in both languages why nothing to look at is no fault");
    if (probe != nullptr) {
      retype("with", probe->params.compiled.root(), schema::Missing::refused);
      retype("where", schemas_.item(probe->takes), schema::Missing::allowed);
      retype_rows(*probe);
      compile(*probe);
    }
    check_rows();
    if (count_errors() > before) return std::nullopt;
    model::Check check;
    from_json(document_.value, check);
    return check;
  }

 private:
  void error(const char* code, const std::string& pointer, std::string message, std::string hint = "") {
    add_error(diagnostics_, code, document_.file, document_.at(pointer), std::move(message), std::move(hint));
  }
  std::size_t count_errors() const {
    return static_cast<std::size_t>(std::count_if(diagnostics_.begin(), diagnostics_.end(), [](const Diagnostic& d) { return d.severity == Severity::error; }));
  }

  // The document's own schema leaves these members open; the probe's schema types them.
  void retype(const char* key, const schema::Node& rule, schema::Missing missing) {
    if (const auto node = document_.tree.root().find(key))
      document_.value[key] = typed_value(*node, rule, missing, document_.file, diagnostics_, fmt::format("`{}`", key));
  }

  void retype_rows(const LoadedProbe& probe) {
    const auto rows = document_.tree.root().find("tests");
    std::size_t position = 0;
    rows->each_item([&](yaml::Node row) {
      Json& json = document_.value["tests"][position++];
      const std::string name = "the facts of this row";
      if (const auto facts = row.find("facts"))
        json["facts"] = typed_value(*facts, probe.facts.compiled.root(), schema::Missing::allowed, document_.file, diagnostics_, name);
      if (const auto item = row.find("item"))
        json["item"] = typed_value(*item, schemas_.item(probe.takes), schema::Missing::allowed, document_.file, diagnostics_, name);
    });
  }

  void compile(const LoadedProbe& probe) {
    std::vector<Problem> problems;
    compile_assertions(document_.value["assert"],
                       {&probe.facts.json, &probe.params.json, &schemas_.get("target").json, std::string(model::name_of(probe.takes))}, problems);
    for (Problem& problem : problems) error(problem.code.c_str(), "/assert" + problem.pointer, std::move(problem.message), std::move(problem.hint));
  }

  void check_rows() {
    std::set<std::string> names, verdicts;
    std::size_t position = 0;
    for (const Json& row : document_.value["tests"]) {
      verdicts.insert(text_or(row, "expect"));
      const std::string name = text_or(row, "name");
      if (!names.insert(name).second)
        add_warning(diagnostics_, "W054", document_.file, document_.at(fmt::format("/tests/{}/name", position)), fmt::format("two rows are called `{}`", printable(name)));
      ++position;
    }
    for (const char* needed : {"pass", "fail", "inconclusive"})
      if (!verdicts.contains(needed))
        add_error(diagnostics_, "E053", document_.file, document_.key_at("/tests"), fmt::format("no row expects `{}`", needed),
                  "a check shows at least once how it passes, fails and stays open");
  }

  Document& document_;
  DocumentSchemas& schemas_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<model::Check> read_check(const std::filesystem::path& path, const std::string& expected_id, DocumentSchemas& schemas,
                                       ProbeCache& probes, Diagnostics& diagnostics) {
  auto document = load_document(path, "check", schemas, diagnostics);
  if (!document) return std::nullopt;
  return CheckReader(*document, schemas, diagnostics).read(expected_id, probes);
}

LoadedCheck load_check(const std::filesystem::path& path, const ProbeCatalog& probes) {
  LoadedCheck loaded;
  DocumentSchemas schemas;
  ProbeCache cache(probes);
  const std::string expected = path.parent_path().filename().string() + "." + path.stem().string();
  if (auto check = read_check(path, expected, schemas, cache, loaded.diagnostics)) loaded.check = std::move(*check);
  return loaded;
}

}  // namespace lintel::rules
