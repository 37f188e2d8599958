#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "data/json.h"
#include "report/pictures.h"
#include "report/template.h"
#include "report/values.h"
#include "report/view.h"
#include "report/view_lab.h"
#include "report/view_parts.h"

namespace lintel::report {
namespace {

// LINTEL_SCRIPT_SHA256: digest of reports/report.js in hex, from CMakeLists.txt. The policy names the one script that may run.
Result<std::string> script_hash() {
  const auto digest = from_hex(LINTEL_SCRIPT_SHA256);
  if (!digest) return fail(ErrorCode::internal, "the program was built without the digest of reports/report.js");
  return to_base64(*digest);
}

struct Pages {
  const char* head;
  const char* clauses;
  const char* chapter;
  const char* clause;
  const char* foot;
};

std::string picture_title(const RunIndex& index, const char* word, const std::string& what = "") {
  return spoken(index, index.words.text("picture", word)) + (what.empty() ? "" : ": " + what);
}

void add_pictures(const RunIndex& index, Json& view) {
  view["donut"] = verdict_donut(view["totals"]["cells"], picture_title(index, "verdicts"));
  int widest = 0;
  for (const Json& chapter : view["chapters"]) {
    int clauses = 0;
    for (const Json& cell : chapter["cells"]) clauses += std::stoi(cell["weight"].get<std::string>());
    widest = std::max(widest, clauses);
  }
  for (Json& chapter : view["chapters"]) chapter["picture"] = chapter_bar(chapter["cells"], widest, picture_title(index, "chapter", chapter["id"]));
  for (std::size_t i = 0; i < view["grades"].size(); ++i) {
    const auto& grade = index.run.verdicts.grades[i];
    view["grades"][i]["picture"] = grade_ladder(grade.reached, grade.claimed, picture_title(index, "ladder", fmt::format("{} / {}", grade.reached, grade.claimed)));
  }
  view["gallery"] = gallery(index);
  view["has_gallery"] = !view["gallery"].empty();
}

using Write = std::function<Result<void>(std::string_view)>;

bool shown(const ReportChoice& choice, const ClauseRow& row) { return choice.only.empty() || choice.only.contains(row.verdict->verdict); }

// A link to a clause that this report does not show becomes plain text.
void drop_dead_links(Json& view, const std::set<std::string>& anchors) {
  if (view.is_object() && view.contains("anchor") && view["anchor"].is_string()) {
    const std::string& to = view["anchor"].get_ref<const std::string&>();
    if (to.starts_with("c-") && !anchors.contains(to)) view["anchor"] = nullptr;
  }
  if (view.is_structured())
    for (Json& each : view) drop_dead_links(each, anchors);
}

std::set<std::string> shown_anchors(const RunIndex& index, const ReportChoice& choice) {
  std::set<std::string> anchors;
  if (choice.depth != Depth::lab) return anchors;
  for (const ClauseRow& row : index.clauses())
    if (shown(choice, row)) anchors.insert(anchor("c-", row.clause->id));
  return anchors;
}

// All that the head and the foot of a report place.
Json whole_view(const RunIndex& index, const ReportChoice& choice, const EvidenceSource& source) {
  Json view = document_view(index);
  add_pictures(index, view);
  view["lab"] = lab_view(index, source);
  view["method"] = method_view(index);
  view["glossary"] = glossary_view(index.words);
  view["left_out"] = left_out(choice, index.words);
  view["seal"] = Json();
  if (choice.seal)
    view["seal"] = Json{{"sealed", format_when(choice.seal->sealed)}, {"signer", plain(choice.seal->signer, 400)}, {"certificate", plain(choice.seal->certificate_sha256, 64)},
                        {"manifest", plain(choice.seal->manifest_sha256, 64)}, {"stamped", choice.seal->stamped},
                        {"problem", choice.seal->problem.empty() ? Json() : Json(plain(choice.seal->problem, 400))}};
  view["is_extract"] = !view["left_out"].empty();
  view["page_language"] = choice.language == Language::en ? "en" : "zh-CN";
  view["both"] = choice.language == Language::both;
  view["show_all"] = choice.depth == Depth::lab;
  view["show_todo"] = choice.depth == Depth::manager;
  view["show_lists"] = choice.depth != Depth::summary;
  view["is_summary"] = choice.depth == Depth::summary;
  const auto wanted = [&](model::Verdict verdict) { return choice.only.empty() || choice.only.contains(verdict); };
  for (const auto& [key, verdict] : {std::pair{"failures", model::Verdict::fail}, {"inconclusive", model::Verdict::inconclusive}, {"not_tested", model::Verdict::not_tested}}) {
    if (!wanted(verdict)) view[key] = Json::array();
    view[std::string("has_") + key] = !view[key].empty();
  }
  if (!wanted(model::Verdict::not_tested)) {
    view["questions"] = Json::array();
    view["has_questions"] = false;
  }
  // The two lists of what is open, the way a manager and a page of paper want them.
  view["open_rows"] = Json::array();
  for (const char* key : {"inconclusive", "not_tested"})
    for (const Json& row : view[key]) view["open_rows"].push_back(row);
  view["has_open"] = !view["open_rows"].empty();
  view["not_tested_causes"] = by_cause(view["not_tested"]);
  const std::set<std::string> anchors = shown_anchors(index, choice);
  for (Json& chapter : view["chapters"]) {
    chapter["linked"] = false;
    for (const ClauseRow& row : index.clauses())
      if (choice.depth == Depth::lab && shown(choice, row) && anchor("", row.clause->chapter) == chapter["anchor"]) chapter["linked"] = true;
  }
  drop_dead_links(view, anchors);  // an opinion may be on any clause
  // Three lists share one partial, which wants its rows under one name.
  for (const char* key : {"failures", "inconclusive", "not_tested"}) {
    view[std::string(key) + "_table"] = Json{{"rows", std::move(view[key])}};
    view.erase(key);
  }
  keep_language(view, choice.language);
  return view;
}

Result<void> write_clauses(const RunIndex& index, const ReportChoice& choice, const Pages& names, const Json& view, const EvidenceSource& source, const Write& write) {
  const Template opening = TRY(Template::load(names.clauses, index.words, choice.language));
  const Template chapter = TRY(Template::load(names.chapter, index.words, choice.language));
  const Template clause = TRY(Template::load(names.clause, index.words, choice.language));
  const auto place = [&](const Template& with, const Json& values) -> Result<void> {
    const std::string text = TRY(with.render(values));
    return write(text);
  };
  TRY(place(opening, view));
  const std::set<std::string> anchors = shown_anchors(index, choice);
  std::string open_chapter = "\n";  // no chapter's id
  std::size_t excerpts = index.limits.excerpts;
  for (const ClauseRow& row : index.clauses()) {
    if (!shown(choice, row)) continue;
    if (row.clause->chapter != open_chapter) {
      if (open_chapter != "\n") TRY(write("</section>\n"));
      open_chapter = row.clause->chapter;
      for (const Json& each : view["chapters"])
        if (each["anchor"] == anchor("", open_chapter)) TRY(place(chapter, each));
    }
    Json values = clause_view(index, row, source, excerpts);
    if (view["is_extract"]) drop_dead_links(values, anchors);
    keep_language(values, choice.language);
    TRY(place(clause, values));
  }
  if (open_chapter != "\n") TRY(write("</section>\n"));
  return write("</section>\n");
}

Result<void> write_pages(const RunIndex& index, const ReportChoice& choice, const Pages& names, Json view, const EvidenceSource& source,
                         const Write& write) {
  const Template head = TRY(Template::load(names.head, index.words, choice.language));
  const Template foot = TRY(Template::load(names.foot, index.words, choice.language));
  const std::string first = TRY(head.render(view));
  TRY(write(first));
  if (choice.depth == Depth::lab) TRY(write_clauses(index, choice, names, view, source, write));
  const std::string last = TRY(foot.render(view));
  return write(last);
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

static Result<void> write_index(const RunIndex& index, const ReportChoice& choice, const EvidenceSource& source, const Write& write) {
  Json view = whole_view(index, choice, source);
  view["css"] = TRY(embedded("report.css"));
  view["js"] = TRY(embedded("report.js"));
  view["script_hash"] = TRY(script_hash());
  return write_pages(index, choice, {"page_head", "page_clauses", "chapter", "clause", "page_foot"}, std::move(view), source, write);
}

// The run, or the part of it that was chosen.
static Result<void> with_index(const model::Run& run, const ReportChoice& choice, const std::function<Result<void>(const RunIndex&)>& then) {
  if (choice.asset.empty()) return then(RunIndex(run, TRY(Words::load()), ViewLimits{}, choice.language));
  if (model::find_asset(run.target, choice.asset) == nullptr) return fail(ErrorCode::not_found, "the run has no asset {}", choice.asset);
  const model::Run part = only_asset(run, choice.asset);
  return then(RunIndex(part, TRY(Words::load()), ViewLimits{}, choice.language));
}

Result<void> write_html(const model::Run& run, const EvidenceSource& source, const Write& write, const ReportChoice& choice) {
  return with_index(run, choice, [&](const RunIndex& index) { return write_index(index, choice, source, write); });
}

Result<std::string> render_html(const model::Run& run, const EvidenceSource& source, const ReportChoice& choice) {
  return gather([&](const Write& write) { return write_html(run, source, write, choice); });
}

Result<std::string> render_print(const model::Run& run, const EvidenceSource& source, const ReportChoice& choice) {
  return gather([&](const Write& write) {
    return with_index(run, choice, [&](const RunIndex& index) -> Result<void> {
      Json view = whole_view(index, choice, source);
      view["css"] = TRY(embedded("print.css"));
      return write_pages(index, choice, {"print_head", "print_clauses", "print_chapter", "print_clause", "print_foot"}, std::move(view), source, write);
    });
  });
}

}  // namespace lintel::report
