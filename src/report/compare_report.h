// A comparison for people: text for a terminal, and one HTML file. Both place the values of one view (compare_view) and compute nothing.
// Pure. The machine's form is to_json() in compare.h.
#pragma once
#include <string>

#include "base/error.h"
#include "report/compare.h"
#include "report/terminal.h"

namespace lintel::report {

// The display values. Errors: internal only, as of all here.
Result<Json> compare_view(const Comparison& comparison);
Result<std::string> render_comparison(const Comparison& comparison, const TerminalOptions& options);
// Complete without JavaScript, nothing is fetched. `language` is what is shown first; the reader can choose.
Result<std::string> render_comparison_html(const Comparison& comparison, Language language);

}  // namespace lintel::report
