// The run as an Excel workbook: summary, clauses, checks (lines.h), evidence, with filters and frozen heads, in the language asked for. Every cell
// is text or a number, never a formula or a link. Uses libxlsxwriter, which writes to a file: it goes through a private temporary folder.
#pragma once
#include "report/formats.h"

namespace lintel::report {

// Errors besides the usual: io (the temporary folder), limit (more rows than a sheet holds).
Result<void> write_xlsx(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

}  // namespace lintel::report
