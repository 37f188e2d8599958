#include "report/ocsf.h"

#include <utility>

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

// 1 informational, 2 low, 3 medium, 4 high, 5 critical
int ocsf_severity(const Line& line) {
  return line.verdict != Verdict::fail ? 1 : 1 + static_cast<int>(severity_of(*line.row.clause, line.advisory));
}

Json ocsf_event(const RunIndex& index, const Line& line, Language language) {
  const model::Run& run = index.run;
  const model::Clause& clause = *line.row.clause;
  const auto* seen = observation_of(index, line);
  const auto time = (seen != nullptr ? seen->finished : run.verdicts.judged_at).time_since_epoch().count();
  const std::string uid = fingerprint_of(run, line);
  const OcsfWord status = ocsf_status(line.verdict);
  const int severity = ocsf_severity(line);
  // No sibling of an id with its name in words, no text twice: each event stands alone, and there are 50,000 of them.
  Json made{{"activity_id", 1},
            {"category_uid", 2},
            {"class_uid", 2003},
            {"type_uid", 200301},
            {"time", time},
            {"severity_id", severity},
            {"status_id", line.waiver != nullptr && line.verdict == Verdict::fail ? 3 : 1},
            {"message", finding_of(index, line, language)},
            {"metadata",
             {{"version", "1.4.0"},
              {"uid", uuid({run.id, uid})},
              {"correlation_uid", plain(run.id, 64)},
              {"product", {{"name", "Lintel"}, {"vendor_name", "Lintel"}, {"version", one_line(run.tool_version, 100)}}}}},
            {"finding_info", {{"uid", uid}, {"title", title_of(clause, language)}}},
            {"compliance",
             {{"standards", {one_line(run.profile.id + " " + run.profile.version)}},
              {"requirements", {one_line(clause.id)}},
              {"status", status.name},
              {"status_id", status.id},
              {"status_code", line.contradiction != nullptr ? "contradiction" : model::name_of(line.verdict)}}}};
  Json unmapped{{"obligation", model::name_of(clause.obligation)}, {"advisory", line.advisory}};
  if (line.reason != model::Reason::none) unmapped["reason"] = model::name_of(line.reason);
  if (line.check != nullptr) unmapped["check"] = one_line(line.check->check);
  if (const model::Asset* asset = line.asset != nullptr ? index.asset(line.asset->asset) : nullptr) {
    const std::string item = line.instance != nullptr ? one_line(line.instance->item) : "";
    made["resources"] = Json::array({{{"uid", one_line(asset->id) + (item.empty() ? "" : "/" + item)},
                                      {"name", one_line(in(asset->name, language), 200)},
                                      {"type", model::name_of(asset->role)}}});
  }
  if (line.contradiction != nullptr) unmapped["contradiction"] = model::name_of(line.contradiction->kind);
  if (line.waiver != nullptr)
    unmapped["waiver"] = {{"reason", one_line(line.waiver->reason)}, {"approved_by", one_line(line.waiver->approved_by)}, {"expires", format_time(line.waiver->expires)}};
  if (seen != nullptr && !seen->evidence.empty()) {
    made["evidences"] = Json::array();
    for (const auto& one : seen->evidence)
      made["evidences"].push_back({{"data", {{"name", one_line(one.name)}, {"sha256", plain(one.sha256, 64)}}}});
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
  const auto add = [&](const Line& line) -> Result<void> {
    return out.add((std::exchange(first, false) ? "\n" : ",\n") + dump_json(ocsf_event(index, line, options.language)));
  };
  TRY(for_each_line(index, add));
  for (const Line& line : contradiction_lines(index)) TRY(add(line));
  TRY(out.add("]\n"));
  return out.flush();
}

}  // namespace lintel::report
