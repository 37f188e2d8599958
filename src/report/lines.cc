#include "report/lines.h"

#include <fmt/format.h>

#include <unordered_map>

#include "base/text.h"
#include "report/fingerprint.h"
#include "report/messages.h"
#include "report/values.h"

namespace lintel::report {
namespace {

using model::Obligation;
using model::Verdict;

bool covers(const model::Waiver& waiver, const std::string& clause, const std::string& asset) {
  return waiver.clause == clause && (waiver.asset.empty() || waiver.asset == asset);
}

// The one that lifts the clause on this asset. A clause is lifted when each failing asset is: by a waiver of its own, or, where it is derived, by
// those of the clauses that it rests on.
const model::Waiver* waiver_of(const model::Run& run, const model::ClauseVerdict& verdict, const model::AssetVerdict& asset) {
  if (!verdict.waiver) return nullptr;
  const WallTime now = run.verdicts.judged_at;
  for (const auto& waiver : run.waivers)
    if (covers(waiver, verdict.clause, asset.asset) && waiver.approved_on <= now && now < waiver.expires) return &waiver;
  return covers(*verdict.waiver, verdict.clause, asset.asset) || asset.verdict == Verdict::fail ? &*verdict.waiver : nullptr;
}

// The lines of one asset.
Result<void> asset_lines(const Line& base, const std::function<Result<void>(const Line&)>& visit) {
  const model::AssetVerdict& asset = *base.asset;
  bool explained = false;
  for (const auto& check : asset.checks) {
    Line line = base;
    line.check = &check;
    line.advisory = base.advisory || check.obligation == Obligation::should || check.obligation == Obligation::may;
    const auto give = [&](Verdict verdict, model::Reason reason) {
      line.verdict = verdict;
      line.reason = reason;
      explained = explained || (verdict == asset.verdict && line.advisory == base.advisory);
      return visit(line);
    };
    if (check.instances.empty()) TRY(give(check.verdict, check.reason));
    for (const auto& instance : check.instances) {
      line.instance = &instance;
      TRY(give(instance.verdict, instance.reason));
    }
  }
  if (explained && asset.attestation == nullptr) return {};
  Line own = base;
  own.verdict = explained ? asset.attestation->verdict : asset.verdict;
  own.reason = !explained ? asset.reason : own.verdict == Verdict::pass ? model::Reason::none : own.verdict == Verdict::fail ? model::Reason::fail_attested : model::Reason::attested;
  return visit(own);
}

const model::AssertionResult* decisive(const model::Instance& instance) {
  for (const model::Kleene wanted : {model::Kleene::no, model::Kleene::unknown, model::Kleene::yes})
    for (const auto& result : instance.assertions)
      if (result.holds == wanted) return &result;
  return nullptr;
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::none: return "none";
    case Severity::low: return "low";
    case Severity::medium: return "medium";
    case Severity::high: return "high";
    case Severity::critical: return "critical";
  }
  return "none";
}

Result<void> for_each_line(const RunIndex& index, const std::function<Result<void>(const Line&)>& visit) {
  for (const ClauseRow& row : index.clauses()) {
    Line base{row};
    base.advisory = row.verdict->advisory || !mandatory(*row.clause);
    base.verdict = row.verdict->verdict;
    base.reason = row.verdict->reason;
    if (row.verdict->assets.empty()) TRY(visit(base));
    for (const auto& asset : row.verdict->assets) {
      Line line = base;
      line.asset = &asset;
      line.waiver = waiver_of(index.run, *row.verdict, asset);
      TRY(asset_lines(line, visit));
    }
  }
  return {};
}

std::vector<Line> contradiction_lines(const RunIndex& index) {
  std::vector<Line> lines;
  std::unordered_map<std::string_view, const ClauseRow*> rows;
  for (const ClauseRow& row : index.clauses()) rows.emplace(row.clause->id, &row);
  for (const auto& contradiction : index.run.verdicts.contradictions) {
    const auto row = rows.find(contradiction.clause);
    if (row == rows.end()) continue;
    Line line{*row->second};
    for (const auto& asset : line.row.verdict->assets)
      if (asset.asset == contradiction.asset) line.asset = &asset;
    line.contradiction = &contradiction;
    line.verdict = Verdict::inconclusive;
    line.advisory = true;
    lines.push_back(line);
  }
  return lines;
}

Severity severity_of(const model::Clause& clause, bool advisory) {
  switch (clause.obligation) {
    case Obligation::shall:
    case Obligation::shall_not: return advisory ? Severity::medium : Severity::high;
    case Obligation::should: return Severity::medium;
    case Obligation::may: return Severity::low;
  }
  return Severity::none;
}

std::string fingerprint_of(const model::Run& run, const Line& line) {
  FindingKey key;
  key.profile = run.profile.id;
  key.clause = line.row.clause->id;
  if (line.check != nullptr) key.check = line.check->check;
  if (line.contradiction != nullptr) key.check = fmt::format("statement {}", model::name_of(line.contradiction->kind));
  if (line.asset != nullptr) key.asset = line.asset->asset;
  const model::Asset* asset = line.asset != nullptr ? model::find_asset(run.target, line.asset->asset) : nullptr;
  if (line.instance != nullptr) key.item = asset != nullptr ? stable_item(*asset, line.instance->item) : line.instance->item;
  return fingerprint(key);
}

std::string evidence_file(const model::Evidence& evidence) {
  const std::string& type = evidence.media_type;
  const char* ending = type == "text/plain"         ? ".txt"
                       : type == "application/json" ? ".json"
                       : type == "application/yaml" ? ".yaml"
                       : type == "application/pdf"  ? ".pdf"
                       : type == "image/png"        ? ".png"
                       : type == "image/jpeg"       ? ".jpg"
                       : type == "image/svg+xml"    ? ".svg"
                                                    : ".bin";
  return evidence.sha256 + ending;
}

const std::string& in(const model::Text& text, Language language) {
  const std::string& wanted = language == Language::en ? text.en : text.zh;
  return !wanted.empty() ? wanted : language == Language::en ? text.zh : text.en;
}

std::string title_of(const model::Clause& clause, Language language) { return one_line(clause.id + " " + in(clause.text, language)); }

bool is_finding(const Line& line) {
  switch (line.verdict) {
    case Verdict::fail:
    case Verdict::inconclusive: return true;
    case Verdict::not_tested: return line.reason == model::Reason::not_run || line.reason == model::Reason::interrupted;
    case Verdict::pass:
    case Verdict::not_applicable: return false;
  }
  return true;
}

// What the customer states, and what was found.
static Said said_of(const RunIndex& index, const model::Contradiction& from, Language language) {
  const auto word = [&](const char* section, std::string_view name) { return in(index.words.text(section, name), language); };
  Said said{word("support", model::name_of(from.support)), word("verdict", model::name_of(from.observed))};
  if (!from.statement.empty()) said.expected += fmt::format(" ({})", from.statement);
  const std::string against = join(from.kind == model::ContradictionKind::ixit_disagrees ? from.ixit : from.checks, ", ");
  if (!against.empty()) said.observed += fmt::format(" ({})", against);
  return {one_line(said.expected, index.limits.sentence_bytes), one_line(said.observed, index.limits.sentence_bytes)};
}

Said said_of(const RunIndex& index, const Line& line, Language language) {
  if (line.contradiction != nullptr) return said_of(index, *line.contradiction, language);
  const auto* assertion = line.instance != nullptr ? decisive(*line.instance) : nullptr;
  if (assertion == nullptr) return {};
  const auto sentence = [&](const model::Text& text) { return one_line(in(text, language), index.limits.sentence_bytes); };
  return {sentence(*assertion->expected), sentence(*assertion->observed)};
}

std::string finding_of(const RunIndex& index, const Line& line, Language language) {
  const auto word = [&](const char* section, std::string_view name) { return in(index.words.text(section, name), language); };
  if (line.contradiction != nullptr) {
    const Said said = said_of(index, line, language);
    return fmt::format("{}. {}: {}; {}: {}", word("contradiction", model::name_of(line.contradiction->kind)), word("ui", "stated"), said.expected, word("ui", "found"),
                       said.observed);
  }
  const std::string reason = line.reason == model::Reason::none ? word("verdict", model::name_of(line.verdict)) : word("reason", model::name_of(line.reason));
  std::string message;
  if (line.instance != nullptr)
    message = in(in_both(line.instance->message), language);
  else if (line.check == nullptr && line.asset != nullptr && !line.asset->decided_by.empty())
    message = fmt::format("{}: {}", word("ui", "decided_by"), join(line.asset->decided_by, ", "));
  else if (line.check == nullptr && line.asset != nullptr && line.asset->attestation != nullptr)
    message = line.asset->attestation->remark;
  else if (line.check == nullptr && line.asset != nullptr)
    message = in(in_both(line.asset->message), language);
  message = one_line(message, index.limits.sentence_bytes);
  if (const Said said = said_of(index, line, language); !said.expected.empty())
    return fmt::format("{}: {}; {}: {}", word("ui", "expected"), said.expected, word("ui", "observed"),
                       !said.observed.empty() ? said.observed : !message.empty() ? message : reason);
  return message.empty() ? reason : fmt::format("{}: {}", reason, message);
}

std::string remedy_of(const RunIndex& index, const Line& line, Language language) {
  if (line.verdict != Verdict::fail || line.check == nullptr) return {};
  const model::Check* check = index.check(line.check->check);
  return check == nullptr ? std::string() : one_line(in(check->remedy, language), index.limits.sentence_bytes);
}

const model::Vulnerability* vulnerability_of(const RunIndex& index, const Line& line) {
  if (line.verdict != Verdict::fail) return nullptr;
  if (line.check != nullptr) {
    const model::Check* check = index.check(line.check->check);
    return check != nullptr && check->vulnerability ? &*check->vulnerability : nullptr;
  }
  const auto& question = line.row.clause->attest;
  return line.reason == model::Reason::fail_attested && question && question->vulnerability ? &*question->vulnerability : nullptr;
}

std::optional<int> cwe_number(const model::Vulnerability& vulnerability) {
  const std::string_view text = vulnerability.cwe;
  if (!text.starts_with("CWE-")) return std::nullopt;
  const auto number = parse_unsigned<int>(text.substr(4));
  return number && *number < 1'000'000 ? number : std::nullopt;
}

const model::Observation* observation_of(const RunIndex& index, const Line& line) {
  return line.instance == nullptr ? nullptr : index.observation(line.instance->job);
}

}  // namespace lintel::report
