// lintel diff: two runs of one target side by side.
#include "cli/commands.h"
#include "cli/load_run.h"
#include "cli/outputs.h"
#include "data/json.h"
#include "report/compare_report.h"

namespace lintel::cli {

static Result<std::string> rendered(const report::Comparison& comparison, const std::string& format, const Console& console) {
  if (format == "json") return pretty_json(to_json(comparison)) + "\n";
  const report::TerminalOptions options = terminal_options(console);
  if (format == "html") return report::render_comparison_html(comparison, options.language);
  return report::render_comparison(comparison, options);
}

int run_command(const DiffCommand& command, const Console& console) {
  const auto stop = [](const Error& error) {
    print_error(error.message);
    return error.code == ErrorCode::internal ? kInternalError : kUsageError;
  };
  const auto then = load_run(command.then);
  if (!then) return stop(then.error());
  const auto now = load_run(command.now);
  if (!now) return stop(now.error());
  const auto comparison = report::compare(*then, *now);
  if (!comparison) return stop(comparison.error());
  const auto text = rendered(*comparison, command.format, console);
  if (!text) return stop(text.error());
  if (!deliver(*text, command.out, console)) return kUsageError;
  return comparison->worse ? 1 : 0;
}

}  // namespace lintel::cli
