#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "data/json.h"
#include "report/pictures.h"
#include "report/template.h"
#include "report/view.h"

namespace lintel::report {
namespace {

// LINTEL_SCRIPT_SHA256: digest of reports/report.js in hex, from CMakeLists.txt. The policy names the one script that may run.
Result<std::string> script_hash() {
  const auto digest = from_hex(LINTEL_SCRIPT_SHA256);
  if (!digest) return fail(ErrorCode::internal, "the program was built without the digest of reports/report.js");
  return to_base64(*digest);
}

struct Pages {
  std::string head;
  std::string chapter;
  std::string clause;
  std::string foot;
};

std::string label_of(const RunIndex& index, const char* word, const std::string& what = "") {
  const auto text = index.words.text("picture", word);
  return text.zh + " " + text.en + (what.empty() ? "" : ": " + what);
}

void add_pictures(const RunIndex& index, Json& view) {
  view["donut"] = verdict_donut(view["totals"]["cells"], label_of(index, "verdicts"));
  int widest = 0;
  for (const Json& chapter : view["chapters"]) {
    int clauses = 0;
    for (const Json& cell : chapter["cells"]) clauses += std::stoi(cell["weight"].get<std::string>());
    widest = std::max(widest, clauses);
  }
  for (Json& chapter : view["chapters"]) chapter["picture"] = chapter_bar(chapter["cells"], widest, label_of(index, "chapter", chapter["id"]));
  for (std::size_t i = 0; i < view["grades"].size(); ++i) {
    const auto& grade = index.run.verdicts.grades[i];
    view["grades"][i]["picture"] = grade_ladder(grade.reached, grade.claimed, label_of(index, "ladder", fmt::format("{} / {}", grade.reached, grade.claimed)));
  }
  view["gallery"] = gallery(index);
  view["has_gallery"] = !view["gallery"].empty();
}

using Write = std::function<Result<void>(std::string_view)>;

Result<void> write_pages(const RunIndex& index, const Pages& names, Json view, const EvidenceSource& source,
                         const Write& write) {
  const Template head = TRY(Template::load(names.head, index.words));
  const Template chapter = TRY(Template::load(names.chapter, index.words));
  const Template clause = TRY(Template::load(names.clause, index.words));
  const Template foot = TRY(Template::load(names.foot, index.words));
  // Three lists share one partial, which wants its rows under one name.
  for (const char* key : {"failures", "inconclusive", "not_tested"})
    view[std::string(key) + "_table"] = Json{{"rows", std::move(view[key])}};
  const Json foot_only = [&] {
    Json moved = Json::object();
    for (const char* key : {"evidence", "questions", "inconclusive_table", "not_tested_table"}) {
      moved[key] = std::move(view[key]);
      view.erase(key);
    }
    return moved;
  }();
  const auto place = [&](const Template& with, const Json& values) -> Result<void> {
    const std::string text = TRY(with.render(values));
    return write(text);
  };
  TRY(place(head, view));
  std::string open_chapter = "\n";  // no chapter's id
  std::size_t excerpts = index.limits.excerpts;
  const Json chapters = view["chapters"];
  for (const ClauseRow& row : index.clauses()) {
    if (row.clause->chapter != open_chapter) {
      if (open_chapter != "\n") TRY(write("</section>\n"));
      open_chapter = row.clause->chapter;
      for (const Json& each : chapters)
        if (each["anchor"] == anchor("", open_chapter)) TRY(place(chapter, each));
    }
    TRY(place(clause, clause_view(index, row, source, excerpts)));
  }
  if (open_chapter != "\n") TRY(write("</section>\n"));
  for (const char* key : {"assets", "chapters", "grades", "gallery", "failures_table"}) view.erase(key);
  view.update(foot_only);
  return place(foot, view);
}

Result<std::string> gather(const std::function<Result<void>(const Write&)>& produce) {
  std::string page;
  TRY(produce([&](std::string_view piece) -> Result<void> {
    page += piece;
    return {};
  }));
  return page;
}

}  // namespace

Result<void> write_html(const model::Run& run, const EvidenceSource& source, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  Json view = document_view(index);
  add_pictures(index, view);
  view["css"] = TRY(embedded("report.css"));
  view["js"] = TRY(embedded("report.js"));
  view["script_hash"] = TRY(script_hash());
  return write_pages(index, {"page_head", "chapter", "clause", "page_foot"}, std::move(view), source, write);
}

Result<std::string> render_html(const model::Run& run, const EvidenceSource& source) {
  return gather([&](const Write& write) { return write_html(run, source, write); });
}

Result<std::string> render_print(const model::Run& run, const EvidenceSource& source) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  Json view = document_view(index);
  add_pictures(index, view);
  view["css"] = TRY(embedded("print.css"));
  return gather([&](const Write& write) {
    return write_pages(index, {"print_head", "print_chapter", "print_clause", "print_foot"}, std::move(view), source, write);
  });
}

}  // namespace lintel::report
