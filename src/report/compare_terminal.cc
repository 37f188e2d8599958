// The comparison as text.
#include <algorithm>

#include "report/columns.h"
#include "report/compare_report.h"
#include "report/paint.h"
#include "report/values.h"
#include "report/words.h"

namespace lintel::report {
namespace {

constexpr std::size_t kFacts = 40;

class CompareText {
 public:
  CompareText(const Json& view, const Words& words, const TerminalOptions& options)
      : view_(view), words_(words), options_(options), width_(std::clamp<std::size_t>(options.width, 40, 400)) {}
  std::string write();

 private:
  std::string painted(std::string_view tone, std::string_view text) const {
    return options_.colour == Colour::off ? std::string(text) : paint(tone, text);
  }
  std::string say(const Json& text) const { return text_or(text, options_.language == Language::en ? "en" : "zh"); }
  std::string label(std::string_view name) const { return say(words_.entry("ui", name)); }
  void line(const std::string& text = "") { out_ += text + "\n"; }
  void paragraph(const std::string& head, std::string_view text) {
    const std::size_t indent = std::min(columns(head), width_ / 2);
    bool first = true;
    for (const auto& piece : wrap(text, width_ - indent)) {
      line((first ? head : std::string(indent, ' ')) + piece);
      first = false;
    }
  }
  void heading(const std::string& title, std::size_t count) {
    line();
    line(painted("strong", fmt::format("{} ({})", title, count)));
  }
  std::string step(const Json& row) const { return say(row["then"]) + " → " + say(row["now"]); }
  void head(const char* name);
  void row(const Json& row);
  void detail(const Json& detail);
  void fact(const Json& fact);

