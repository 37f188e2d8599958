#include "report/sarif.h"

#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "report/lines.h"
#include "report/pieces.h"
#include "report/values.h"

namespace lintel::report {
namespace {

using model::Verdict;

const char* sarif_kind(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::inconclusive: return "review";
    case Verdict::not_applicable: return "notApplicable";
    case Verdict::not_tested: return "open";
  }
  return "open";
}

const char* sarif_level(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::high: return "error";
    case Severity::medium: return "warning";
    case Severity::low: return "note";
    case Severity::none: break;
  }
  return "none";
}

// GitHub: above 9.0 critical, from 7.0 high, from 4.0 medium.
const char* sarif_score(Severity severity) {
  switch (severity) {
    case Severity::critical: return "9.5";
    case Severity::high: return "8.0";
    case Severity::medium: return "5.0";
    case Severity::low: return "2.0";
    case Severity::none: break;
  }
  return "0.0";
}

// A viewer makes a link of "[text](place)" in a message (SARIF 2.1.0, 3.11.6).
std::string without_links(std::string text) {
  for (auto at = text.find("]("); at != std::string::npos; at = text.find("](", at)) text.insert(at + 1, " ");
  return text;
}

class SarifWriter {
 public:
  SarifWriter(const RunIndex& index, const FormatOptions& options, const Write& write)
      : index_(index), run_(index.run), options_(options), out_(write), uri_(relative_uri(options.source_path.empty() ? run_.target.file : options.source_path)) {
    if (uri_.empty()) uri_ = anchor("", run_.target.id.empty() ? "target" : run_.target.id) + ".yaml";
    for (const auto& asset : run_.target.assets) groups_.emplace(asset.id, groups_.size());
    for (std::size_t i = 0; i < index.clauses().size(); ++i) rules_.emplace(index.clauses()[i].clause, i);
    contradictions_ = contradiction_lines(index);
  }

  Result<void> run() {
    TRY(count());
    TRY(out_.add("{\n\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n\"version\": \"2.1.0\",\n\"runs\": ["));
    for (std::size_t group = 0; group < counts_.size(); ++group) {
      TRY(out_.add(group == 0 ? "\n" : ",\n"));
      TRY(one_run(group));
    }
    TRY(out_.add("]\n}\n"));
    if (options_.note) tell();
    return out_.flush();
  }

 private:
  Result<void> each_result(const std::function<Result<void>(const Line&)>& visit) {
    TRY(for_each_line(index_, [&](const Line& line) { return options_.all_results || is_finding(line) ? visit(line) : Result<void>(); }));
    for (const Line& line : contradictions_) TRY(visit(line));
    return {};
  }

  static std::size_t left_off(std::size_t held) { return held > kSarifTaken ? held - kSarifTaken : 0; }

  void tell() const {
    std::size_t off = 0, unseen = 0;
    for (const std::size_t held : counts_) {
      off += left_off(held);
      unseen += held > kSarifShown ? std::min(held, kSarifTaken) - kSarifShown : 0;
    }
    const auto word = [&](const char* name) { return in(index_.words.text("sarif", name), options_.language); };
    if (off > 0) options_.note(fmt::format("SARIF: {}: {}", word("left_off"), off));
    if (unseen > 0) options_.note(fmt::format("SARIF: {}: {}", word("not_shown"), unseen));
  }

  // Which run of the file holds the results of an asset: by its place in the target, so that alerts stay in their category.
  std::size_t group_of(const Line& line) const {
    const auto found = line.asset == nullptr ? groups_.end() : groups_.find(line.asset->asset);
    return counts_.size() < 2 || found == groups_.end() ? 0 : found->second * counts_.size() / groups_.size();
  }

  Result<void> count() {
    std::size_t all = 0;
    TRY(each_result([&](const Line&) -> Result<void> {
      ++all;
      return {};
    }));
    counts_.assign(all <= kSarifShown ? 1 : std::clamp<std::size_t>(groups_.size(), 1, kSarifRuns), 0);
    TRY(each_result([&](const Line& line) -> Result<void> {
      ++counts_[group_of(line)];
      return {};
    }));
    return {};
  }

