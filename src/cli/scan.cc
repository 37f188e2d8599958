// lintel scan: look at a target, judge it, write the run file and the reports.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "cli/assessments.h"
#include "cli/commands.h"
#include "cli/customer.h"
#include "cli/data_folder.h"
#include "cli/gatekeeper.h"
#include "cli/interrupt.h"
#include "cli/lab.h"
#include "cli/outputs.h"
#include "cli/probes.h"
#include "cli/profile_lock.h"
#include "cli/version.h"
#include "data/json.h"
#include "probe/probe.h"
#include "report/terminal.h"
#include "rules/judge.h"
#include "rules/loader.h"
#include "scan/scan.h"
#include "store/run_file.h"

namespace lintel::cli {
namespace {

namespace fs = std::filesystem;

scan::Options scan_options() {
  scan::Options options;
  options.probes = probe::find_probe;
  options.tool_version = kVersion;
  return options;
}

// An old run file may be replaced only when it is one: --overwrite must not delete somebody's document.
Result<void> make_room(const fs::path& path, bool overwrite) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return {};
  if (!overwrite)
    return fail(ErrorCode::invalid_input, "{} exists; --overwrite replaces it, --resume completes it, --out NAME writes another", path.string());
  TRY(store::RunFile::open(path, store::Access::write));
  for (const char* suffix : {"-wal", "-shm", ""}) fs::remove(path.string() + suffix, ignored);
  return {};
}

Result<store::RunFile> begin(const ScanCommand& command, const model::Target& target, rules::LoadedProfile& profile,
                             const Assessments& assessments, CustomerDocuments& customer, LabDocument& lab,
                             const fs::path& path, const Clock& clock) {
  scan::Options options = scan_options();
  if (!command.sample.empty()) options.parameters["session_ids"] = {{"sample", command.sample}};
  model::Run run = TRY(scan::prepare(options, target, profile.profile, std::move(profile.checks), clock));
  run.attestations = assessments.attestations;
  run.waivers = assessments.waivers;
  run.ics = std::move(customer.ics);
  run.ixit = std::move(customer.ixit);
  run.lab = std::move(lab.lab);
  TRY(make_room(path, command.overwrite));
  store::RunFile file = TRY(store::RunFile::create(path, run));
  for (const Bytes& evidence : assessments.evidence) TRY(file.keep(evidence));
  for (const Bytes& document : customer.files) TRY(file.keep(document));
  for (const auto& [sha256, bytes] : lab.files) TRY(file.keep(bytes));
  return file;
}

// The diagnostics are on the screen already; there is nothing to add.
tl::unexpected<Error> told() { return tl::unexpected<Error>(Error{ErrorCode::invalid_input, ""}); }

Result<store::RunFile> new_run(const ScanCommand& command, const model::Target& target, const fs::path& path, const Clock& clock) {
  const std::string name = command.profile.empty() ? target.profile : command.profile;
  const fs::path profile_path = TRY(find_profile(name, command.profile.empty() ? fs::path(target.folder) : fs::path()));
  auto profile = rules::load_profile(profile_path, probe_catalog());
  print_diagnostics(profile.diagnostics);
  if (has_errors(profile.diagnostics)) return told();
  TRY(check_profile_trust(profile_path, profile.files, command.profile_trust));
  const auto assessments = load_assessments(
      command.attestations.empty() ? beside_target(target, target.attestations) : fs::path(command.attestations),
      command.waivers.empty() ? beside_target(target, target.waivers) : fs::path(command.waivers), profile.profile, target);
  auto customer = load_customer_documents(target, profile.profile);
  auto lab = load_lab(beside_target(target, target.lab), profile.profile, target);
  if (!assessments || !customer || !lab) return told();
  return begin(command, target, profile, *assessments, *customer, *lab, path, clock);
}

// The target without the places of things in its file: a comment more is no other question.
std::string question_of(model::Target target) {
  target.file.clear();
  for (model::Asset& asset : target.assets) asset.line = 0;
  return dump_json(Json(target));
}

// What resume continues must be the same question: a changed target would mix two answers in one report.
Result<store::RunFile> old_run(const ScanCommand& command, const model::Target& target) {
  if (command.profile_trust.require_signed)
    return fail(ErrorCode::invalid_input, "--resume goes on with the profile in {}; `lintel judge --require-signed` compares it with the signed one", command.resume);
  if (!command.profile.empty() || !command.attestations.empty() || !command.waivers.empty())
    return fail(ErrorCode::invalid_input, "--resume goes on with the profile and the answers in {}; add others later with `lintel judge`", command.resume);
  store::RunFile file = TRY(store::RunFile::open(command.resume, store::Access::write));
  const model::Run run = TRY(file.load());
  if (question_of(run.target) != question_of(target))
    return fail(ErrorCode::invalid_input, "the target has changed since {} was begun; start a new scan", command.resume);
  return file;
}

scan::ProgressCallback show_progress(const Console& console) {
  if (console.quiet) return [](const scan::Progress&) {};
  return [&console](const scan::Progress& progress) {
    if (progress.job == nullptr) return;
    report::Progress shown{progress.jobs_done, progress.jobs_total, progress.job->probe, progress.job->asset, progress.job->item};
    if (console.live)
      tell(report::format_progress(shown, report::ProgressStyle::redraw, static_cast<std::size_t>(console.width)));
    else if (progress.kind == scan::Progress::Kind::finished)
      tell(report::format_progress(shown, report::ProgressStyle::line, static_cast<std::size_t>(console.width)));
  };
}

// Judges what the file holds and closes it. The run as it was written.
Result<model::Run> conclude(store::RunFile& file, const scan::Outcome& outcome, const Clock& clock) {
  model::Run run = TRY(file.load());
  run.complete = outcome.complete();
  run.finished = clock.now();
  run.verdicts = rules::judge(run, run.finished);
  TRY(file.set_verdicts(run.verdicts));
  TRY(file.finish(run.finished, run.complete));
  return run;
}

int exit_code_of(const model::Run& run, const scan::Outcome& outcome, const Gatekeeper& gate) {
  if (outcome.end != scan::End::deadline) return gate.exit_code(run);
  // The deadline is not the user's Ctrl-C: what is missing is open, and a failure stays one.
  model::Run as_if = run;
  as_if.complete = true;
  as_if.verdicts = rules::judge(as_if, run.verdicts.judged_at);
  const int code = gate.exit_code(as_if);
  return code == 0 ? 3 : code;
}

}  // namespace

