// lintel report: write reports of a run that was scanned before, here or elsewhere.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/gatekeeper.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/lab.h"
#include "cli/outputs.h"
#include "cli/seal_note.h"
#include "data/json.h"

namespace lintel::cli {

// Requires: names that the command line has checked.
static Result<report::ReportChoice> choice_of(const ReportCommand& command, const model::Run& run) {
  report::ReportChoice choice;
  choice.depth = command.view == "summary" ? report::Depth::summary : command.view == "manager" ? report::Depth::manager : report::Depth::lab;
  for (const std::string& verdict : command.only)
    if (const auto known = model::parse<model::Verdict>(verdict)) choice.only.insert(*known);
  choice.language = report_language(command.language);
  if (!command.asset.empty() && model::find_asset(run.target, command.asset) == nullptr) {
    std::vector<std::string> names;
    for (const model::Asset& asset : run.target.assets) names.push_back(asset.id);
    const auto near = nearest_name(command.asset, names);
    return fail(ErrorCode::invalid_input, "{} has no asset \"{}\"{}; there is {}", command.run, printable(command.asset),
                near ? fmt::format(", did you mean \"{}\"?", *near) : "", join(names, ", "));
  }
  choice.asset = command.asset;
  choice.seal = seal_note(command.run);
  return choice;
}

int run_command(const ReportCommand& command, const Console& console) {
  auto file = store::RunFile::open(command.run, store::Access::read);
  if (!file) {
    print_error(file.error().message);
    return kUsageError;
  }
  auto run = file->load();
  if (!run) {
    print_error(run.error().message);
    return kUsageError;
  }
  const std::filesystem::path out =
      command.report.out.empty() ? std::filesystem::path(command.run).replace_extension() : std::filesystem::path(command.report.out);
  const std::vector<std::string> formats =
      command.report.formats.empty() ? std::vector<std::string>{"html", "pdf"} : command.report.formats;
  const auto lab = load_lab(command.lab, run->profile, run->target);
  if (!lab) return kUsageError;
  if (lab->lab) run->lab = lab->lab;
  report::FormatOptions options = format_options(*run, console);
  auto choice = choice_of(command, *run);
  if (!choice) {
    print_error(choice.error().message);
    return kUsageError;
  }
  options.choice = *std::move(choice);
  const auto gate = Gatekeeper::create(command.gate, run->target);
  if (!gate) {
    print_error(gate.error().message);
    return kUsageError;
  }
  options.gating = gate->gating(*run);
  const InterruptGuard interrupt;
  const Written written = write_reports(*run, with_files(evidence_of(*file), *lab), file->path(), formats, out, options, interrupt.cancel(), console);
  if (console.json) print_json({{"run", run->id}, {"files", written.paths}});
  else for (const std::string& path : written.paths) fmt::print("{}\n", path);
  if (command.report.timings) print_timings(*run, console);
  if (interrupt.cancel().requested()) return 130;
  return written.failed ? kUsageError : 0;
}

}  // namespace lintel::cli
