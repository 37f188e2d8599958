#include "report/rows.h"

#include "base/text.h"
#include "report/values.h"

namespace lintel::report {
namespace {

std::string evidence_numbers(const RunIndex& index, const Line& line) {
  std::vector<std::string> numbers;
  const auto add = [&](const std::vector<model::Evidence>& list) {
    for (const auto& one : list) numbers.push_back(index.evidence_number(one.sha256));
  };
  if (const auto* seen = observation_of(index, line)) add(seen->evidence);
  if (line.check == nullptr && line.asset != nullptr && line.asset->attestation != nullptr) add(line.asset->attestation->evidence);
  return join(numbers, " ");
}

}  // namespace

const std::vector<std::string_view>& column_names() {
  static const std::vector<std::string_view> names{
      "clause", "chapter", "text", "obligation", "advisory", "severity", "subject", "asset", "asset_name", "role", "check", "item", "verdict", "reason",
      "expected", "observed", "finding", "remedy", "waived_until", "tester", "probe", "looked_at", "evidence", "fingerprint"};
  return names;
}

std::vector<std::string> cells_of(const RunIndex& index, const Line& line, Language language, Spelling spelling) {
  const auto word = [&](const char* section, std::string_view name) {
    return spelling == Spelling::codes ? std::string(name) : in(index.words.text(section, name), language);
  };
  const model::Clause& clause = *line.row.clause;
  const std::string asset_id = line.asset != nullptr ? line.asset->asset : "";
  const model::Asset* asset = index.asset(asset_id);
  const Said said = said_of(index, line, language);
  const auto* seen = observation_of(index, line);
  const auto* answer = line.check == nullptr && line.asset != nullptr ? line.asset->attestation.get() : nullptr;
  return {
      one_line(clause.id),
      one_line(clause.chapter),
      one_line(in(clause.text, language), index.limits.sentence_bytes),
      word("obligation", model::name_of(clause.obligation)),
      spelling == Spelling::codes ? (line.advisory ? "true" : "false") : in(index.words.text("ui", line.advisory ? "yes" : "no"), language),
      std::string(name_of(line.verdict == model::Verdict::fail ? severity_of(clause, line.advisory) : Severity::none)),
      word("subject", model::name_of(clause.subject)),
      one_line(asset_id),
      asset != nullptr ? one_line(in(asset->name, language)) : "",
      asset != nullptr ? word("role", model::name_of(asset->role)) : "",
      line.check != nullptr ? one_line(line.check->check) : "",
      line.instance != nullptr ? one_line(line.instance->item) : "",
      line.contradiction != nullptr ? word("ui", "contradiction") : word("verdict", model::name_of(line.verdict)),
      line.contradiction != nullptr             ? word("contradiction", model::name_of(line.contradiction->kind))
      : line.reason == model::Reason::none ? "" : word("reason", model::name_of(line.reason)),
      said.expected,
      said.observed,
      finding_of(index, line, language),
      remedy_of(index, line, language),
      line.waiver != nullptr ? format_time(line.waiver->expires) : "",
      answer != nullptr ? one_line(answer->tester) : "",
      seen != nullptr ? one_line(seen->job.probe + " " + seen->probe_version) : "",
      seen != nullptr ? format_time(seen->started) : answer != nullptr ? format_time(answer->at) : "",
      evidence_numbers(index, line),
      fingerprint_of(index.run, line)};
}

}  // namespace lintel::report
