// DefectDojo's Generic Findings Import, JSON. An unknown key makes it refuse the whole file, so only its own are here. Failures are findings;
// what could not be decided is one too, under review: a re-import closes what is missing, and "could not be looked at" is no repair. Pure.
#pragma once
#include "report/formats.h"

namespace lintel::report {

Result<void> write_defectdojo(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

}  // namespace lintel::report
