// The comparison as data, and the names of its words.
#include "report/compare.h"

namespace lintel::report {
namespace {

std::string_view name(const std::optional<model::Kleene>& holds) { return holds ? model::name_of(*holds) : "absent"; }
Json name(const std::optional<model::Verdict>& verdict) { return verdict ? Json(model::name_of(*verdict)) : Json(); }
Json text_of(const model::Text& text) { return text == model::Text{} ? Json() : Json{{"zh", text.zh}, {"en", text.en}}; }

Json head(const model::Run& run) {
  return Json{{"id", run.id},
              {"started", format_time(run.started)},
              {"complete", run.complete},
              {"tool_version", run.tool_version},
              {"profile_version", run.profile.version},
              {"profile_sha256", run.profile_sha256},
              {"gate", model::name_of(run.verdicts.gate)},
              {"counts", run.verdicts.counts}};
}

Json detail_json(const Detail& detail) {
  Json json{{"check", detail.check}, {"item", detail.item}, {"assertion", detail.assertion}, {"change", name_of(detail.change)},
            {"finding", detail.finding}, {"worse", detail.worse}, {"advisory", detail.advisory}};
  if (!detail.assertion.empty()) {
    json["then"] = name(detail.then);
    json["now"] = name(detail.now);
  }
  for (const auto& [key, text] : {std::pair("title", &detail.title), {"expected", &detail.expected}, {"observed_then", &detail.observed_then},
                                  {"observed_now", &detail.observed_now}})
    if (Json value = text_of(*text); !value.is_null()) json[key] = std::move(value);
  if (detail.why != Why::none) json["why"] = name_of(detail.why);
  if (detail.finding) json["fingerprint"] = detail.fingerprint;
  return json;
}

Json row_json(const Row& row) {
  Json details = Json::array();
  for (const Detail& detail : row.details) details.push_back(detail_json(detail));
  Json json{{"clause", row.clause}, {"asset", row.asset}, {"advisory", row.advisory}, {"then", name(row.then)}, {"now", name(row.now)},
            {"move", name_of(row.move)}, {"worse", row.worse}, {"details", std::move(details)}};
  if (row.why != Why::none) json["why"] = name_of(row.why);
  if (row.reason_then != model::Reason::none) json["reason_then"] = model::name_of(row.reason_then);
  if (row.reason_now != model::Reason::none) json["reason_now"] = model::name_of(row.reason_now);
  if (row.decided_then != row.decided_now) {
    json["decided_then"] = row.decided_then;
    json["decided_now"] = row.decided_now;
  }
  if (row.answer_changed) json["answer_changed"] = true;
  if (row.waived) json["waived"] = true;
  if (row.waiver_expired) json["waiver_expired"] = true;
  return json;
}

}  // namespace

std::string_view name_of(Move move) {
  switch (move) {
    case Move::worse: return "worse";
    case Move::incomparable: return "incomparable";
    case Move::inside: return "inside";
    case Move::better: return "better";
    case Move::moved: return "moved";
    case Move::same: return "same";
  }
  return "";
}

std::string_view name_of(Change change) {
  switch (change) {
    case Change::appeared: return "new";
    case Change::incomparable: return "incomparable";
    case Change::changed: return "changed";
    case Change::closed: return "closed";
    case Change::unchanged: return "unchanged";
  }
  return "";
}

std::string_view name_of(Why why) {
  switch (why) {
    case Why::none: return "none";
    case Why::profile_version: return "profile_version";
    case Why::requirement: return "requirement";
    case Why::asset_missing: return "asset_missing";
    case Why::item_missing: return "item_missing";
    case Why::parameters: return "parameters";
    case Why::open: return "open";
    case Why::excused: return "excused";
  }
  return "";
}

Json to_json(const Comparison& comparison) {
  Json findings = Json::object(), moves = Json::object(), rows = Json::array(), facts = Json::array();
  for (const Change change : {Change::appeared, Change::incomparable, Change::changed, Change::closed, Change::unchanged}) {
    const auto found = comparison.findings.find(change);
    findings[std::string(name_of(change))] = found == comparison.findings.end() ? 0 : found->second;
  }
  for (const Move move : {Move::worse, Move::incomparable, Move::inside, Move::better, Move::moved, Move::same}) {
    const auto found = comparison.moves.find(move);
    moves[std::string(name_of(move))] = found == comparison.moves.end() ? 0 : found->second;
  }
  for (const Row& row : comparison.rows)
    if (row.move != Move::same || !row.details.empty()) rows.push_back(row_json(row));
  for (const FactChange& fact : comparison.facts) {
    Json json{{"asset", fact.asset}, {"item", fact.item}, {"probe", fact.probe}, {"path", fact.value.path}, {"then", fact.value.then},
              {"now", fact.value.now}, {"clauses", fact.clauses}, {"failing", fact.failing}};
    if (!fact.value.added.is_null()) {
      json["added"] = fact.value.added;
      json["removed"] = fact.value.removed;
    }
    facts.push_back(std::move(json));
  }
  return Json{{"lintel", "comparison/1"},
              {"target", comparison.now->target.id},
              {"profile", comparison.now->profile.id},
              {"then", head(*comparison.then)},
              {"now", head(*comparison.now)},
              {"worse", comparison.worse},
              {"findings", std::move(findings)},
              {"moves", std::move(moves)},
              {"rows", std::move(rows)},
              {"facts", std::move(facts)},
              {"declared_otherwise", comparison.declared_otherwise}};
}

}  // namespace lintel::report
