// Reports on disk and the summary on the screen, the same for scan, judge and report.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "model/run.h"
#include "store/run_file.h"

namespace lintel::cli {

struct Written {
  std::vector<std::string> paths;
  bool failed = false;  // one could not be written; the reason is on standard error
};

// Writes <out>.<format> for each format. One that fails is told and the others are written all the same. PDF blocks for seconds.
Written write_reports(const model::Run& run, store::RunFile& file, const std::vector<std::string>& formats,
                      const std::filesystem::path& out, const Cancel& cancel, const Console& console);

// The verdict table on standard output, unless quiet; then the paths.
void print_summary(const model::Run& run, const std::vector<std::string>& paths, const Console& console);

// How long each job took, on standard output.
void print_timings(const model::Run& run, const Console& console);

}  // namespace lintel::cli
