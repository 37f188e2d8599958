#include "report/hdf.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "report/exchange.h"
#include "report/json_stream.h"
#include "report/lines.h"
#include "report/values.h"

namespace lintel::report {
namespace {

using model::Verdict;

class HdfWriter {
 public:
  HdfWriter(const RunIndex& index, Language language, const Write& write) : index_(index), run_(index.run), language_(language), contradictions_(contradiction_lines(index)), out_(write) {}

  Result<void> write() {
    out_.member("platform", Json{{"name", "lintel"}, {"release", exchange_text(run_.tool_version)}, {"target_id", exchange_text(run_.target.id)}});
    out_.member("version", exchange_text(run_.tool_version));
    out_.member("statistics", statistics());
    out_.member("passthrough", Json{{"auxiliary_data", Json::array({Json{{"name", "lintel"}, {"data", assessed_by()}}})}});
    out_.open_only_element("profiles");
    out_.member("name", exchange_text(run_.profile.id));
    out_.member("version", exchange_text(run_.profile.version));
    out_.member("title", exchange_text(in(run_.profile.title, language_)));
    out_.member("sha256", run_.profile_sha256);
    out_.member("status", "loaded");
    out_.member("supports", Json::array());
    out_.member("attributes", Json::array());
    out_.member("groups", groups());
    if (index_.clauses().empty()) out_.member("controls", Json::array());
    Json control;
    const ClauseRow* open = nullptr;
    TRY(for_each_line(index_, [&](const Line& line) -> Result<void> {
      if (open != &line.row) {
        if (open != nullptr) out_.element("controls", control);
        control = control_of(line.row);
        open = &line.row;
      }
      control["results"].push_back(result_of(line));
      if (line.check != nullptr && remedies_.insert(line.check->check).second) add_remedy(control, line.check->check);
      return {};
    }));
    if (open != nullptr) out_.element("controls", control);
    out_.close();
    return out_.finish();
  }

 private:
  std::string word(const char* section, std::string_view name) const { return in(index_.words.text(section, name), language_); }

  // The format has no place for who assessed; its converters keep such things in passthrough.
  Json assessed_by() const {
    const Issuer issuer = issuer_of(index_, language_);
    Json data{{"name", issuer.name}, {"laboratory", issuer.laboratory}, {"report", shown_number(run_)}};
    if (!issuer.contact.empty()) data["contact"] = issuer.contact;
    if (!issuer.url.empty()) data["url"] = issuer.url;
    if (!issuer.accreditation.empty()) data["accreditation"] = issuer.accreditation;
    return data;
  }

  Json statistics() const {
    std::map<Verdict, int> count;
    for (const auto& row : index_.clauses()) ++count[row.verdict->verdict];
    return Json{{"duration", static_cast<double>(std::max<std::int64_t>((run_.finished - run_.started).count(), 0)) / 1000.0},
                {"controls",
                 {{"passed", {{"total", count[Verdict::pass]}}},
                  {"failed", {{"total", count[Verdict::fail]}}},
                  {"skipped", {{"total", count[Verdict::inconclusive] + count[Verdict::not_tested] + count[Verdict::not_applicable]}}}}}};
  }

  Json groups() const {
    Json list = Json::array();
    for (const auto& chapter : run_.profile.chapters) {
      Json controls = Json::array();
      for (const auto& clause : run_.profile.clauses)
        if (clause.chapter == chapter.id) controls.push_back(clause.id);
      list.push_back({{"id", chapter.id}, {"title", exchange_text(in(chapter.title, language_))}, {"controls", controls}});
    }
    return list;
  }

  static double impact_of(const ClauseRow& row) {
    if (row.verdict->verdict == Verdict::not_applicable) return 0;
    switch (severity_of(*row.clause, false)) {
      case Severity::none: return 0.1;
      case Severity::low: return 0.3;
      case Severity::medium: return 0.5;
      case Severity::high: return 0.7;
      case Severity::critical: return 0.9;
    }
    return 0.7;
  }