  std::string text(const model::Text& from) const { return one_line(in(from, options_.language), index_.limits.sentence_bytes); }
  std::string statement_rule() const { return one_line(run_.profile.id + "/statements", 200); }
  std::string rule_id(const model::Clause& clause) const { return one_line(run_.profile.id + "/" + clause.id, 200); }

  Json rule(const ClauseRow& row) const {
    const model::Clause& clause = *row.clause;
    const Severity severity = severity_of(clause, row.verdict->advisory);
    const std::string obligation = text(index_.words.text("obligation", model::name_of(clause.obligation)));
    const std::string title = title_of(clause, options_.language);
    std::set<std::string> remedies;
    std::set<int> weaknesses;
    for (const auto& use : clause.checks)
      if (const auto* check = index_.check(use.check)) {
        if (!(check->remedy == model::Text{})) remedies.insert(text(check->remedy));
        if (check->vulnerability) weaknesses.insert(cwe_number(*check->vulnerability).value_or(0));
      }
    if (clause.attest && clause.attest->vulnerability) weaknesses.insert(cwe_number(*clause.attest->vulnerability).value_or(0));
    if (clause.attest && remedies.empty()) remedies.insert(text(clause.attest->ask));
    std::string help = fmt::format("{} ({}; {} {})", title, obligation, text(run_.profile.title), one_line(run_.profile.version));
    for (const std::string& remedy : remedies) help += "\n" + remedy;
    Json made{{"id", rule_id(clause)},
              {"shortDescription", {{"text", cut_sentence(title)}}},
              {"fullDescription", {{"text", title}}},
              {"help", {{"text", help}}},
              {"defaultConfiguration", {{"level", sarif_level(severity)}}},
              {"properties",
               {{"security-severity", sarif_score(severity)},
                {"precision", "high"},
                {"tags", {"security", one_line(run_.profile.id, 100), "chapter-" + anchor("", clause.chapter), std::string(model::name_of(clause.obligation))}}}}};
    weaknesses.erase(0);
    for (const int number : weaknesses)  // as GitHub wants them; it keeps ten tags
      if (made["properties"]["tags"].size() < 10) made["properties"]["tags"].push_back(fmt::format("external/cwe/cwe-{:03}", number));
    Json relationships = Json::array();
    for (const auto& [standard, ids] : clause.references)
      for (const auto& id : ids)
        relationships.push_back({{"target", {{"id", one_line(id, 100)}, {"toolComponent", {{"name", one_line(standard, 100)}}}}}, {"kinds", {"relevant"}}});
    if (!relationships.empty()) made["relationships"] = std::move(relationships);
    return made;
  }

  // Of contradictions, after those of the clauses.
  Json rule_of_statements() const {
    const std::string title = text(index_.words.text("ui", "contradictions"));
    std::string help = title;
    for (const auto kind : {model::ContradictionKind::supported_fails, model::ContradictionKind::unsupported_passes, model::ContradictionKind::not_applicable_seen,
                            model::ContradictionKind::ixit_disagrees})
      help += "\n" + text(index_.words.text("contradiction", model::name_of(kind)));
    return Json{{"id", statement_rule()},
                {"shortDescription", {{"text", title}}},
                {"fullDescription", {{"text", title}}},
                {"help", {{"text", help}}},
                {"defaultConfiguration", {{"level", "note"}}},
                {"properties", {{"security-severity", sarif_score(Severity::low)}, {"precision", "high"}, {"tags", {"security", one_line(run_.profile.id, 100), "statements"}}}}};
  }

  // What fails the gate is an error, and nothing else is; what is lifted out of it has a suppression beside its severity.
  const char* level_of(const Line& line) const {
    if (line.verdict != Verdict::fail) return "none";  // SARIF 2.1.0, 3.27.10: a level is for what fails
    if (fails_gate(line, options_.gating)) return "error";
    const char* level = sarif_level(severity_of(*line.row.clause, line.advisory));
    const bool suppressed = line.waiver != nullptr || is_known(line, options_.gating);
    return std::string_view(level) == "error" && !suppressed ? "warning" : level;
  }

