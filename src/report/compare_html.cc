// The comparison as one HTML file.
#include "report/compare_report.h"
#include "report/template.h"
#include "report/words.h"

namespace lintel::report {

Result<std::string> render_comparison_html(const Comparison& comparison, Language language) {
  const Words words = TRY(Words::load());
  Json view = TRY(compare_view(comparison));
  view["css"] = std::string(TRY(embedded("report.css"))) + std::string(TRY(embedded("trend.css")));
  view["first_en"] = language == Language::en;
  const Template page = TRY(Template::load("comparison", words));
  return page.render(view);
}

}  // namespace lintel::report
