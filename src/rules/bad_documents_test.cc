// Documents with one thing wrong each: tests/golden/diagnostics/<kind>/NN-name.yaml stands in for the good document of that kind in
// world/, and NN-name.txt is what the loader says, to the character. LINTEL_UPDATE_GOLDEN=1 writes the .txt; read them with git diff.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/files.h"
#include "data/yaml.h"
#include "rules/loader.h"
#include "rules/test_catalog.h"

using namespace lintel;
using namespace lintel::rules;
namespace fs = std::filesystem;

namespace {

const fs::path kGolden = fs::path(LINTEL_SOURCE_DIR) / "tests/golden/diagnostics";

struct KindOfDocument {
  const char* name;
  const char* path;  // in world/
  std::size_t cases;  // at least
};
constexpr KindOfDocument kKinds[] = {{"profile", "profile.yaml", 40},    {"clauses", "part.yaml", 40},
                                     {"check", "checks/demo/ports.yaml", 40}, {"target", "target.yaml", 40},
                                     {"attestations", "attestations.yaml", 40}, {"waivers", "waivers.yaml", 40},
                                     {"standard", "standard.yaml", 5},  {"ics", "ics.yaml", 20},
                                     {"ixit", "ixit.yaml", 20}, {"lab", "lab.yaml", 40}};

std::vector<Diagnostic> load(const std::string& kind, const fs::path& world) {
  const ProbeCatalog catalog = catalog_of(world / "probes");
  if (kind == "target") return load_target(world / "target.yaml").diagnostics;
  if (kind == "profile" || kind == "clauses" || kind == "check" || kind == "standard") return load_profile(world, catalog).diagnostics;
  const LoadedProfile profile = load_profile(world, catalog);
  const LoadedTarget target = load_target(world / "target.yaml");
  if (kind == "waivers") return load_waivers(world / "waivers.yaml", profile.profile, target.target).diagnostics;
  if (kind == "ics") return load_ics(world / "ics.yaml", profile.profile, target.target).diagnostics;
  if (kind == "ixit") return load_ixit(world / "ixit.yaml", profile.profile, target.target).diagnostics;
  if (kind == "lab") return load_lab(world / "lab.yaml", profile.profile, target.target).diagnostics;
  return load_attestations(world / "attestations.yaml", profile.profile, target.target, *parse_time("2026-12-01T00:00:00Z")).diagnostics;
}

std::string say(const std::vector<Diagnostic>& diagnostics, const fs::path& world) {
  std::string text;
  for (const Diagnostic& one : diagnostics) text += to_string(one) + "\n";
  const std::string prefix = world.string() + "/";
  for (std::size_t at; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
  return text;
}

void put(const fs::path& path, std::string_view content) {
  const auto written = write_file(path, content);
  REQUIRE_MESSAGE(written, path.string());
}

}  // namespace

TEST_CASE("bad documents are told where and why") {
  const bool update = std::getenv("LINTEL_UPDATE_GOLDEN") != nullptr;
  auto folder = TemporaryFolder::create();
  REQUIRE(folder);
  const fs::path world = folder->path();
  fs::copy(kGolden / "world", world, fs::copy_options::recursive);
  for (const KindOfDocument& kind : kKinds) {
    CHECK_MESSAGE(say(load(kind.name, world), world) == "", kind.name);  // the good one
    const auto good = read_file(world / kind.path, 1 << 20);
    REQUIRE(good);
    std::set<fs::path> cases;
    for (const auto& entry : fs::directory_iterator(kGolden / kind.name))
      if (entry.path().extension() == ".yaml") cases.insert(entry.path());
    CHECK_MESSAGE(cases.size() >= kind.cases, kind.name);
    std::size_t refused = 0;
    for (const fs::path& path : cases) {
      put(world / kind.path, *read_file(path, 1 << 20));
      const std::vector<Diagnostic> diagnostics = load(kind.name, world);
      const std::string said = say(diagnostics, world);
      fs::path golden = path;
      golden.replace_extension(".txt");
      if (update) put(golden, said);
      const auto expected = read_file(golden, 1 << 20);
      CHECK_MESSAGE(expected.value_or("") == said, path.string());
      CHECK_MESSAGE(!said.empty(), path.string());
      for (const Diagnostic& one : diagnostics) CHECK_MESSAGE(one.code.size() == 4, path.string());
      refused += has_errors(diagnostics) ? 1 : 0;
    }
    CHECK_MESSAGE(refused >= kind.cases, kind.name);

    put(world / kind.path, std::string(yaml::kMaxBytes + 1, '#'));
    CHECK(say(load(kind.name, world), world).find(": error E002: the file is larger than 4194304 bytes") != std::string::npos);
    fs::remove(world / kind.path);
    CHECK(has_errors(load(kind.name, world)));
    put(world / kind.path, *good);
  }
}

TEST_CASE("every code that is told is in docs/diagnostics.md") {
  const auto page = read_file(fs::path(LINTEL_SOURCE_DIR) / "docs/diagnostics.md", 1 << 20);
  REQUIRE(page);
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kGolden)) {
    if (entry.path().extension() != ".txt") continue;
    ++files;
    const std::string text = read_file(entry.path(), 1 << 20).value_or("");
    for (const char* kind : {": error ", ": warning "})
      for (std::size_t at = text.find(kind); at != std::string::npos; at = text.find(kind, at + 1)) {
        const std::string code = text.substr(at + std::string_view(kind).size(), 4);
        CHECK_MESSAGE(page->find("| " + code + " |") != std::string::npos, entry.path().string());
      }
  }
  CHECK(files > 400);
}
