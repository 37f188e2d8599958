// A history as data, as text and as a page with a chart.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "data/json.h"
#include "report/columns.h"
#include "report/history.h"
#include "report/paint.h"
#include "report/template.h"
#include "report/values.h"
#include "report/words.h"

namespace lintel::report {
namespace {

constexpr std::array kTrendColumns = {"pass", "fail", "inconclusive", "not_tested", "not_applicable"};

std::string grades_of(const Moment& run) {
  std::vector<std::string> list;
  for (const auto& grade : run.grades) list.push_back(fmt::format("{} {}/{}", one_line(grade.asset, 60), grade.reached, grade.claimed));
  if (list.size() > 6) {
    list.resize(6);
    list.push_back("…");
  }
  return join(list, ", ");
}

Json view_of(const History& history, const Words& words) {
  Json runs = Json::array(), skipped = Json::array();
  std::size_t number = 0;
  for (const Moment& run : history.runs) {
    Json counts = Json::array();
    for (const char* verdict : kTrendColumns) {
      const auto found = run.counts.find(verdict);
      counts.push_back({{"verdict", words.entry("verdict", verdict)}, {"count", format_count(found == run.counts.end() ? 0 : found->second)}});
    }
    Json gate = words.entry("gate", model::name_of(run.gate));
    if (!gate.contains("tone")) gate["tone"] = "inconclusive";
    Json row{{"position", std::to_string(++number)}, {"file", one_line(run.file, 300)}, {"number", run.number}, {"run", plain(run.id, 64)},
             {"when", format_when(run.started)}, {"tool", plain(run.tool_version, 60)}, {"version", plain(run.profile_version, 60)}, {"complete", run.complete},
             {"counts", std::move(counts)}, {"grades", grades_of(run)}, {"gate", std::move(gate)}, {"step", Json()}};
    if (run.step)
      row["step"] = {{"appeared", std::to_string(run.step->appeared)}, {"closed", std::to_string(run.step->closed)},
                     {"incomparable", std::to_string(run.step->incomparable)}, {"worse", run.step->worse}};
    runs.push_back(std::move(row));
  }
  for (const Skipped& each : history.skipped) skipped.push_back({{"file", one_line(each.file, 400)}, {"why", words.entry("skipped", each.why)}, {"detail", one_line(each.detail, 400)}});
  const Moment& last = history.runs.back();
  const model::Text name = last.target_name == model::Text{} ? model::Text{last.target, last.target} : last.target_name;
  return Json{{"target", display(name)}, {"target_id", plain(last.target, 200)}, {"profile", plain(last.profile, 200)},
              {"count", format_count(static_cast<std::int64_t>(history.runs.size()))}, {"runs", std::move(runs)}, {"has_skipped", !skipped.empty()},
              {"skipped", std::move(skipped)}};
}

}  // namespace

Json to_json(const History& history) {
  Json runs = Json::array(), skipped = Json::array();
  for (const Moment& run : history.runs) {
    Json grades = Json::array();
    for (const auto& grade : run.grades) grades.push_back({{"asset", grade.asset}, {"claimed", grade.claimed}, {"reached", grade.reached}});
    Json json{{"file", run.file}, {"id", run.id}, {"number", run.number}, {"started", format_time(run.started)}, {"complete", run.complete},
              {"tool_version", run.tool_version}, {"profile_version", run.profile_version}, {"counts", run.counts}, {"grades", std::move(grades)},
              {"gate", model::name_of(run.gate)}, {"judged_at", format_time(run.judged_at)}};
    if (run.step)
      json["against_previous"] = {{"new", run.step->appeared}, {"closed", run.step->closed}, {"changed", run.step->changed},
                                  {"incomparable_clauses", run.step->incomparable}, {"worse", run.step->worse}};
    runs.push_back(std::move(json));
  }
  for (const Skipped& each : history.skipped) skipped.push_back({{"file", each.file}, {"why", each.why}, {"detail", each.detail}});
  return Json{{"lintel", "history/1"}, {"target", history.runs.empty() ? "" : history.runs.back().target},
              {"profile", history.runs.empty() ? "" : history.runs.back().profile}, {"runs", std::move(runs)}, {"skipped", std::move(skipped)}};
}

Result<std::string> render_history(const History& history, const TerminalOptions& options) {
  const Words words = TRY(Words::load());
  const Json view = view_of(history, words);
  const auto say = [&](const Json& text) { return text_or(text, options.language == Language::en ? "en" : "zh"); };
  const auto label = [&](std::string_view name) { return say(words.entry("ui", name)); };
  std::vector<std::vector<std::string>> table{{"#", label("date"), "lintel", label("profile")}};
  for (const char* verdict : kTrendColumns) table[0].push_back(text_or(words.entry("verdict", verdict), "mark"));
  for (const char* name : {"new_findings", "closed_findings", "incomparable_rows", "gate", "grades"}) table[0].push_back(label(name));
  for (const Json& run : view["runs"]) {
    std::vector<std::string> row{text_or(run, "position"), text_or(run, "when"), text_or(run, "tool"), text_or(run, "version")};
    for (const Json& each : run["counts"]) row.push_back(text_or(each, "count"));
    for (const char* key : {"appeared", "closed", "incomparable"}) row.push_back(run["step"].is_object() ? text_or(run["step"], key) : "–");
    row.push_back(say(run["gate"]) + (bool_or(run, "complete", false) ? "" : " *"));
    row.push_back(text_or(run, "grades"));
    table.push_back(std::move(row));
  }
  std::vector<std::size_t> widths(table[0].size());
  for (const auto& row : table)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  const auto strong = [&](const std::string& text) { return options.colour == Colour::on ? paint("strong", text) : text; };
  std::string out = strong(say(view["target"]) + " · " + label("history_title") + " (" + text_or(view, "count") + ")") + "\n\n";
  for (std::size_t r = 0; r < table.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < table[r].size(); ++i) {
      const bool number = i == 0 || (i >= 4 && i < 12);
      const bool last = i + 1 == table[r].size();
      line += (i > 0 ? "  " : "") + (number ? pad_left(table[r][i], widths[i]) : last ? table[r][i] : pad(table[r][i], widths[i]));
    }
    out += (r == 0 ? strong(line) : line) + "\n";
  }
  if (std::any_of(history.runs.begin(), history.runs.end(), [](const Moment& run) { return !run.complete; })) out += "* " + label("incomplete") + "\n";
  if (!view["skipped"].empty()) out += "\n" + strong(fmt::format("{} ({})", label("skipped"), view["skipped"].size())) + "\n";
  for (const Json& each : view["skipped"]) out += "  " + text_or(each, "file") + ": " + say(each["why"]) + (text_or(each, "detail").empty() ? "" : ": " + text_or(each, "detail")) + "\n";
  return out;
}

Result<std::string> render_history_html(const History& history, Language language) {
  const Words words = TRY(Words::load());
  Json view = view_of(history, words);
  view["css"] = std::string(TRY(embedded("report.css"))) + std::string(TRY(embedded("trend.css")));
  view["first_en"] = language == Language::en;
  view["chart"] = history_chart(history, words);
  view["marks"] = Json::array();
  for (const char* verdict : kTrendColumns) view["marks"].push_back(words.entry("verdict", verdict));
  const Template page = TRY(Template::load("history", words));
  return page.render(view);
}

}  // namespace lintel::report