  Json control_of(const ClauseRow& row) {
    remedies_.clear();
    const model::Clause& clause = *row.clause;
    Json tags{{"verdict", model::name_of(row.verdict->verdict)},
              {"reason", model::name_of(row.verdict->reason)},
              {"obligation", model::name_of(clause.obligation)},
              {"by", model::name_of(clause.by)},
              {"chapter", clause.chapter}};
    for (const auto& [standard, ids] : clause.references) tags["reference_" + standard] = ids;
    Json control{{"id", clause.id},
                 {"title", title_of(clause, language_)},
                 {"desc", exchange_text(in(clause.text, language_))},
                 {"descriptions", Json::array()},
                 {"impact", impact_of(row)},
                 {"refs", Json::array()},
                 {"tags", tags},
                 {"source_location", Json::object()},
                 {"results", Json::array()}};
    if (clause.attest) control["descriptions"].push_back({{"label", "check"}, {"data", plain(in(clause.attest->bench, language_))}});
    // Not a result: it would change how a viewer shows the clause.
    for (const Line& line : contradictions_)
      if (line.row.clause == row.clause) control["descriptions"].push_back({{"label", "contradiction"}, {"data", subject_of(line) + ": " + finding_of(index_, line, language_)}});
    if (row.verdict->waiver) control["waiver_data"] = waiver_of(*row.verdict->waiver);
    return control;
  }

  // skipped_due_to_waiver would make a viewer show the failure as not applicable; here it stays a failure.
  static Json waiver_of(const model::Waiver& waiver) {
    return Json{{"justification", exchange_text(waiver.reason)},
                {"message", exchange_text(fmt::format("{} {}", waiver.approved_by, waiver.ticket))},
                {"expiration_date", format_time(waiver.expires)},
                {"run", true},
                {"skipped_due_to_waiver", false}};
  }

  void add_remedy(Json& control, const std::string& check) const {
    const model::Check* found = index_.check(check);
    if (found == nullptr || found->remedy == model::Text{}) return;
    control["descriptions"].push_back({{"label", "fix"}, {"data", plain(in(found->remedy, language_))}});
  }

  Json result_of(const Line& line) const {
    const Verdict clause = line.row.verdict->verdict;
    const bool failed = line.verdict == Verdict::fail && clause == Verdict::fail;
    const bool passed = line.verdict == Verdict::pass && (clause == Verdict::pass || clause == Verdict::fail);
    const std::string finding = finding_of(index_, line, language_);
    Json result{{"status", failed ? "failed" : passed ? "passed" : "skipped"}, {"code_desc", subject_of(line)}, {"start_time", format_time(run_.started)}};
    if (const model::Observation* seen = line.instance != nullptr ? index_.observation(line.instance->job) : nullptr; seen != nullptr) {
      result["start_time"] = format_time(seen->started);
      result["run_time"] = static_cast<double>((seen->finished - seen->started).count()) / 1000.0;
    }
    if (failed) result["message"] = finding;
    const std::string verdict = word("verdict", model::name_of(line.verdict));
    if (!failed && !passed) result["skip_message"] = finding == verdict ? finding : fmt::format("{}: {}", verdict, finding);
    return result;
  }

  std::string subject_of(const Line& line) const {
    std::string text = line.asset == nullptr || line.asset->asset.empty() ? "" : asset_name(index_, line.asset->asset, language_);
    if (line.instance != nullptr) text += " / " + line.instance->item;
    if (line.check != nullptr) {
      const model::Check* check = index_.check(line.check->check);
      text += ": " + (check != nullptr ? in(check->title, language_) : line.check->check);
    }
    return exchange_text(text);
  }

  const RunIndex& index_;
  const model::Run& run_;
  const Language language_;
  const std::vector<Line> contradictions_;
  JsonStream out_;
  std::set<std::string> remedies_;  // of the open control
};

}  // namespace

Result<void> write_hdf(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), {});
  return HdfWriter(index, options.language, write).write();
}

}  // namespace lintel::report
