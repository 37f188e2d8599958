// lintel report: write reports of a run that was scanned before, here or elsewhere.
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/outputs.h"
#include "data/json.h"

namespace lintel::cli {

int run_command(const ReportCommand& command, const Console& console) {
  auto file = store::RunFile::open(command.run, store::Access::read);
  if (!file) {
    print_error(file.error().message);
    return kUsageError;
  }
  const auto run = file->load();
  if (!run) {
    print_error(run.error().message);
    return kUsageError;
  }
  const std::filesystem::path out =
      command.report.out.empty() ? std::filesystem::path(command.run).replace_extension() : std::filesystem::path(command.report.out);
  const std::vector<std::string> formats =
      command.report.formats.empty() ? std::vector<std::string>{"html", "pdf"} : command.report.formats;
  const InterruptGuard interrupt;
  const Written written = write_reports(*run, *file, formats, out, format_options(*run, console), interrupt.cancel(), console);
  if (console.json) print_json({{"run", run->id}, {"files", written.paths}});
  else for (const std::string& path : written.paths) fmt::print("{}\n", path);
  if (command.report.timings) print_timings(*run, console);
  if (interrupt.cancel().requested()) return 130;
  return written.failed ? kUsageError : 0;
}

}  // namespace lintel::cli