  const Json& view_;
  const Words& words_;
  const TerminalOptions& options_;
  const std::size_t width_;
  std::string out_;
};

void CompareText::head(const char* name) {
  const Json& run = view_[name];
  std::string counts;
  for (const Json& each : run["counts"]) counts += " " + text_or(each["verdict"], "mark") + text_or(each, "count");
  const std::string left = pad(label(name), 6);
  line(cut(fmt::format("{}{}  {}  lintel {}  {}", left, text_or(run, "number"), text_or(run, "started"), text_or(run, "tool"), text_or(run, "profile")), width_));
  std::string text = std::string(6, ' ') + say(run["gate"]) + " " + counts;
  if (!bool_or(run, "complete", false)) text += "  " + label("incomplete");
  line(cut(text, width_));
}

void CompareText::detail(const Json& detail) {
  const std::string mark = text_or(detail["change"], "mark");
  std::string title = say(detail["title"]) + " · " + text_or(detail, "item");
  if (bool_or(detail, "advisory", false)) title += " (" + label("advisory_short") + ")";
  if (detail["why"].is_object()) title += " · " + say(detail["why"]);
  paragraph("      " + mark + " ", title + " [" + say(detail["change"]) + "]");
  for (const char* key : {"then", "now"})
    if (detail[key].is_object()) paragraph("        " + pad(label(key), 6), say(detail[key]));
}

void CompareText::row(const Json& row) {
  std::string text = text_or(row["clause"], "id") + "  " + text_or(row["asset"], "id") + "  " + step(row);
  if (bool_or(row, "advisory", false)) text += "  (" + label("advisory_short") + ")";
  if (bool_or(row, "waived", false)) text += "  [" + label("waived") + "]";
  if (bool_or(row, "waiver_expired", false)) text += "  [" + label("waiver_expired") + "]";
  line("  " + painted(text_or(row["now"], "code"), text_or(row["now"], "mark")) + " " + cut(text, width_ - 4));
  paragraph("    ", say(row["clause"]["text"]));
  std::string why = row["why"].is_object() ? say(row["why"]) : "";
  if (row["reason_now"].is_object())
    why += (why.empty() ? "" : " · ") + label("reason_changed") + ": " + (row["reason_then"].is_object() ? say(row["reason_then"]) + " → " : "") +
           say(row["reason_now"]);
  if (bool_or(row, "answer_changed", false)) why += (why.empty() ? "" : " · ") + label("answer_changed");
  if (!why.empty()) paragraph("    ", why);
  for (const Json& each : row["details"]) detail(each);
  if (row["more"].is_string()) line("      … +" + text_or(row, "more"));
}

void CompareText::fact(const Json& fact) {
  std::string text = text_or(fact, "path") + "  ";
  if (bool_or(fact, "set", false)) {
    if (fact["added"].is_string()) text += "+ " + text_or(fact, "added") + " ";
    if (fact["removed"].is_string()) text += "− " + text_or(fact, "removed") + " ";
  } else {
    text += (fact["then"].is_string() ? text_or(fact, "then") : label("absent")) + " → " + (fact["now"].is_string() ? text_or(fact, "now") : label("absent"));
  }
  const std::string where = text_or(fact, "asset") + " · " + text_or(fact, "item") + " · ";
  paragraph(bool_or(fact, "failing", false) ? "  × " : "    ", where + text);
}

std::string CompareText::write() {
  line(painted("strong", cut(say(view_["target"]) + " · " + label("diff"), width_)));
  head("then");
  head("now");
  line();
  std::string totals = label("findings") + ":";
  for (const Json& each : view_["totals"]) totals += fmt::format("  {} {} {}", text_or(each["change"], "mark"), say(each["change"]), text_or(each, "count"));
  paragraph("", totals);
  for (const Json& grade : view_["grades"])
    if (grade["then"] != grade["now"])
      line("  " + painted(bool_or(grade, "lower", false) ? "fail" : "strong", cut(text_or(grade["asset"], "id") + "  " + label("reached") + " " + (grade["then"].is_string() ? text_or(grade, "then") : "–") +
                                                     " → " + text_or(grade, "now"), width_ - 2)));
  for (const Json& group : view_["groups"]) {
    line();
    line(painted("strong", fmt::format("{} ({})", say(group["title"]), text_or(group, "count"))));
    for (const Json& each : group["rows"]) row(each);
    for (const Json& each : group["briefs"]) {
      std::string text = text_or(each["asset"], "id") + "  " + step(each);
      if (each["why"].is_object()) text += " · " + say(each["why"]);
      if (each["reason"].is_object()) text += " · " + say(each["reason"]);
      for (const char* key : {"answer_changed", "waived", "waiver_expired"})
        if (bool_or(each, key, false)) text += " · " + label(key);
      line("  " + painted(text_or(each["now"], "code"), text_or(each["now"], "mark")) + " " + cut(text, width_ - 4));
      paragraph("    ", text_or(each, "clauses") + (each["more"].is_string() ? "  … +" + text_or(each, "more") : ""));
    }
    if (group["more"].is_string()) line("  … +" + text_or(group, "more"));
  }
  if (!view_["standing"].empty()) {
    heading(label("standing"), view_["standing"].size());
    for (const Json& each : view_["standing"]) {
      std::string text = text_or(each["clause"], "id") + "  " + text_or(each["asset"], "id") + "  " + say(each["clause"]["text"]);
      if (bool_or(each, "waived", false)) text += "  [" + label("waived") + "]";
      if (bool_or(each, "waiver_expired", false)) text += "  [" + label("waiver_expired") + "]";
      line("  = " + cut(text, width_ - 4));
    }
  }
  if (!view_["facts"].empty()) {
    heading(label("values_changed"), view_["facts"].size());
    std::size_t told = 0;
    for (const Json& each : view_["facts"])
      if (told++ < kFacts) fact(each);
    if (view_["facts"].size() > kFacts) line(cut(fmt::format("  … +{} {}", view_["facts"].size() - kFacts, label("more")), width_));
  }
  if (!view_["declared"].empty()) {
    heading(label("declared_changed"), view_["declared"].size());
    for (const Json& each : view_["declared"]) line("  " + cut(each.get<std::string>(), width_ - 2));
  }
  line();
  line(painted(text_or(view_["statement"], "tone"), say(view_["statement"])));
  paragraph("", say(view_["statement"]["why"]));
  return std::move(out_);
}

}  // namespace

Result<std::string> render_comparison(const Comparison& comparison, const TerminalOptions& options) {
  const Words words = TRY(Words::load());
  const Json view = TRY(compare_view(comparison));
  return CompareText(view, words, options).write();
}

}  // namespace lintel::report
