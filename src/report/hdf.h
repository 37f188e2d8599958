// The Heimdall Data Format (exec-json), which MITRE's viewers and SAF tools read: one control a clause, one result a line. Pure.
//
// Such a viewer calls a control passed when one result passed, whatever else was skipped, and "Profile Error" when one has the status error,
// even beside a failure. So a result is `passed` only in a clause that passes or fails, `failed` only in one that fails, and everything else
// is `skipped`, with its verdict in the message: no clause looks better there than it is. Not applicable has impact 0.
#pragma once
#include "report/formats.h"

namespace lintel::report {

Result<void> write_hdf(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

}  // namespace lintel::report
