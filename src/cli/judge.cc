// lintel judge: decide a run again, offline. Without new input it gives what the run holds, byte for byte.
#include "rules/judge.h"

#include <utility>

#include "cli/assessments.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/gatekeeper.h"
#include "cli/lab.h"
#include "cli/outputs.h"
#include "cli/probes.h"
#include "cli/profile_lock.h"
#include "data/json.h"
#include "probe/probe.h"
#include "scan/plan.h"
#include "store/draft.h"
#include "store/seal_block.h"

namespace lintel::cli {

namespace {

Result<WallTime> moment_of(const JudgeCommand& command, const model::Run& run) {
  if (!command.now.empty()) {
    const auto time = parse_time(command.now);
    if (!time) return fail(ErrorCode::invalid_input, "--now {}: give date, time and offset, like 2026-11-21T10:00:00+08:00", command.now);
    return *time;
  }
  const bool new_input = !command.attestations.empty() || !command.waivers.empty();
  return new_input || run.verdicts.clauses.empty() ? SystemClock().now() : run.verdicts.judged_at;
}

// What --write keeps: the verdicts, and the answers and documents that came with them.
Result<void> write(const model::Run& run, const Assessments& added, const LabDocument& lab, store::RunFile& file) {
  for (const Bytes& evidence : added.evidence) TRY(file.keep(evidence));
  TRY(file.set_assessments(run.attestations, run.waivers));
  if (lab.lab) TRY(keep_lab(lab, file));
  TRY(file.set_verdicts(run.verdicts));
  return file.finish(run.finished, run.complete);
}

// A run judges with the profile inside it: that has to be the signed one, byte for byte.
Result<void> check_signed_profile(const JudgeCommand& command, const model::Run& run) {
  const auto path = TRY(find_profile(run.target.profile, run.target.folder));
  auto loaded = rules::load_profile(path, probe_catalog());
  if (has_errors(loaded.diagnostics)) return fail(ErrorCode::invalid_input, "{} has errors; `lintel profile lint` shows them", path.string());
  TRY(check_profile_trust(path, loaded.files, command.profile_trust));
  TRY(scan::complete_parameters(loaded.checks, probe::find_probe));  // as a run keeps them
  if (rules::canonical_profile(loaded.profile, loaded.checks) != rules::canonical_profile(run.profile, run.checks))
    return fail(ErrorCode::invalid_input, "the profile in {} is not the signed {}", command.run, path.string());
  return {};
}

// The moment is no part of the comparison: a later one may give the same verdicts.
std::string compared(model::Verdicts before, const model::Verdicts& now, const Console& console) {
  const WallTime judged_at = std::exchange(before.judged_at, now.judged_at);
  if (dump_json(Json(before)) != dump_json(Json(now))) return choose(console, "与运行文件中的判定不同。", "Not equal to the verdicts that were in the run file.");
  if (judged_at == now.judged_at) return choose(console, "与运行文件中的判定完全一致。", "Equal to the verdicts in the run file.");
  return fmt::format("{} {}{}", choose(console, "与运行文件中的判定一致；该文件判定于", "Equal to the verdicts in the run file, which was judged at"), format_time(judged_at),
                     choose(console, "。", "."));
}

}  // namespace

int run_command(const JudgeCommand& command, const Console& console) {
  const auto stop = [](const Error& error) {
    print_error(error.message);
    return kUsageError;
  };
  const auto seal = store::find_seal(command.run);
  const bool change_seal = command.break_seal && seal && *seal;
  auto file = store::RunFile::open(command.run, command.write && !change_seal ? store::Access::write : store::Access::read);
  if (!file) return stop(file.error());
  auto run = file->load();
  if (!run) return stop(run.error());
  if (command.profile_trust.require_signed)
    if (auto trusted = check_signed_profile(command, *run); !trusted) return stop(trusted.error());
  const auto gate = Gatekeeper::create(command.gate, run->target);
  if (!gate) return stop(gate.error());
  const auto now = moment_of(command, *run);
  if (!now) return stop(now.error());
  const auto added = load_assessments(command.attestations, command.waivers, run->profile, run->target);
  const auto lab = load_lab(command.lab, run->profile, run->target);
  if (!added || !lab) return kUsageError;
  // New answers stand beside the old ones; the judge takes the latest that is in force.
  run->attestations.insert(run->attestations.end(), added->attestations.begin(), added->attestations.end());
  if (!command.waivers.empty()) run->waivers = added->waivers;

  const model::Verdicts before = std::exchange(run->verdicts, rules::judge(*run, *now));
  std::vector<std::string> paths;
  if (command.write) {
    const auto change = [&](store::RunFile& changed) { return write(*run, *added, *lab, changed); };
    if (const auto done = change_seal ? store::change_sealed(command.run, change) : change(*file); !done) return stop(done.error());
    paths.push_back(command.run);
  }
  const int code = gate->exit_code(*run);
  print_summary(*run, paths, code, console);
  if (!console.quiet && !console.json && !before.clauses.empty()) fmt::print("{}\n", compared(before, run->verdicts, console));
  gate->tell(*run, console);
  return code;
}

}  // namespace lintel::cli
