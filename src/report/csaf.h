// A CSAF 2.0 document as a draft for coordinated response (ISO/IEC 27035-4): what a lab hands to the vendor and the platform before
// anybody else. It holds only failures that the profile declares to be vulnerabilities of the product, never a missing paper. Pure.
//
// It is a draft: who sends it checks it. Publisher and traffic light are those of the laboratory (lab.yaml), else the program and TLP:AMBER.
// One vulnerability for each check or question that fails, whatever clauses it stands for; products are the assets that it fails on. Without a
// vulnerability it is a document of the profile csaf_base (an advisory without one is not valid) that names all assets and says so.
#pragma once
#include <string>

#include "report/formats.h"

namespace lintel::report {

Result<void> write_csaf(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);
// The name that CSAF 5.1 demands of the file: the document's id in lower case, "_" for all but letters, digits, "+" and "-".
std::string csaf_file_name(const model::Run& run);

}  // namespace lintel::report
