// Where the time of a scan went: one line a job, the longest first, with a bar that shows when it ran. Pure.
#pragma once
#include <cstddef>
#include <string>

#include "base/error.h"
#include "model/run.h"
#include "report/terminal.h"

namespace lintel::report {

// Text of at most `width` columns (less than 60 counts as 60); uses width, colour and language of the options. Times are seconds from the first
// job's start; the time a job waited for its turn is not in its bar. Empty without observations. Errors: internal only.
Result<std::string> render_timings(const model::Run& run, const TerminalOptions& options);

}  // namespace lintel::report
