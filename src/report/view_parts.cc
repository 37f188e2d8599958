#include "report/view_parts.h"

#include "base/text.h"
#include "data/json.h"
#include "report/messages.h"
#include "report/values.h"

namespace lintel::report {

int severity(model::Verdict verdict) {
  switch (verdict) {
    case model::Verdict::fail: return 0;
    case model::Verdict::inconclusive: return 1;
    case model::Verdict::not_tested: return 2;
    case model::Verdict::pass: return 3;
    case model::Verdict::not_applicable: return 4;
  }
  return 0;
}

std::string spoken(const RunIndex& index, const model::Text& text) {
  if (index.language == Language::both) return text.zh + " " + text.en;
  return index.language == Language::zh ? text.zh : text.en;
}

Json said_value(const std::string& message, std::size_t cap_bytes) {
  if (message.empty()) return nullptr;
  const model::Text said = in_both(message);
  return display({plain(said.zh, cap_bytes), plain(said.en, cap_bytes)});
}

Json more(std::size_t count, std::size_t shown) {
  return count > shown ? Json(format_count(static_cast<std::int64_t>(count - shown))) : Json();
}

Json links(const std::vector<std::string>& clauses) {
  Json list = Json::array();
  for (const auto& id : clauses) list.push_back({{"id", plain(id, 100)}, {"anchor", anchor("c-", id)}});
  return list;
}

Json reason_value(const RunIndex& index, model::Reason reason) {
  return reason == model::Reason::none ? Json() : index.words.entry("reason", model::name_of(reason));
}

Json asset_value(const RunIndex& index, const std::string& id) {
  if (id.empty()) return nullptr;
  const model::Asset* asset = index.asset(id);
  return Json{{"id", plain(id, 200)},
              {"name", asset != nullptr ? display(asset->name) : display({id, id})},
              {"role", asset != nullptr ? index.words.entry("role", model::name_of(asset->role)) : Json()}};
}

Json evidence_value(const RunIndex& index, const model::Evidence& evidence) {
  return Json{{"number", index.evidence_number(evidence.sha256)},
              {"elsewhere", !evidence.kept},
              {"name", one_line(evidence.name, 200)},
              {"type", one_line(evidence.media_type, 100)},
              {"size", format_size(evidence.size_bytes)},
              {"sha256", plain(evidence.sha256, 64)}};
}

Json observation_value(const RunIndex& index, const model::Observation& seen) {
  Json notes = Json::array();
  for (const auto& note : seen.notes) notes.push_back(said_value(note, index.limits.value_bytes));
  return Json{{"name", plain(seen.job.probe, 100)},
              {"version", plain(seen.probe_version, 100)},
              {"status", index.words.entry("status", model::name_of(seen.status))},
              {"ok", seen.status == model::Status::ok},
              {"message", said_value(seen.message, index.limits.sentence_bytes)},
              {"started", format_when(seen.started)},
              {"duration", format_duration(seen.finished - seen.started)},
              {"notes", std::move(notes)},
              {"has_notes", !seen.notes.empty()}};
}

Json question_value(const RunIndex& index, const model::Question& question) {
  const auto text = [](const model::Text& from) { return from == model::Text{} ? Json() : display(from); };
  return Json{{"method", index.words.entry("method", question.method)},
              {"ask", text(question.ask)},
              {"hand_in", text(question.evidence)},
              {"bench", text(question.bench)},
              {"days", format_count(question.valid_for_days)}};
}

Json waiver_value(const RunIndex& index, const model::Waiver& waiver, bool expired) {
  return Json{{"id", plain(waiver.clause, 100)},
              {"anchor", anchor("c-", waiver.clause)},
              {"asset", asset_value(index, waiver.asset)},
              {"why", plain(waiver.reason)},
              {"approved_by", plain(waiver.approved_by, 200)},
              {"approved_on", format_when(waiver.approved_on)},
              {"expires", format_when(waiver.expires)},
              {"ticket", waiver.ticket.empty() ? Json() : Json(plain(waiver.ticket, 200))},
              {"expired", expired}};
}

Json clause_head(const RunIndex& index, const ClauseRow& row) {
  const model::Clause& clause = *row.clause;
  const model::ClauseVerdict& verdict = *row.verdict;
  const bool levelled = clause.level > 1;
  return Json{{"id", plain(clause.id, 100)},
              {"anchor", anchor("c-", clause.id)},
              {"chapter_anchor", anchor("", clause.chapter)},
              {"text", display(clause.text)},
              {"subject", index.words.entry("subject", model::name_of(clause.subject))},
              {"level", levelled ? Json(std::to_string(clause.level)) : Json()},
              {"obligation", index.words.entry("obligation", model::name_of(clause.obligation))},
              {"advisory", verdict.advisory},
              {"verdict", index.words.entry("verdict", model::name_of(verdict.verdict))},
              {"reason", reason_value(index, verdict.reason)},
              {"waived", verdict.waiver.has_value() && !verdict.waiver_expired},
              {"waiver_expired", verdict.waiver_expired}};
}

}  // namespace lintel::report
