// The lists of a report: open questions, undecided clauses with cause, waivers, evidence register.
#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "report/values.h"
#include "report/view_parts.h"

namespace lintel::report {
namespace {

bool awaits_answer(model::Reason reason) {
  return reason == model::Reason::manual_pending || reason == model::Reason::attestation_expired;
}

// "lamp, bridge" with a cap.
Json name_list(const RunIndex& index, const std::vector<std::string>& ids) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(ids.size(), index.limits.names_per_group); ++i) names.push_back(plain(ids[i], 100));
  return Json{{"text", join(names, ", ")}, {"more", more(ids.size(), index.limits.names_per_group)}};
}

// Who has to do something about a clause that does not pass, by why it does not.
std::string_view who_acts(const model::Clause& clause, model::Reason reason) {
  using model::Reason;
  switch (reason) {
    case Reason::timeout: case Reason::unreachable: case Reason::refused: case Reason::closed: case Reason::interrupted: case Reason::not_run:
    case Reason::no_privilege: case Reason::probe_error: case Reason::manual_pending: case Reason::attestation_expired: case Reason::attested:
    case Reason::no_check: case Reason::no_fact:
      return "laboratory";
    case Reason::not_declared: case Reason::auth_failed: case Reason::no_evidence:
      return "customer";
    case Reason::protocol_error: case Reason::fail_assert: case Reason::fail_attested: case Reason::fail_derived: case Reason::none:
    case Reason::role: case Reason::level: case Reason::escape: case Reason::ics:
      break;
  }
  switch (clause.subject) {
    case model::Subject::platform: return "platform";
    case model::Subject::app: return "app";
    case model::Subject::device: case model::Subject::line: case model::Subject::id: case model::Subject::comm: break;
  }
  return "vendor";
}

// What the failing checks of a clause advise, each once.
Json remedies(const RunIndex& index, const model::ClauseVerdict& verdict) {
  std::vector<std::string_view> seen;
  Json list = Json::array();
  for (const auto& asset : verdict.assets)
    for (const auto& result : asset.checks) {
      const model::Check* check = index.check(result.check);
      if (result.verdict != model::Verdict::fail || check == nullptr || check->remedy == model::Text{}) continue;
      if (std::find(seen.begin(), seen.end(), result.check) != seen.end()) continue;
      seen.push_back(result.check);
      list.push_back(display(check->remedy));
    }
  return list;
}

}  // namespace

bool awaits_answer(const ClauseRow& row) {
  if (!row.clause->attest) return false;
  if (awaits_answer(row.verdict->reason)) return true;
  return std::any_of(row.verdict->assets.begin(), row.verdict->assets.end(),
                     [](const auto& asset) { return awaits_answer(asset.reason); });
}

Json open_questions(const RunIndex& index) {
  Json list = Json::array();
  for (const ClauseRow& row : index.clauses()) {
    if (!awaits_answer(row)) continue;
    std::vector<std::string> assets;
    bool expired = row.verdict->reason == model::Reason::attestation_expired;
    for (const auto& asset : row.verdict->assets) {
      if (!awaits_answer(asset.reason)) continue;
      expired = expired || asset.reason == model::Reason::attestation_expired;
      if (!asset.asset.empty()) assets.push_back(asset.asset);
    }
    Json value = clause_head(index, row);
    value["question"] = question_value(index, *row.clause->attest);
    value["question_anchor"] = anchor("q-", row.clause->id);
    value["expired"] = expired;
    value["assets"] = name_list(index, assets);
    list.push_back(std::move(value));
  }
  return list;
}

Json undecided(const RunIndex& index, model::Verdict wanted) {
  constexpr std::size_t kCauses = 4;
  Json list = Json::array();
  for (const ClauseRow& row : index.clauses()) {
    if (row.verdict->verdict != wanted) continue;
    Json value = clause_head(index, row);
    // One cause for each (reason, message), with the assets that share it.
    struct Cause {
      model::Reason reason;
      std::string message;
      std::vector<std::string> assets;
    };
    std::vector<Cause> causes;
    for (const auto& asset : row.verdict->assets) {
      if (asset.verdict != wanted) continue;
      const auto same = std::find_if(causes.begin(), causes.end(), [&](const Cause& cause) {
        return cause.reason == asset.reason && cause.message == asset.message;
      });
      if (same != causes.end())
        same->assets.push_back(asset.asset);
      else
        causes.push_back({asset.reason, asset.message, {asset.asset}});
    }
    if (causes.empty()) causes.push_back({row.verdict->reason, "", {}});
    value["causes"] = Json::array();
    for (std::size_t i = 0; i < std::min(causes.size(), kCauses); ++i) {
      const Cause& cause = causes[i];
      value["causes"].push_back({{"reason", reason_value(index, cause.reason)},
                                 {"actor", index.words.entry("actor", who_acts(*row.clause, cause.reason))},
                                 {"message", said_value(cause.message, index.limits.sentence_bytes)},
                                 {"assets", name_list(index, cause.assets)}});
    }
    value["more_causes"] = more(causes.size(), kCauses);
    value["remedies"] = remedies(index, *row.verdict);
    list.push_back(std::move(value));
  }
  return list;
}

Json by_cause(const Json& rows) {
  Json groups = Json::array();
  for (const Json& row : rows)
    for (const Json& cause : row["causes"]) {
      const auto same = std::find_if(groups.begin(), groups.end(), [&](const Json& group) { return group["reason"] == cause["reason"] && group["message"] == cause["message"]; });
      Json& group = same != groups.end() ? *same : groups.emplace_back(Json{{"reason", cause["reason"]}, {"message", cause["message"]}, {"actor", cause["actor"]}, {"clauses", Json::array()}});
      group["clauses"].push_back({{"id", row["id"]}, {"anchor", row["anchor"]}});
    }
  return groups;
}

Json waiver_list(const RunIndex& index) {
  Json list = Json::array();
  for (const auto& waiver : index.run.waivers) {
    const bool expired = waiver.expires <= index.run.verdicts.judged_at;
    const auto row = std::find_if(index.clauses().begin(), index.clauses().end(),
                                  [&](const ClauseRow& each) { return each.clause->id == waiver.clause; });
    Json value = waiver_value(index, waiver, expired);
    value["verdict"] = row != index.clauses().end()
                           ? index.words.entry("verdict", model::name_of(row->verdict->verdict))
                           : Json();
    list.push_back(std::move(value));
  }
  return list;
}

Json evidence_register(const RunIndex& index) {
  Json list = Json::array();
  for (const EvidenceEntry& entry : index.evidence()) {
    if (list.size() >= index.limits.register_rows) break;
    Json value = evidence_value(index, *entry.evidence);
    value["number"] = entry.number;
    value["anchor"] = entry.number;
    value["clause"] = nullptr;
    if (entry.observation != nullptr) {
      const auto& job = entry.observation->job;
      value["source"] = one_line(job.probe + " · " + job.asset + (job.item.empty() ? "" : " · " + job.item), 200);
      value["when"] = format_when(entry.observation->finished);
    } else {
      value["source"] = one_line(entry.attestation->tester, 200);
      value["clause"] = links({entry.attestation->clause})[0];
      value["when"] = format_when(entry.attestation->at);
    }
    list.push_back(std::move(value));
  }
  return list;
}

}  // namespace lintel::report