  void suppress(Json& made, const std::string& why) const { made["suppressions"].push_back({{"kind", "external"}, {"status", "accepted"}, {"justification", one_line(why, 1000)}}); }

  static std::string cut_sentence(const std::string& title) { return title.size() <= 250 ? title : plain(title, 250); }

  Json taxonomies() const {
    std::map<std::string, std::set<std::string>> standards;
    for (const ClauseRow& row : index_.clauses())
      for (const auto& [standard, ids] : row.clause->references)
        for (const auto& id : ids) standards[one_line(standard, 100)].insert(one_line(id, 100));
    Json list = Json::array();
    for (const auto& [standard, ids] : standards) {
      Json taxa = Json::array();
      for (const auto& id : ids) taxa.push_back({{"id", id}});
      list.push_back({{"name", standard}, {"shortDescription", {{"text", text(index_.words.text("standards", standard))}}}, {"taxa", std::move(taxa)}});
    }
    return list;
  }

  Json result(const Line& line) const {
    const model::Asset* asset = line.asset != nullptr ? index_.asset(line.asset->asset) : nullptr;
    const bool failed = line.verdict == Verdict::fail;
    std::string place = asset != nullptr ? asset->id : run_.target.id;
    if (line.instance != nullptr && !line.instance->item.empty()) place += "/" + line.instance->item;
    place = one_line(place);
    const bool statement = line.contradiction != nullptr;
    Json made{{"ruleId", statement ? statement_rule() : rule_id(*line.row.clause)},
              {"ruleIndex", statement ? rules_.size() : rules_.at(line.row.clause)},
              {"kind", sarif_kind(line.verdict)},
              {"level", level_of(line)},
              {"message", {{"text", without_links(fmt::format("{} [{}] {}", title_of(*line.row.clause, options_.language), place, finding_of(index_, line, options_.language)))}}},
              {"locations",
               {{{"physicalLocation",
                  {{"artifactLocation", {{"uri", uri_}}}, {"region", {{"startLine", asset != nullptr && asset->line > 0 ? asset->line : 1}}}}},
                 {"logicalLocations", {{{"fullyQualifiedName", place}, {"kind", "resource"}}}}}}},
              {"partialFingerprints", {{"primaryLocationLineHash", fingerprint_of(run_, line)}}},
              {"suppressions", Json::array()}};
    if (line.waiver != nullptr && (failed || line.verdict == Verdict::inconclusive)) {
      const auto& waiver = *line.waiver;
      suppress(made, fmt::format("{} ({}, {} .. {}{}{})", waiver.reason, waiver.approved_by, format_time(waiver.approved_on), format_time(waiver.expires),
                                 waiver.ticket.empty() ? "" : ", ", waiver.ticket));
    }
    if (is_known(line, options_.gating)) suppress(made, in(index_.words.text("ui", "known_failure"), options_.language));
    Json properties{{"verdict", model::name_of(line.verdict)}, {"advisory", line.advisory}};
    if (line.reason != model::Reason::none) properties["reason"] = model::name_of(line.reason);
    if (statement) properties["contradiction"] = model::name_of(line.contradiction->kind);
    if (asset != nullptr) properties["asset"] = one_line(asset->id);
    if (line.check != nullptr) properties["check"] = one_line(line.check->check);
    if (line.instance != nullptr) properties["item"] = one_line(line.instance->item);
    if (const Said said = said_of(index_, line, options_.language); !said.expected.empty()) {
      properties["expected"] = said.expected;
      properties["observed"] = said.observed;
    }
    if (const std::string remedy = remedy_of(index_, line, options_.language); !remedy.empty()) properties["remedy"] = remedy;
    made["properties"] = std::move(properties);
    if (const auto* seen = observation_of(index_, line); seen != nullptr && !seen->evidence.empty()) {
      Json related = Json::array();
      for (const auto& evidence : seen->evidence)
        if (related.size() < kSarifLocations)
          related.push_back({{"id", related.size() + 1},
                             {"message", {{"text", without_links(one_line(evidence.name))}}},
                             {"physicalLocation", {{"artifactLocation", {{"uri", "evidence/" + relative_uri(evidence_file(evidence))}}}}}});
      made["relatedLocations"] = std::move(related);
    }
    return made;
  }

