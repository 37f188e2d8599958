// lintel history: what many runs of one target came to, one after the other. What can't be read is listed, never passed over.
#include "report/history.h"

#include <algorithm>
#include <filesystem>

#include "cli/commands.h"
#include "cli/load_run.h"
#include "cli/outputs.h"
#include "data/json.h"

namespace lintel::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFiles = 5000;

// Files of the folders, and what is named itself; sorted, so that the same folder gives the same bytes.
std::vector<fs::path> files_of(const std::vector<std::string>& paths, std::vector<report::Skipped>& skipped) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.emplace_back(path);
      continue;
    }
    std::vector<fs::path> found;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      std::error_code ignored;
      const std::string name = at->path().string();
      if (at->is_directory(ignored))
        skipped.push_back({name, "folder", ""});
      else if (found.size() >= kFiles)
        skipped.push_back({name, "too_many", ""});
      else if (name.ends_with(".lintel-wal") || name.ends_with(".lintel-shm"))
        skipped.push_back({name, "unfinished", ""});
      else
        found.push_back(at->path());
    }
    if (error) skipped.push_back({path, "unreadable", error.message()});
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

Result<report::History> read_history(const HistoryCommand& command) {
  std::vector<report::Moment> moments;
  std::vector<report::Skipped> skipped;
  for (const fs::path& file : files_of(command.paths, skipped)) {
    const auto run = load_run(file);
    if (run)
      moments.push_back(report::moment_of(file.string(), *run));
    else
      skipped.push_back({file.string(), "unreadable", run.error().message});
  }
  report::History history = report::arrange(std::move(moments), std::move(skipped), command.target);
  // Once more in the order of time, two in memory.
  model::Run before;
  for (report::Moment& moment : history.runs) {
    model::Run run = TRY(load_run(moment.file));
    if (&moment != &history.runs.front()) moment.step = TRY(report::step_between(before, run));
    before = std::move(run);
  }
  return history;
}

Result<std::string> rendered(const report::History& history, const std::string& format, const Console& console) {
  if (format == "json") return pretty_json(to_json(history)) + "\n";
  const report::TerminalOptions options = terminal_options(console);
  return format == "html" ? report::render_history_html(history, options.language) : report::render_history(history, options);
}

}  // namespace

int run_command(const HistoryCommand& command, const Console& console) {
  const auto history = read_history(command);
  if (!history) {
    print_error(history.error().message);
    return kUsageError;
  }
  if (history->runs.empty()) {
    for (const auto& each : history->skipped) print_error(fmt::format("{}: {}", each.file, each.detail.empty() ? each.why : each.detail));
    print_error("there is no run to show");
    return kUsageError;
  }
  const auto text = rendered(*history, command.format, console);
  if (!text) {
    print_error(text.error().message);
    return kInternalError;
  }
  return deliver(*text, command.out, console) ? 0 : kUsageError;
}

}  // namespace lintel::cli
