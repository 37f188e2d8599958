// The report as one HTML file: no external reference, complete without JavaScript, and a Content-Security-Policy that lets nothing
// but its own script run and nothing at all be fetched. Pure.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/run.h"
#include "report/choice.h"
#include "report/view.h"

namespace lintel::report {

// Gives the file in pieces, one a clause, so that a big run never stands in memory as one page. Errors: internal (templates), and
// write's first error, not_found (the chosen asset).
Result<void> write_html(const model::Run& run, const EvidenceSource& source,
                        const std::function<Result<void>(std::string_view)>& write, const ReportChoice& choice = {});
Result<std::string> render_html(const model::Run& run, const EvidenceSource& source, const ReportChoice& choice = {});

// The same view for paper: what write_pdf() gives to WeasyPrint.
Result<std::string> render_print(const model::Run& run, const EvidenceSource& source, const ReportChoice& choice = {});

}  // namespace lintel::report
