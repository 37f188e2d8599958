// JUnit XML in the dialect of the Jenkins XSD, which Jenkins, GitLab and GitHub's readers take: a suite is a chapter, a case is a clause on an
// asset. Red is what fails the gate (FormatOptions::gating) and nothing else: what is advisory, waived or
// known from the baseline is skipped, with the reason. Contradictions of the customer's statements are a suite of their own, skipped. Pure.
#pragma once
#include "report/formats.h"

namespace lintel::report {

Result<void> write_junit(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

}  // namespace lintel::report
