// JUnit XML in the dialect of the Jenkins XSD, which Jenkins, GitLab and GitHub's readers take: a suite is a chapter, a case is a clause on an
// asset. Red is what fails the gate and nothing else: advisory clauses and waived failures are skipped, with the reason. Pure.
#pragma once
#include "report/formats.h"

namespace lintel::report {

Result<void> write_junit(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

}  // namespace lintel::report
