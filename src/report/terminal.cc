#include "report/terminal.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/text.h"
#include "data/json.h"
#include "report/columns.h"
#include "report/messages.h"
#include "report/paint.h"
#include "report/values.h"
#include "report/view.h"
#include "report/view_parts.h"

namespace lintel::report {
namespace {

using model::Verdict;

class Writer {
 public:
  Writer(const RunIndex& index, const TerminalOptions& options)
      : index_(index), options_(options), width_(std::clamp<std::size_t>(options.width, 40, 400)) {}

  std::string write();

 private:
  std::string paint(std::string_view tone, std::string_view text) const {
    if (options_.colour == Colour::off) return std::string(text);
    return report::paint(tone, text);
  }
  std::string say(const Json& text) const { return text_or(text, options_.language == Language::en ? "en" : "zh"); }
  std::string say(const model::Text& text) const { return say(display(text)); }
  std::string label(std::string_view name) const { return say(index_.words.text("ui", name)); }

  void line(const std::string& text = "") { out_ += text + "\n"; }
  // A paragraph whose first line starts with head, all others under its text.
  void paragraph(const std::string& head, std::string_view text) {
    const std::size_t indent = std::min(columns(head), width_ / 2);
    bool first = true;
    for (const auto& piece : wrap(text, width_ - indent)) {
      line((first ? head : std::string(indent, ' ')) + piece);
      first = false;
    }
  }
  void heading(std::string_view name, std::size_t count) {
    line();
    line(paint("strong", fmt::format("{} ({})", label(name), count)));
  }

  void head(const Json& view);
  void matrix(const Json& view);
  void grades(const Json& view);
  void details(Verdict verdict, std::string_view title);
  void contradictions(const Json& customer);
  void clause(const ClauseRow& row);
  void instance(const model::AssetVerdict& asset, const model::CheckResult& check, const model::Instance& instance);
  void field(std::string_view name, const model::Text& text);

