#include "model/profile.h"

#include "model/json_members.h"

namespace lintel::model {

const Clause* find_clause(const Profile& profile, const std::string& id) {
  for (const Clause& clause : profile.clauses)
    if (clause.id == id) return &clause;
  return nullptr;
}

static void to_json(Json& json, const Question& question) {
  json = Json{{"method", question.method}, {"ask", question.ask}, {"evidence", question.evidence}, {"bench", question.bench},
              {"valid_for_days", question.valid_for_days},
              {"when", question.only_without_items ? "no_item" : "always"}};
  if (question.vulnerability) json["vulnerability"] = *question.vulnerability;
}

static void from_json(const Json& json, Question& question) {
  question.method = text_or(json, "method");
  from_json(member(json, "ask"), question.ask);
  from_json(member(json, "evidence"), question.evidence);
  from_json(member(json, "bench"), question.bench);
  question.valid_for_days = static_cast<int>(integer_or(json, "valid_for_days", 365));
  question.only_without_items = text_or(json, "when") == "no_item";
  if (member(json, "vulnerability").is_object()) from_json(json["vulnerability"], question.vulnerability.emplace());
}

static void to_json(Json& json, const CheckUse& use) {
  json = Json{{"check", use.check}, {"obligation", name_of(use.obligation)}};
}

static void from_json(const Json& json, CheckUse& use) {
  use.check = text_or(json, "check");
  use.obligation = enum_or(json, "obligation", Obligation::shall);
}

static void to_json(Json& json, const Chapter& chapter) { json = Json{{"id", chapter.id}, {"title", chapter.title}}; }

static void from_json(const Json& json, Chapter& chapter) {
  chapter.id = text_or(json, "id");
  from_json(member(json, "title"), chapter.title);
}

void to_json(Json& json, const Clause& clause) {
  json = Json{{"id", clause.id},
              {"chapter", clause.chapter},
              {"subject", name_of(clause.subject)},
              {"level", clause.level},
              {"obligation", name_of(clause.obligation)},
              {"by", name_of(clause.by)},
              {"text", clause.text},
              {"references", clause.references},
              {"checks", to_list(clause.checks)},
              {"derived_from", clause.derived_from}};
  if (clause.attest) to_json(json["attest"], *clause.attest);
}

void from_json(const Json& json, Clause& clause) {
  clause.id = text_or(json, "id");
  clause.chapter = text_or(json, "chapter");
  clause.subject = enum_or(json, "subject", Subject::platform);
  clause.level = static_cast<int>(integer_or(json, "level", 1));
  clause.obligation = enum_or(json, "obligation", Obligation::shall);
  clause.by = enum_or(json, "by", By::manual);
  from_json(member(json, "text"), clause.text);
  const Json& references = member(json, "references");
  if (references.is_object())
    for (const auto& [standard, unused] : references.items()) clause.references[standard] = texts_of(references, standard);
  clause.checks = list_of<CheckUse>(json, "checks");
  if (member(json, "attest").is_object()) from_json(json["attest"], clause.attest.emplace());
  clause.derived_from = texts_of(json, "derived_from");
}

void to_json(Json& json, const Profile& profile) {
  json = Json{{"id", profile.id},
              {"version", profile.version},
              {"title", profile.title},
              {"chapters", to_list(profile.chapters)},
              {"clauses", to_list(profile.clauses)}};
}

void from_json(const Json& json, Profile& profile) {
  profile.id = text_or(json, "id");
  profile.version = text_or(json, "version");
  from_json(member(json, "title"), profile.title);
  profile.chapters = list_of<Chapter>(json, "chapters");
  profile.clauses = list_of<Clause>(json, "clauses");
}

}  // namespace lintel::model
