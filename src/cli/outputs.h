// Reports on disk and the summary on the screen, the same for scan, judge and report.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "model/run.h"
#include "report/formats.h"
#include "report/terminal.h"
#include "store/run_file.h"

namespace lintel::cli {

struct Written {
  std::vector<std::string> paths;
  bool failed = false;  // one could not be written; the reason is on standard error
};

// <out>.<ending of the format>; out itself when it ends so already. Requires: a name of report/formats.h.
std::filesystem::path report_path(const std::filesystem::path& out, const std::string& format);

// "zh", "en" or both.
report::Language report_language(std::string_view name);
// Language of the console; the path of the target file from the root of its repository, when its folder is in one here.
report::FormatOptions format_options(const model::Run& run, const Console& console);

// Bytes of evidence for reports. Requires: file outlives it.
report::EvidenceSource evidence_of(store::RunFile& file);

// Writes report_path() for each format, but never over run_file. One that fails is told and the others are written all the same. PDF blocks for seconds.
Written write_reports(const model::Run& run, const report::EvidenceSource& evidence, const std::filesystem::path& run_file, const std::vector<std::string>& formats, const std::filesystem::path& out,
                      const report::FormatOptions& options, const Cancel& cancel, const Console& console);

// The verdict table on standard output, unless quiet; then the paths. As JSON with the exit code that is to follow.
void print_summary(const model::Run& run, const std::vector<std::string>& paths, int exit_code, const Console& console);

// How the console wants text reports.
report::TerminalOptions terminal_options(const Console& console);

// Writes a result to the file `out` and tells its path, or to standard output when out is empty. False when it could not be written; the
// reason is on standard error then.
bool deliver(const std::string& text, const std::string& out, const Console& console);

// How long each job took, on standard output.
void print_timings(const model::Run& run, const Console& console);

}  // namespace lintel::cli