int run_command(const ScanCommand& command, const Console& console) {
  const SystemClock clock;
  auto target = rules::load_target(command.target);
  print_diagnostics(target.diagnostics);
  if (has_errors(target.diagnostics)) return kUsageError;
  const auto stop = [](const Error& error) {
    if (!error.message.empty()) print_error(error.message);
    return error.code == ErrorCode::internal ? kInternalError : kUsageError;
  };

  const auto gate = Gatekeeper::create(command.gate, target.target);
  if (!gate) return stop(gate.error());

  fs::path out = command.report.out;
  if (out.empty()) out = command.resume.empty() ? fs::path(target.target.id) : fs::path(command.resume).replace_extension();
  const std::vector<std::string> asked = command.report.formats.empty() ? std::vector<std::string>{"html", "pdf"} : command.report.formats;
  for (const std::string& format : asked)
    if (std::error_code ignored; fs::equivalent(report_path(out, format), command.target, ignored))
      return stop({ErrorCode::invalid_input, fmt::format("the {} report would replace {}; name the outputs with --out", format, command.target)});
  auto file = command.resume.empty() ? new_run(command, target.target, out.string() + ".lintel", clock) : old_run(command, target.target);
  if (!file) return stop(file.error());

  const InterruptGuard interrupt;
  auto planned = file->load();
  if (!planned) return stop(planned.error());
  const auto outcome = scan::scan(scan_options(), *planned, *file, clock, interrupt.cancel(), show_progress(console));
  if (console.live && !console.quiet) tell("\r\x1b[2K");
  if (!outcome) return stop(outcome.error());
  const auto run = conclude(*file, *outcome, clock);
  if (!run) return stop(run.error());

  std::vector<std::string> formats = asked;
  if (outcome->end == scan::End::cancelled && std::erase(formats, "pdf") > 0)
    print_error(fmt::format("interrupted: no PDF; `lintel scan {} --resume {}` completes the run", command.target, file->path().string()));
  if (outcome->end == scan::End::deadline)
    print_error(fmt::format("the deadline of the run passed with {} of {} jobs done; `--resume {}` does the rest", outcome->jobs_done,
                            outcome->jobs_total, file->path().string()));
  report::FormatOptions options = format_options(*run, console);
  options.gating = gate->gating(*run);
  Written written = write_reports(*run, evidence_of(*file), file->path(), formats, out, options, interrupt.cancel(), console);
  written.paths.insert(written.paths.begin(), file->path().string());
  int code = exit_code_of(*run, *outcome, *gate);
  if (written.failed && (code == 0 || code == 3)) code = kUsageError;
  print_summary(*run, written.paths, code, console);
  if (command.report.timings) print_timings(*run, console);
  gate->tell(*run, console);
  if (outcome->stuck > 0) {  // threads of probes that ignore the stop still run; the file is complete
    std::fflush(nullptr);
    std::_Exit(code);
  }
  return code;
}

}  // namespace lintel::cli
