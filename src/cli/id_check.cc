// lintel id check: a list of identities before the checks of annex A, as a scan would judge it. No target file, nothing is sent.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/id_page.h"
#include "cli/id_text.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/probes.h"
#include "cli/version.h"
#include "data/json.h"
#include "probes/identity/list.h"
#include "rules/judge.h"
#include "scan/runner.h"
#include "scan/scan.h"

namespace lintel::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kLongestCheck{10};

// Keeps standard input in a file, since the probe may only read what is one.
Result<void> spool(const fs::path& path, const Cancel& cancel) {
  return write_file(path, [&](const WritePiece& write) -> Result<void> {
    Bytes buffer(1 << 16);
    for (std::size_t size = 0; size <= probes::identity::kListCapBytes;) {  // beyond, the probe says what is wrong
      TRY(wait_fd(STDIN_FILENO, WaitFor::readable, Deadline::never(), cancel));
      const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(ErrorCode::io, "can't read standard input: {}", std::strerror(errno));
      if (got == 0) return {};
      size += static_cast<std::size_t>(got);
      TRY(write(as_text(ByteView(buffer).first(static_cast<std::size_t>(got)))));
    }
    return {};
  });
}

Result<model::Target> target_of_list(const IdCheckCommand& command, const fs::path& file) {
  Json data = {{"file", file.filename().string()}};
  if (!command.vendor.empty()) data["vendor"] = TRY(id_code("--vendor", command.vendor, 6));
  if (!command.product.empty()) data["product"] = TRY(id_code("--product", command.product, 6));
  for (const std::string& extension : command.extensions) data["extensions"].push_back(TRY(id_code("--extensions", extension, 2)));
  model::Target target;
  target.id = target.profile = "identities";
  target.folder = fs::absolute(file).parent_path().string();
  model::Asset asset;
  asset.id = "list";
  asset.items.push_back({model::ItemKind::identities, "list", std::move(data)});
  target.assets.push_back(std::move(asset));
  return target;
}

// The clauses on identities alone. A list can't answer the assessor's questions: they are no part of this run, and the page says which there are.
Result<rules::LoadedProfile> identity_clauses(const std::string& name) {
  rules::LoadedProfile loaded = rules::load_profile(TRY(find_profile(name, fs::path())), probe_catalog());
  print_diagnostics(loaded.diagnostics);
  if (has_errors(loaded.diagnostics)) return tl::unexpected<Error>(Error{ErrorCode::invalid_input, ""});
  std::erase_if(loaded.profile.clauses, [](const model::Clause& clause) { return clause.subject != model::Subject::id || clause.checks.empty(); });
  if (loaded.profile.clauses.empty()) return fail(ErrorCode::invalid_input, "{}: no clause on identities has a check", name);
  return loaded;
}

Result<model::Run> judge_list(const IdCheckCommand& command, const fs::path& file, const Console& console, const Cancel& cancel, IdQuestions& questions) {
  const SystemClock clock;
  const model::Target target = TRY(target_of_list(command, file));
  rules::LoadedProfile loaded = TRY(identity_clauses(command.profile));
  for (model::Clause& clause : loaded.profile.clauses)
    if (std::exchange(clause.attest, std::nullopt)) questions.insert(clause.id);
  scan::Options options;
  options.probes = probe::find_probe;
  options.tool_version = kVersion;
  model::Run run = TRY(scan::prepare(options, target, loaded.profile, std::move(loaded.checks), clock));
  const auto progress = [&](std::size_t done, std::size_t total) {
    if (console.live && !console.quiet && total > 0) tell(fmt::format("\r\x1b[2K{} {} %", choose(console, "读取", "reading"), done * 100 / total));
    if (console.live && !console.quiet && done == total) tell(choose(console, "，比对", ", comparing"));
  };
  for (const model::Job& job : run.jobs) {
    scan::ReadyProbe probe{probe::find_probe(job.probe), {}};
    probe.facts = TRY(schema::Schema::load(probe.registered->facts_schema, "facts.schema.json"));
    scan::AssetGate gate(1, std::chrono::milliseconds(0));
    scan::Secrets secrets;
    const model::Asset& asset = run.target.assets[0];
    run.observations.push_back(scan::run_job(probe, {run.target, asset, asset.items[0], job, gate, secrets, cancel, clock, Deadline::after(kLongestCheck), progress}).observation);
  }
  if (console.live && !console.quiet) tell("\r\x1b[2K");
  run.complete = !cancel.requested();
  run.verdicts = rules::judge(run, clock.now());
  return run;
}

Result<int> check_list(const IdCheckCommand& command, const Console& console) {
  const InterruptGuard interrupt;
  std::optional<TemporaryFolder> folder;
  fs::path file = command.file;
  if (command.file == "-") {
    folder.emplace(TRY(TemporaryFolder::create()));
    file = folder->path() / "stdin";
    TRY(spool(file, interrupt.cancel()));
  }
  // Unreadable is a mistake of the command line, not an open verdict.
  if (access(file.c_str(), R_OK) != 0 || !fs::is_regular_file(file)) return fail(ErrorCode::not_found, "{}: no file that can be read", file.string());
  IdQuestions questions;
  const model::Run run = TRY(judge_list(command, file, console, interrupt.cancel(), questions));
  const int code = model::exit_code(run.verdicts.gate, command.allow_open);
  if (console.json) print_json(id_check_json(run, questions, command.file, code));
  else if (!console.quiet) fmt::print("{}", id_check_page(run, questions, command.file, console));
  return code;
}

}  // namespace

int run_command(const IdCheckCommand& command, const Console& console) {
  const auto code = check_list(command, console);
  if (code) return *code;
  if (code.error().code == ErrorCode::cancelled) return 130;
  if (!code.error().message.empty()) print_error(code.error().message);
  return code.error().code == ErrorCode::internal ? kInternalError : kUsageError;
}

}  // namespace lintel::cli
