#include "report/ocsf.h"

#include <fmt/format.h>

#include "report/identity.h"
#include "report/lines.h"
#include "report/pieces.h"
#include "report/values.h"

namespace lintel::report {
namespace {

using model::Verdict;

struct OcsfWord {
  int id;
  const char* name;
};

// There is no word for a clause that does not apply: "Other" with our own code in status_code.
OcsfWord ocsf_status(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return {1, "Pass"};
    case Verdict::fail: return {3, "Fail"};
    case Verdict::inconclusive: return {2, "Warning"};
    case Verdict::not_tested: return {0, "Unknown"};
    case Verdict::not_applicable: return {99, "Not applicable"};
  }
  return {0, "Unknown"};
}

OcsfWord ocsf_severity(const Line& line) {
  if (line.verdict != Verdict::fail) return {1, "Informational"};
  switch (severity_of(*line.row.clause, line.advisory)) {
    case Severity::none: break;
    case Severity::low: return {2, "Low"};
    case Severity::medium: return {3, "Medium"};
    case Severity::high: return {4, "High"};
    case Severity::critical: return {5, "Critical"};
  }
  return {1, "Informational"};
}

Json ocsf_event(const RunIndex& index, const Line& line, Language language) {
  const model::Run& run = index.run;
  const model::Clause& clause = *line.row.clause;
  const auto* seen = observation_of(index, line);
  const auto time = (seen != nullptr ? seen->finished : run.verdicts.judged_at).time_since_epoch().count();
  const std::string uid = fingerprint_of(run, line);
  const OcsfWord status = ocsf_status(line.verdict);
  const OcsfWord severity = ocsf_severity(line);
  const std::string finding = finding_of(index, line, language);
  Json compliance{{"standards", {one_line(in(run.profile.title, language) + " " + run.profile.version)}},
                  {"requirements", {one_line(clause.id)}},
                  {"control", title_of(clause, language)},
                  {"status", status.name},
                  {"status_id", status.id},
                  {"status_code", model::name_of(line.verdict)},
                  {"status_detail", finding}};
  Json made{{"activity_id", 1},
            {"activity_name", "Create"},
            {"category_uid", 2},
            {"category_name", "Findings"},
            {"class_uid", 2003},
            {"class_name", "Compliance Finding"},
            {"type_uid", 200301},
            {"type_name", "Compliance Finding: Create"},
            {"time", time},
            {"severity_id", severity.id},
            {"severity", severity.name},
            {"status_id", line.waiver != nullptr && line.verdict == Verdict::fail ? 3 : 1},
            {"status", line.waiver != nullptr && line.verdict == Verdict::fail ? "Suppressed" : "New"},
            {"message", finding},
            {"metadata",
             {{"version", "1.4.0"},
              {"uid", uuid({run.id, uid})},
              {"correlation_uid", plain(run.id, 64)},
              {"product", {{"name", "Lintel"}, {"vendor_name", "Lintel"}, {"version", one_line(run.tool_version, 100)}}}}},
            {"finding_info", {{"uid", uid}, {"title", title_of(clause, language)}, {"desc", finding}, {"types", {"Compliance"}}, {"created_time", time}}},
            {"compliance", std::move(compliance)}};
  Json unmapped{{"verdict", model::name_of(line.verdict)}, {"advisory", line.advisory}, {"report", report_number(run)}, {"profile_sha256", plain(run.profile_sha256, 64)}};
  if (line.reason != model::Reason::none) unmapped["reason"] = model::name_of(line.reason);
  if (line.check != nullptr) unmapped["check"] = one_line(line.check->check);
  if (const model::Asset* asset = line.asset != nullptr ? index.asset(line.asset->asset) : nullptr) {
    const std::string item = line.instance != nullptr ? one_line(line.instance->item) : "";
    made["resources"] = Json::array({{{"uid", one_line(asset->id) + (item.empty() ? "" : "/" + item)},
                                      {"name", one_line(in(asset->name, language))},
                                      {"type", model::name_of(asset->role)}}});
  }
  if (line.waiver != nullptr)
    unmapped["waiver"] = {{"reason", one_line(line.waiver->reason)}, {"approved_by", one_line(line.waiver->approved_by)}, {"expires", format_time(line.waiver->expires)}};
  if (seen != nullptr && !seen->evidence.empty()) {
    made["evidences"] = Json::array();
    for (const auto& one : seen->evidence)
      made["evidences"].push_back({{"data", {{"name", one_line(one.name)}, {"sha256", plain(one.sha256, 64)}, {"size_bytes", one.size_bytes}, {"media_type", one_line(one.media_type, 100)}}}});
  }
  if (const std::string remedy = remedy_of(index, line, language); !remedy.empty()) made["remediation"] = {{"desc", remedy}};
  made["unmapped"] = std::move(unmapped);
  return made;
}

}  // namespace

Result<void> write_ocsf(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  Pieces out(write);
  TRY(out.add("["));
  bool first = true;
  TRY(for_each_line(index, [&](const Line& line) -> Result<void> {
    return out.add((std::exchange(first, false) ? "\n" : ",\n") + dump_json(ocsf_event(index, line, options.language)));
  }));
  TRY(out.add("]\n"));
  return out.flush();
}

}  // namespace lintel::report
