// A CSAF 2.0 security advisory as a draft for coordinated response (ISO/IEC 27035-4): what a lab hands to the vendor and the platform before
// anybody else. It holds only failures that the profile declares to be vulnerabilities of the product, never a missing paper. Pure.
//
// It is a draft with TLP:AMBER: who sends it puts in who publishes it, and checks it. One vulnerability for each check or question that fails,
// whatever clauses it stands for; products are the assets that it fails on.
#pragma once
#include <string>

#include "report/formats.h"

namespace lintel::report {

// Errors: not_found when no failure of the run is a vulnerability (an advisory without one is invalid), and those of every writer.
Result<void> write_csaf(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);
// The name that CSAF 5.1 demands of the file: the document's id in lower case, "_" for all but letters, digits, "+" and "-".
std::string csaf_file_name(const model::Run& run);

}  // namespace lintel::report
