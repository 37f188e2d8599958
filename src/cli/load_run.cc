#include "cli/load_run.h"

#include <fstream>

#include "base/embedded.h"
#include "base/files.h"
#include "data/json.h"
#include "data/schema.h"
#include "store/run_file.h"

namespace lintel::rules {
std::span<const EmbeddedFile> embedded_files();
}

namespace lintel::cli {

namespace fs = std::filesystem;

constexpr std::size_t kExportCapBytes = 256u << 20;

static Result<model::Run> load_export(const fs::path& path) {
  const std::string text = TRY(read_file(path, kExportCapBytes));
  const auto json = parse_json(text);
  if (!json) return add_context(json.error(), path.string());
  if (text_or(*json, "lintel") != "run/1") return fail(ErrorCode::invalid_input, "{} is no JSON export of a run (its `lintel` is not run/1)", path.string());
  for (const EmbeddedFile& file : rules::embedded_files()) {
    if (file.name != "run.schema.json") continue;
    const schema::Schema schema = TRY(schema::Schema::load(file.text, file.name));
    const auto violations = schema::validate(*json, schema.root());
    if (!violations.empty())
      return fail(ErrorCode::invalid_input, "{} is damaged: {}: {}", path.string(), violations[0].pointer, violations[0].message);
  }
  model::Run run;
  from_json(*json, run);
  return run;
}

Result<model::Run> load_run(const fs::path& path) {
  std::ifstream file(path);
  if (file.get() == '{') return load_export(path);
  store::RunFile run = TRY(store::RunFile::open(path, store::Access::read));
  return run.load();
}

}  // namespace lintel::cli
