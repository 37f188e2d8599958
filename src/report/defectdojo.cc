#include "report/defectdojo.h"

#include <utility>

#include <fmt/format.h>

#include "report/lines.h"
#include "report/pieces.h"
#include "report/values.h"

namespace lintel::report {
namespace {

const char* dojo_severity(Severity severity) {
  switch (severity) {
    case Severity::critical: return "Critical";
    case Severity::high: return "High";
    case Severity::medium: return "Medium";
    case Severity::low: return "Low";
    case Severity::none: break;
  }
  return "Info";
}

// DefectDojo shows texts as Markdown; a fence of our own length keeps them text.
std::string dojo_text(const std::string& text) { return "~~~~~~~~\n" + text + "\n~~~~~~~~"; }

Json dojo_finding(const RunIndex& index, const Line& line, Language language) {
  const model::Run& run = index.run;
  const model::Clause& clause = *line.row.clause;
  const bool failed = line.verdict == model::Verdict::fail;
  const model::Asset* asset = line.asset != nullptr ? index.asset(line.asset->asset) : nullptr;
  std::string place = asset != nullptr ? asset->id : run.target.id;
  if (line.instance != nullptr && !line.instance->item.empty()) place += "/" + line.instance->item;
  std::string references;
  for (const auto& [standard, ids] : clause.references)
    for (const auto& id : ids) references += one_line(standard + " " + id, 200) + "\n";
  const auto* seen = observation_of(index, line);
  // The field of the database takes 511 characters.
  Json made{{"title", plain(fmt::format("{} [{}]", title_of(clause, language), one_line(place)), 500)},
            {"severity", dojo_severity(severity_of(clause, line.advisory))},
            {"description", dojo_text(finding_of(index, line, language))},
            {"date", format_day(seen != nullptr ? seen->started : run.verdicts.judged_at == WallTime{} ? run.started : run.verdicts.judged_at)},
            {"active", failed && line.waiver == nullptr},
            {"verified", failed},
            {"under_review", !failed},
            {"risk_accepted", line.waiver != nullptr},
            {"dynamic_finding", true},
            {"static_finding", false},
            {"unique_id_from_tool", fingerprint_of(run, line)},
            {"vuln_id_from_tool", one_line(run.profile.id + "/" + clause.id, 200)},
            {"component_name", one_line(place, 190)},
            {"service", one_line(run.target.id, 190)},
            {"tags", {anchor("", run.profile.id), anchor("chapter-", clause.chapter), std::string(line.contradiction != nullptr ? "contradiction" : model::name_of(line.verdict))}}};
  if (line.waiver != nullptr) made["severity_justification"] = dojo_text(one_line(line.waiver->reason + " (" + line.waiver->approved_by + ", " + format_time(line.waiver->expires) + ")"));
  if (const auto* weakness = vulnerability_of(index, line)) {
    if (const auto number = cwe_number(*weakness)) made["cwe"] = *number;
    if (!(weakness->threat == model::Text{})) made["impact"] = dojo_text(one_line(in(weakness->threat, language), 2000));
  }
  if (!references.empty()) made["references"] = dojo_text(references);
  if (const std::string remedy = remedy_of(index, line, language); !remedy.empty()) made["mitigation"] = dojo_text(remedy);
  return made;
}

}  // namespace

Result<void> write_defectdojo(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  Pieces out(write);
  TRY(out.add(fmt::format("{{\"name\":{},\"type\":\"Lintel\",\"version\":{},\"description\":{},\"dynamic_tool\":true,\"static_tool\":false,\"findings\":[",
                          dump_json(report_number(run)), dump_json(one_line(run.tool_version, 100)),
                          dump_json(one_line(in(run.profile.title, options.language) + " " + run.profile.version)))));
  bool first = true;
  const auto add = [&](const Line& line) -> Result<void> {
    if (!is_finding(line)) return {};
    return out.add((std::exchange(first, false) ? "\n" : ",\n") + dump_json(dojo_finding(index, line, options.language)));
  };
  TRY(for_each_line(index, add));
  for (const Line& line : contradiction_lines(index)) TRY(add(line));
  TRY(out.add("]}\n"));
  return out.flush();
}

}  // namespace lintel::report
