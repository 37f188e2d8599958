// NIST OSCAL assessment-results 1.1.3 as JSON: every instance and answer is an observation, every clause a finding, every waiver in force a
// risk with an approved deviation. Pure.
//
// OSCAL knows two states. PASS is satisfied; FAIL, INCONCLUSIVE and NOT TESTED are not-satisfied with reason fail or other, and the property
// `verdict` says which; NOT APPLICABLE is an observation without a finding. Its traps: no empty list, a zone in every time, tokens without
// spaces that start with a letter ("clause-7.e"), UUIDs of version 4 or 5.
#pragma once
#include "report/formats.h"

namespace lintel::report {

Result<void> write_oscal(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

}  // namespace lintel::report
