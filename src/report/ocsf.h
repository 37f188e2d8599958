// OCSF 1.4.0, class Compliance Finding (2003): an array with one event for each line of the run (lines.h), whatever its verdict, for SIEMs and
// data lakes. Pure.
#pragma once
#include "report/formats.h"

namespace lintel::report {

Result<void> write_ocsf(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

}  // namespace lintel::report
