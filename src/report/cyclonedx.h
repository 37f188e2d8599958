// CycloneDX 1.6 as JSON: the parts of the target as components, with the digests of firmware as far as they were learned, and the assessment
// as declarations: the profile is the standard, a verdict on an asset a claim, what was seen its evidence or counter-evidence. Pure.
//
// Only PASS and FAIL are claims. A clause without either has no conformance score, and its rationale says why.
#pragma once
#include "report/formats.h"

namespace lintel::report {

Result<void> write_cyclonedx(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

}  // namespace lintel::report
