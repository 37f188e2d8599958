// Profile documents: the parts, the checks that clauses name, the clauses that others follow from, the standard's list.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "base/parallel.h"
#include "rules/documents.h"
#include "rules/profile_lint.h"

namespace lintel::rules {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxCheckFiles = 20'000;

class ProfileReader {
 public:
  ProfileReader(const ProbeCatalog& catalog, LoadedProfile& loaded) : catalog_(catalog), loaded_(loaded) {}

  void read(const fs::path& path) {
    auto document = load_document(path, "profile", schemas_, loaded_.diagnostics);
    if (!document) return;
    const fs::path folder = path.parent_path();
    loaded_.profile.id = text_or(document->value, "id");
    loaded_.profile.version = text_or(document->value, "version");
    loaded_.profile.title = text_of(document->value, "title");
    bool complete = true;
    loaded_.files.push_back(path);
    const Json& names = document->value["parts"];
    for (const Json& name : names) loaded_.files.push_back(folder / name.get_ref<const std::string&>());
    std::vector<Part> parts(names.size());
    for_each_in_parallel(parts.size(), 1, [&] {
      return [&, schemas = DocumentSchemas()](std::size_t i) mutable {
        read_part(folder / names[i].get_ref<const std::string&>(), *document, fmt::format("/parts/{}", i), schemas, parts[i]);
      };
    });
    for (Part& part : parts) complete = add_part(std::move(part)) && complete;
    find_checks(folder, *document);
    read_checks(complete);
    if (complete) {  // with clauses missing, everything that follows would be a false alarm
      resolve_derived(loaded_.profile, places_, loaded_.diagnostics);
      lint_clauses(loaded_.profile, places_, loaded_.diagnostics);
      if (const std::string standard = text_or(document->value, "standard"); !standard.empty() && is_there(folder / standard, *document, "/standard", loaded_.diagnostics)) {
        loaded_.files.push_back(folder / standard);
        loaded_.coverage = read_coverage(folder / standard, loaded_.profile,
                                         [&](const std::string& id) { return places_.of(id, "id"); }, schemas_, loaded_.diagnostics);
      }
    }
  }

 private:
  // Said where the file is named, which is where it has to be mended.
  static bool is_there(const fs::path& path, const Document& profile, const std::string& pointer, Diagnostics& diagnostics) {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return true;
    add_error(diagnostics, "E001", profile.file, profile.at(pointer), fmt::format("there is no file {}", path.lexically_normal().string()));
    return false;
  }

  // Parts and checks are read on several threads, so each file has its own diagnostics; they are joined in the order of the files.
  struct Part {
    std::optional<Document> document;
    Diagnostics diagnostics;
  };

  static void read_part(const fs::path& path, const Document& profile, const std::string& pointer, DocumentSchemas& schemas, Part& part) {
    if (is_there(path, profile, pointer, part.diagnostics)) part.document = load_document(path, "clauses", schemas, part.diagnostics);
  }

  void add_diagnostics(Diagnostics found) {
    std::move(found.begin(), found.end(), std::back_inserter(loaded_.diagnostics));
  }

  bool add_part(Part read) {
    add_diagnostics(std::move(read.diagnostics));
    if (!read.document) return false;
    places_.documents.push_back(std::make_unique<Document>(std::move(*read.document)));
    const Document& part = *places_.documents.back();
    const Json& chapter = part.value["chapter"];
    add_chapter({text_or(chapter, "id"), {text_or(chapter, "zh"), text_or(chapter, "en")}}, part);
    std::size_t position = 0;
    for (const Json& json : part.value["clauses"]) add_clause(json, text_or(chapter, "id"), part, position++);
    return true;
  }

  void add_chapter(model::Chapter chapter, const Document& part) {
    for (const model::Chapter& known : loaded_.profile.chapters) {
      if (known.id != chapter.id) continue;
      if (known.title != chapter.title)
        add_error(loaded_.diagnostics, "E055", part.file, part.at("/chapter/id"), fmt::format("chapter `{}` has another title in an earlier part", chapter.id));
      return;
    }
    loaded_.profile.chapters.push_back(std::move(chapter));
  }

