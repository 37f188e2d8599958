// The report as PDF, by WeasyPrint (Debian package weasyprint) from the print page of the same view. Blocks for seconds; the one part
// of report/ that touches the world.
#pragma once
#include <filesystem>
#include <string>

#include "base/cancel.h"
#include "base/error.h"
#include "model/run.h"
#include "report/choice.h"
#include "report/view.h"

namespace lintel::report {

// Fonts with Chinese are embedded; nothing is fetched. All or nothing: path is written once the PDF is whole.
// Errors: unsupported (WeasyPrint or the fonts are not installed; names the Debian package), timeout, cancelled,
// internal (WeasyPrint failed; its last line), permission, io.
Result<void> write_pdf(const model::Run& run, const EvidenceSource& source, const ReportChoice& choice, const std::filesystem::path& path,
                       Deadline deadline, const Cancel& cancel);

struct PdfTools {
  std::string python = "/usr/bin/python3";  // the one that Debian's weasyprint is for
  std::string font_match = "fc-match";
};
// The print page to PDF bytes; tools by parameter for tests.
Result<std::string> page_to_pdf(std::string_view page, const PdfTools& tools, Deadline deadline, const Cancel& cancel);

}  // namespace lintel::report
