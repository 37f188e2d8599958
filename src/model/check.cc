#include "model/check.h"

#include "model/json_members.h"

namespace lintel::model {

static void to_json(Json& json, const CheckRow& row) {
  json = Json{{"name", row.name}, {"status", name_of(row.status)}, {"expect", name_of(row.expect)}};
  if (!row.facts.is_null()) json["facts"] = row.facts;
  if (!row.item.is_null()) json["item"] = row.item;
  if (!row.asset.is_null()) json["asset"] = row.asset;
}

static void from_json(const Json& json, CheckRow& row) {
  row.name = text_or(json, "name");
  row.status = enum_or(json, "status", Status::ok);
  row.facts = member(json, "facts");
  row.item = member(json, "item");
  row.asset = member(json, "asset");
  row.expect = enum_or(json, "expect", Verdict::pass);
}

void to_json(Json& json, const Check& check) {
  json = Json{{"id", check.id},
              {"title", check.title},
              {"probe", check.probe},
              {"with", check.with},
              {"where", check.where},
              {"on_empty", name_of(check.on_empty)},
              {"reason_empty", check.reason_empty},
              {"assert", check.assertions},
              {"remedy", check.remedy},
              {"tests", to_list(check.rows)}};
  if (check.vulnerability) json["vulnerability"] = *check.vulnerability;
}

void from_json(const Json& json, Check& check) {
  check.id = text_or(json, "id");
  from_json(member(json, "title"), check.title);
  check.probe = text_or(json, "probe");
  check.with = member(json, "with").is_object() ? json["with"] : Json::object();
  check.where = member(json, "where").is_object() ? json["where"] : Json::object();
  check.on_empty = enum_or(json, "on_empty", Verdict::not_tested);
  from_json(member(json, "reason_empty"), check.reason_empty);
  check.assertions = member(json, "assert").is_array() ? json["assert"] : Json::array();
  from_json(member(json, "remedy"), check.remedy);
  check.rows = list_of<CheckRow>(json, "tests");
  if (member(json, "vulnerability").is_object()) from_json(json["vulnerability"], check.vulnerability.emplace());
}

}  // namespace lintel::model