  void add_clause(const Json& json, const std::string& chapter, const Document& part, std::size_t position) {
    model::Clause clause;
    clause.id = text_or(json, "id");
    clause.chapter = chapter;
    clause.subject = word(json, "subject", model::Subject::platform);
    clause.obligation = word(json, "obligation", model::Obligation::shall);
    clause.by = word(json, "by", model::By::manual);
    clause.level = static_cast<int>(integer_or(json, "level", 1));
    clause.text = text_of(json, "text");
    if (const Json& references = member(json, "references"); references.is_object())
      for (const auto& [standard, ids] : references.items()) clause.references[standard] = ids.get<std::vector<std::string>>();
    if (const Json& checks = member(json, "checks"); checks.is_array())
      for (const Json& use : checks)
        clause.checks.push_back(use.is_string() ? model::CheckUse{use.get<std::string>(), model::Obligation::shall}
                                                : model::CheckUse{text_or(use, "check"), word(use, "obligation", model::Obligation::shall)});
    if (const Json& attest = member(json, "attest"); attest.is_object())
      clause.attest = model::Question{text_or(attest, "method"), text_of(attest, "ask"), text_of(attest, "evidence"), text_of(attest, "bench"),
                                      static_cast<int>(integer_or(attest, "valid_for_days", 365)), text_or(attest, "when") == "no_item"};
    if (const Json& vulnerability = member(member(json, "attest"), "vulnerability"); vulnerability.is_object())
      from_json(vulnerability, clause.attest->vulnerability.emplace());
    if (const Json& from = member(json, "derived_from"); from.is_array()) clause.derived_from = from.get<std::vector<std::string>>();

    const Place place{&part, position};
    if (const auto [known, fresh] = places_.clauses.emplace(clause.id, place); !fresh) {
      const auto [file, mark] = places_.of(clause.id, "id");
      add_error(loaded_.diagnostics, "E040", part.file, part.at(fmt::format("/clauses/{}/id", position)),
                fmt::format("clause `{}` stands twice in the profile", clause.id), fmt::format("the first is at {}:{}", file, mark.line));
      return;
    }
    if (json.contains("derived_from") || json.contains("derived_from_level")) places_.derived.insert(clause.id);
    if (const Json& level = member(json, "derived_from_level"); level.is_number_integer()) places_.derived_levels[clause.id] = level.get<int>();
    loaded_.profile.clauses.push_back(std::move(clause));
  }

  // Every check file below the folders, by id. The files are opened only when a clause names them.
  void find_checks(const fs::path& base, const Document& profile) {
    const Json& folders = profile.value["checks"];
    std::size_t position = 0;
    for (const Json& one : folders.is_array() ? folders : Json::array({folders})) {
      const std::string pointer = folders.is_array() ? fmt::format("/checks/{}", position++) : "/checks";
      const fs::path folder = (base / one.get<std::string>()).lexically_normal();
      std::error_code error;
      auto entries = fs::recursive_directory_iterator(folder, error);
      if (error) {
        add_error(loaded_.diagnostics, "E056", profile.file, profile.at(pointer), fmt::format("can't read the folder {}: {}", folder.string(), error.message()));
        folders_missing_ = true;
        continue;
      }
      for (; entries != fs::recursive_directory_iterator(); entries.increment(error)) {
        const fs::path& path = entries->path();
        if (error || check_files_.size() >= kMaxCheckFiles) break;
        if (path.extension() != ".yaml" || entries.depth() != 1) continue;
        const std::string id = path.parent_path().filename().string() + "." + path.stem().string();
        if (const auto [known, fresh] = check_files_.emplace(id, path); !fresh)
          add_error(loaded_.diagnostics, "E057", path.string(), {}, fmt::format("there is another check `{}`", id), known->second.string());
      }
    }
  }

  void read_checks(bool complete) {
    std::set<std::string> used;
    std::vector<std::string> names;
    for (const auto& [id, path] : check_files_) names.push_back(id);
    for (const model::Clause& clause : loaded_.profile.clauses) {
      std::size_t position = 0;
      for (const model::CheckUse& use : clause.checks) {
        if (check_files_.contains(use.check)) {
          used.insert(use.check);
        } else if (!folders_missing_) {
          const auto [file, mark] = places_.of(clause.id, fmt::format("checks/{}", position));
          add_error(loaded_.diagnostics, "E044", file, mark, fmt::format("there is no check `{}`", use.check), name_hint(use.check, names));
        }
        ++position;
      }
    }
    struct File {
      const std::string& id;
      const fs::path& path;
      std::optional<model::Check> check;
      Diagnostics diagnostics;
    };
    std::vector<File> files;
    for (const auto& [id, path] : check_files_)
      if (complete || used.contains(id)) files.push_back({id, path, {}, {}});
    for_each_in_parallel(files.size(), 64, [&] {
      return [&, schemas = DocumentSchemas(), probes = ProbeCache(catalog_)](std::size_t i) mutable {
        File& file = files[i];
        if (used.contains(file.id))
          file.check = read_check(file.path, file.id, schemas, probes, file.diagnostics);
        else
          add_warning(file.diagnostics, "W058", file.path.lexically_normal().string(), {}, fmt::format("no clause uses the check `{}`", file.id));
      };
    });
    for (File& file : files) {
      add_diagnostics(std::move(file.diagnostics));
      if (used.contains(file.id)) loaded_.files.push_back(file.path);
      if (file.check) loaded_.checks.push_back(std::move(*file.check));
    }
  }

  DocumentSchemas schemas_;
  const ProbeCatalog& catalog_;
  LoadedProfile& loaded_;
  Places places_;
  std::map<std::string, fs::path> check_files_;
  bool folders_missing_ = false;
};

}  // namespace

LoadedProfile load_profile(const fs::path& path, const ProbeCatalog& probes) {
  LoadedProfile loaded;
  std::error_code ignored;
  ProfileReader(probes, loaded).read(fs::is_directory(path, ignored) ? path / "profile.yaml" : path);
  return loaded;
}

std::string canonical_profile(const model::Profile& profile, const std::vector<model::Check>& checks) {
  return dump_json(Json{{"profile", profile}, {"checks", checks}});
}

}  // namespace lintel::rules
