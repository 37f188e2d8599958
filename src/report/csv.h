// One row for each line of the run (lines.h), for spreadsheets and scripts: RFC 4180 in UTF-8 with a byte order mark, because Excel takes a file
// without one for the code page of the day. Columns and codes are the same in both languages; sentences are in the one asked for. Pure.
#pragma once
#include "report/formats.h"

namespace lintel::report {

Result<void> write_csv(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

}  // namespace lintel::report
