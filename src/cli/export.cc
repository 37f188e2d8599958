// lintel export: the run in the formats of other tools; or unpacked, JSON and evidence as plain files, for people without lintel.
#include <filesystem>
#include <map>

#include "base/files.h"
#include "cli/commands.h"
#include "cli/gatekeeper.h"
#include "cli/interrupt.h"
#include "cli/outputs.h"
#include "cli/seal_note.h"
#include "data/json.h"
#include "report/json.h"
#include "report/lines.h"
#include "store/run_file.h"

namespace lintel::cli {

namespace fs = std::filesystem;

static Result<std::size_t> unpack(const ExportCommand& command) {
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
    for (const auto& one : attestation.evidence)
      if (one.kept) evidence.emplace(one.sha256, &one);
  if (run.ics) evidence.emplace(run.ics->source.sha256, &run.ics->source);
  if (run.ixit) evidence.emplace(run.ixit->source.sha256, &run.ixit->source);
  if (run.lab) {
    evidence.emplace(run.lab->source.sha256, &run.lab->source);
    for (const model::Evidence* picture : model::pictures(*run.lab)) evidence.emplace(picture->sha256, picture);
  }
  for (const auto& [sha256, one] : evidence) {
    const Bytes bytes = TRY(file.read_evidence(sha256));
    TRY(write_file(folder / "evidence" / report::evidence_file(*one), as_text(bytes)));
  }
  return evidence.size();
}

static int print_files(const std::vector<std::string>& paths, bool json, const Console& console) {
  if (json) {
    fmt::print("{}\n", dump_json(Json{{"files", paths}}));
  } else if (!console.quiet) {
    for (const std::string& path : paths) fmt::print("{}\n", path);
  }
  return 0;
}

static Result<int> write_formats(const ExportCommand& command, const Console& console) {
  store::RunFile file = TRY(store::RunFile::open(command.run, store::Access::read));
  const model::Run run = TRY(file.load());
  report::FormatOptions options = format_options(run, console);
  if (!command.source.empty()) options.source_path = command.source;
  options.all_results = command.all;
  options.choice.language = report_language(command.language);
  options.choice.seal = seal_note(command.run);
  const Gatekeeper gate = TRY(Gatekeeper::create(command.gate, run.target));
  options.gating = gate.gating(run);
  if (command.out == "-") {
    const report::Format* format = report::find_format(command.formats.front());
    if (command.formats.size() != 1 || format->write == nullptr)
      return fail(ErrorCode::invalid_input, "standard output takes one format, and no PDF; name a path with --out");
    TRY(format->write(run, evidence_of(file), options, [](std::string_view piece) -> Result<void> {
      if (std::fwrite(piece.data(), 1, piece.size(), stdout) != piece.size()) return fail(ErrorCode::io, "standard output can't be written");
      return {};
    }));
    return 0;
  }
  const fs::path out = command.out.empty() ? fs::path(command.run).replace_extension() : fs::path(command.out);
  const InterruptGuard interrupt;
  const Written written = write_reports(run, evidence_of(file), file.path(), command.formats, out, options, interrupt.cancel(), console);
  print_files(written.paths, command.json, console);
  return interrupt.cancel().requested() ? 130 : written.failed ? kUsageError : 0;
}

int run_command(const ExportCommand& command, const Console& console) {
  const auto stop = [](const Error& error) {
    print_error(error.message);
    return kUsageError;
  };
  if (!command.formats.empty()) {
    const auto code = write_formats(command, console);
    return code ? *code : stop(code.error());
  }
  if (command.folder.empty()) return stop({ErrorCode::invalid_input, "name a folder to unpack the run into, or a --format"});
  const auto count = unpack(command);
  if (!count) return stop(count.error());
  if (command.json) return print_files({command.folder + "/run.json", command.folder + "/evidence"}, true, console);
  if (!console.quiet) fmt::print("{}/run.json\n{}/evidence: {} {}\n", command.folder, command.folder, *count, choose(console, "个文件", "files"));
  return 0;
}

}  // namespace lintel::cli