  Result<void> one_run(std::size_t group) {
    Json driver{{"name", "Lintel"}, {"version", one_line(run_.tool_version, 100)}};
    driver["rules"] = Json::array();
    for (const ClauseRow& row : index_.clauses()) driver["rules"].push_back(rule(row));
    if (!contradictions_.empty()) driver["rules"].push_back(rule_of_statements());
    std::string id = "lintel/" + anchor("", run_.target.id) + "/";  // GitHub takes what stands before the last slash for the category
    if (counts_.size() > 1) id += fmt::format("{}/", group + 1);
    Json invocation{{"executionSuccessful", run_.complete}, {"startTimeUtc", format_time(run_.started)}};
    if (run_.finished >= run_.started) invocation["endTimeUtc"] = format_time(run_.finished);  // a scan that was killed has none
    const std::size_t off = left_off(counts_[group]);
    if (off > 0)
      invocation["toolExecutionNotifications"] = {
          {{"level", "warning"}, {"message", {{"text", fmt::format("{}: {}", text(index_.words.text("sarif", "left_off")), off)}}}}};
    const Json head{{"tool", {{"driver", std::move(driver)}}},
                    {"automationDetails", {{"id", id + plain(run_.id, 64)}}},
                    {"language", options_.language == Language::en ? "en-US" : "zh-CN"},
                    {"columnKind", "unicodeCodePoints"},
                    {"invocations", Json::array({invocation})},
                    {"taxonomies", taxonomies()},
                    {"properties",
                     {{"report", report_number(run_)},
                      {"target", one_line(run_.target.id)},
                      {"profile", one_line(run_.profile.id + " " + run_.profile.version)},
                      {"profileSha256", plain(run_.profile_sha256, 64)},
                      {"gate", model::name_of(run_.verdicts.gate)},
                      {"resultsLeftOff", off},
                      {"counts", run_.verdicts.counts}}}};
    const std::string text = dump_json(head);
    TRY(out_.add(std::string_view(text).substr(0, text.size() - 1)));  // without its closing brace: the results follow
    TRY(out_.add(",\"results\":["));
    // Where not all have a place, the gravest come first.
    std::size_t written = 0;
    for (const std::string_view level : off > 0 ? std::vector<std::string_view>{"error", "warning", "note", "none"} : std::vector<std::string_view>{""})
      TRY(each_result([&](const Line& line) {
        if (group_of(line) != group || written == kSarifTaken || (!level.empty() && level != level_of(line))) return Result<void>();
        return out_.add((written++ == 0 ? "\n" : ",\n") + dump_json(result(line)));
      }));
    return out_.add("]}");
  }

  const RunIndex& index_;
  const model::Run& run_;
  const FormatOptions& options_;
  Pieces out_;
  std::string uri_;
  std::map<std::string, std::size_t> groups_;            // asset → its place in the target
  std::map<const model::Clause*, std::size_t> rules_;    // clause → index of its rule
  std::vector<Line> contradictions_;
  std::vector<std::size_t> counts_;                      // results of each run of the file, also those that are left off
};

}  // namespace

std::string relative_uri(std::string_view path) {
  std::vector<std::string> kept;
  for (const std::string_view segment : split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
      continue;
    }
    std::string encoded;
    for (const char c : segment.substr(0, 255)) {
      const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~").find(c) != std::string_view::npos;
      encoded += fine ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    kept.push_back(std::move(encoded));
  }
  return join(kept, "/");
}

Result<void> write_sarif(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  return SarifWriter(index, options, write).run();
}

}  // namespace lintel::report
