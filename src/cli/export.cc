// lintel export: the run as JSON and its evidence as plain files, for people without lintel.
#include <filesystem>
#include <map>

#include "base/files.h"
#include "cli/commands.h"
#include "report/json.h"
#include "store/run_file.h"

namespace lintel::cli {

namespace fs = std::filesystem;

static const char* extension_of(const std::string& media_type) {
  if (media_type == "text/plain") return ".txt";
  if (media_type == "application/json") return ".json";
  if (media_type == "application/pdf") return ".pdf";
  if (media_type == "image/png") return ".png";
  if (media_type == "image/jpeg") return ".jpg";
  return ".bin";
}

static Result<std::size_t> export_run(const ExportCommand& command) {
  store::RunFile file = TRY(store::RunFile::open(command.run, store::Access::read));
  const model::Run run = TRY(file.load());
  const fs::path folder = command.folder;
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error))
    return fail(ErrorCode::invalid_input, "{} exists and is not empty; name a new folder", folder.string());
  fs::create_directories(folder / "evidence", error);
  if (error) return fail(ErrorCode::io, "can't create {}: {}", (folder / "evidence").string(), error.message());
  TRY(write_file(folder / "run.json", report::render_json(run)));
  std::map<std::string, const model::Evidence*> evidence;  // each content once
  for (const auto& observation : run.observations)
    for (const auto& one : observation.evidence) evidence.emplace(one.sha256, &one);
  for (const auto& attestation : run.attestations)
    for (const auto& one : attestation.evidence) evidence.emplace(one.sha256, &one);
  for (const auto& [sha256, one] : evidence) {
    const Bytes bytes = TRY(file.read_evidence(sha256));
    TRY(write_file(folder / "evidence" / (sha256 + extension_of(one->media_type)), as_text(bytes)));
  }
  return evidence.size();
}

int run_command(const ExportCommand& command, const Console& console) {
  const auto count = export_run(command);
  if (!count) {
    print_error(count.error().message);
    return kUsageError;
  }
  if (!console.quiet) fmt::print("{}/run.json\n{}/evidence: {} files\n", command.folder, command.folder, *count);
  return 0;
}

}  // namespace lintel::cli