  const RunIndex& index_;
  const TerminalOptions& options_;
  const std::size_t width_;
  std::string out_;
};

void Writer::head(const Json& view) {
  line(paint("strong", cut(say(view["target"]) + " · " + text_or(view, "number"), width_)));
  line(cut(fmt::format("{} {} · lintel {} · {} · {}", text_or(view["profile"], "id"), text_or(view["profile"], "version"),
                       text_or(view, "tool"), text_or(view, "started"), text_or(view, "duration")),
           width_));
  if (!bool_or(view, "complete", false)) line(paint("inconclusive", cut(label("incomplete"), width_)));
  line();
}

void Writer::matrix(const Json& view) {
  std::vector<std::string> titles;
  std::string legend;
  for (const Json& cell : view["totals"]["cells"]) titles.push_back(say(cell["verdict"]));
  titles.push_back(label("total"));
  const auto widths = [&](std::size_t least) {
    std::vector<std::size_t> all;
    for (const auto& title : titles) all.push_back(std::max(columns(title), least) + 2);
    return all;
  };
  std::vector<std::size_t> column = widths(4);
  std::size_t numbers = std::accumulate(column.begin(), column.end(), std::size_t{0});
  if (numbers + 16 > width_) {  // too narrow for words: the letters
    titles.clear();
    for (const Json& cell : view["totals"]["cells"]) {
      titles.push_back(text_or(cell["verdict"], "letter"));
      legend += (legend.empty() ? "" : "  ") + titles.back() + " " + say(cell["verdict"]);
    }
    titles.push_back("Σ");
    column = widths(3);
    numbers = std::accumulate(column.begin(), column.end(), std::size_t{0});
  }
  std::size_t longest = columns(label("chapter"));
  for (const Json& chapter : view["chapters"]) longest = std::max(longest, columns(text_or(chapter, "id") + "  " + say(chapter["title"])));
  const std::size_t first = std::min(width_ - numbers, longest);
  const auto row = [&](const std::string& name, const Json& tally, bool strong) {
    std::string text = pad(cut(name, first), first);
    if (strong) text = paint("strong", text);
    std::size_t at = 0;
    for (const Json& cell : tally["cells"]) {
      const std::string number = pad_left(text_or(cell, "all"), column[at++]);
      text += bool_or(cell, "zero", true) ? paint("quiet", number) : paint(text_or(cell["verdict"], "code"), number);
    }
    line(text + pad_left(text_or(tally, "total"), column[at]));
  };
  std::string head = pad(label("chapter"), first);
  for (std::size_t i = 0; i < titles.size(); ++i) head += pad_left(titles[i], column[i]);
  line(paint("strong", head));
  for (const Json& chapter : view["chapters"]) row(text_or(chapter, "id") + "  " + say(chapter["title"]), chapter, false);
  row(label("total"), view["totals"], true);
  if (!legend.empty()) paragraph("", legend);
}

void Writer::grades(const Json& view) {
  if (view["grades"].empty()) return;
  line();
  line(paint("strong", label("grades")));
  for (const Json& grade : view["grades"]) {
    const bool below = bool_or(grade, "short", false);
    const std::string reached = grade["reached"].is_string() ? label("reached") + " " + text_or(grade, "reached") : label("no_level");
    const std::string text =
        fmt::format("{}  {} {} · {}", text_or(grade["asset"], "id"), label("level"), text_or(grade, "claimed"), reached);
    line("  " + paint(below ? "fail" : "pass", cut(text, width_ - 2)));
    std::vector<std::string> missing;
    for (const Json& each : grade["missing"]) missing.push_back(text_or(each, "id"));
    if (missing.empty()) continue;
    const std::size_t total = missing.size();
    if (missing.size() > 12) missing.resize(12);
    std::string list = join(missing, ", ");
    if (grade["more_missing"].is_string() || total > 12) list += "\u00A0…";
    paragraph("    " + label("next_level") + "  ", list);
  }
}

void Writer::field(std::string_view name, const model::Text& text) {
  if (text == model::Text{}) return;
  paragraph("      " + pad(label(name), 10), one_line(say(text), 600));
}

void Writer::instance(const model::AssetVerdict& asset, const model::CheckResult& check,
                      const model::Instance& instance) {
  line(cut("    " + one_line(asset.asset + (instance.item.empty() ? "" : " · " + instance.item) + " · " + check.check, 300),
           width_));
  const auto decisive = std::find_if(instance.assertions.begin(), instance.assertions.end(), [&](const auto& result) {
    return result.holds == (instance.verdict == Verdict::fail ? model::Kleene::no : model::Kleene::unknown);
  });
  if (decisive != instance.assertions.end()) {
    if (*decisive->title != model::Text{}) paragraph("      ", one_line(say(*decisive->title), 600));
    field("expected", decisive->expected);
    field("observed", decisive->observed);
  }
  const bool told = decisive != instance.assertions.end() && instance.verdict == Verdict::fail;
  if (told) return;
  const std::string reason = say(index_.words.text("reason", model::name_of(instance.reason)));
  field("reason", {one_line(reason + (instance.message.empty() ? "" : " · " + say(in_both(instance.message))), 600), ""});
}

void Writer::clause(const ClauseRow& row) {
  const Json verdict = index_.words.entry("verdict", model::name_of(row.verdict->verdict));
  const Json obligation = index_.words.entry("obligation", model::name_of(row.clause->obligation));
  std::string text = say(row.clause->text) + " (" + say(obligation) + ")";
  if (row.verdict->waiver && !row.verdict->waiver_expired) text += " [" + label("waived") + "]";
  if (row.verdict->waiver_expired) text += " [" + label("waiver_expired") + "]";
  // Painted after wrapping: escape codes have no width.
  const std::string mark = text_or(verdict, "mark");
  const std::size_t from = out_.size();
  paragraph(fmt::format("  {} {}  ", mark, plain(row.clause->id, 60)), one_line(text, 600));
  if (const auto at = out_.find(mark, from); at != std::string::npos)
    out_.replace(at, mark.size(), paint(text_or(verdict, "code"), mark));
  constexpr std::size_t kInstances = 3;
  std::size_t told = 0;
  std::size_t left_out = 0;
  for (const auto& asset : row.verdict->assets) {
    if (asset.verdict != row.verdict->verdict) continue;
    bool said = false;
    for (const auto& check : asset.checks)
      for (const auto& each : check.instances) {
        if (each.verdict != row.verdict->verdict) continue;
        said = true;
        if (told++ < kInstances)
          instance(asset, check, each);
        else
          ++left_out;
      }
    if (said) continue;
    if (told++ >= kInstances) {
      ++left_out;
      continue;
    }
    std::string why = say(index_.words.text("reason", model::name_of(asset.reason)));
    if (asset.attestation) why += " · " + asset.attestation->tester + ": " + asset.attestation->remark;
    if (!asset.decided_by.empty()) why += " · " + join(asset.decided_by, ", ");
    if (!asset.message.empty()) why += " · " + say(in_both(asset.message));
    paragraph("    " + one_line(asset.asset, 60) + (asset.asset.empty() ? "" : " · "), one_line(why, 600));
  }
  if (left_out > 0) line(cut(fmt::format("    … +{} {}", left_out, label("more")), width_));
}

void Writer::details(Verdict wanted, std::string_view title) {
  std::vector<const ClauseRow*> detailed;
  std::map<model::Reason, std::vector<std::string>> brief;
  std::size_t count = 0;
  for (const ClauseRow& row : index_.clauses()) {
    if (row.verdict->verdict != wanted) continue;
    ++count;
    const bool seen = std::any_of(row.verdict->assets.begin(), row.verdict->assets.end(), [&](const auto& asset) {
      return asset.verdict == wanted && !asset.checks.empty();
    });
    if ((wanted == Verdict::fail || (wanted == Verdict::inconclusive && seen)) && detailed.size() < options_.clauses)
      detailed.push_back(&row);
    else
      brief[row.verdict->reason].push_back(plain(row.clause->id, 60));
  }
  if (count == 0) return;
  heading(title, count);
  for (const ClauseRow* row : detailed) clause(*row);
  for (const auto& [reason, ids] : brief) {
    line("  " + cut(fmt::format("{} ({})", say(index_.words.text("reason", model::name_of(reason))), ids.size()), width_ - 2));
    paragraph("    ", join(ids, "  "));
  }
}

void Writer::contradictions(const Json& customer) {
  if (!customer.is_object() || customer["contradictions"].empty()) return;
  heading("contradictions", index_.run.verdicts.contradictions.size());
  for (const Json& each : customer["contradictions"]) {
    const std::string asset = text_or(each["asset"], "id"), against = text_or(each, "against"), statement = text_or(each, "statement");
    paragraph("  ! " + text_or(each, "id") + "  ", one_line(asset + " · " + say(each["kind"]) + (against.empty() ? "" : " · " + against), 600));
    if (!statement.empty()) paragraph("      " + label("stated") + "  ", one_line(statement, 600));
  }
  if (customer["more_contradictions"].is_string()) line("    … +" + text_or(customer, "more_contradictions"));
}

std::string Writer::write() {
  const Json view = document_view(index_);
  head(view);
  matrix(view);
  grades(view);
  details(Verdict::fail, "failures");
  details(Verdict::inconclusive, "inconclusive_list");
  details(Verdict::not_tested, "not_tested_list");
  contradictions(view["customer"]);
  const Json& gate = view["gate"];
  line();
  line(paint(text_or(gate, "tone"), cut(label("statement") + ": " + say(gate), width_)));
  paragraph("", say(gate["why"]));
  if (!options_.files.empty()) {
    line();
    line(paint("strong", label("files")));
    for (const auto& file : options_.files) line("  " + one_line(file, 4000));
  }
  return std::move(out_);
}

}  // namespace

Result<std::string> render_terminal(const model::Run& run, const TerminalOptions& options) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  return Writer(index, options).write();
}

std::string format_progress(const Progress& progress, ProgressStyle style, std::size_t width) {
  std::string text = fmt::format("[{}/{}]", progress.done, progress.total);
  for (const auto* part : {&progress.probe, &progress.asset, &progress.item})
    if (!part->empty()) text += " " + one_line(*part, 200);
  if (style == ProgressStyle::line) return cut(text, std::max<std::size_t>(width, 20)) + "\n";
  // One column less than the terminal has: a full line would wrap and could not be cleared.
  return "\r\x1b[2K" + cut(text, std::max<std::size_t>(width, 21) - 1);
}

}  // namespace lintel::report
