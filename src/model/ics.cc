#include "model/ics.h"

#include "model/json_members.h"

namespace lintel::model {

static void to_json(Json& json, const Statement& row) {
  json = Json{{"clause", row.clause}, {"asset", row.asset}, {"support", name_of(row.support)}, {"detail", row.detail}, {"justification", row.justification}};
}

static void from_json(const Json& json, Statement& row) {
  row.clause = text_or(json, "clause");
  row.asset = text_or(json, "asset");
  row.support = enum_or(json, "support", Support::open);
  row.detail = text_or(json, "detail");
  row.justification = text_or(json, "justification");
}

void to_json(Json& json, const Ics& ics) {
  json = Json{{"source", ics.source}, {"supplied_by", ics.supplied_by}, {"supplied_on", format_time(ics.supplied_on)}, {"rows", to_list(ics.rows)}};
}

void from_json(const Json& json, Ics& ics) {
  from_json(member(json, "source"), ics.source);
  ics.supplied_by = text_or(json, "supplied_by");
  ics.supplied_on = time_of(json, "supplied_on");
  ics.rows = list_of<Statement>(json, "rows");
}

static void to_json(Json& json, const IxitRow& row) {
  json = Json{{"id", row.id}, {"asset", row.asset}, {"clauses", row.clauses}, {"implemented", row.implemented}, {"values", row.values}};
}

static void from_json(const Json& json, IxitRow& row) {
  row.id = text_or(json, "id");
  row.asset = text_or(json, "asset");
  row.clauses = texts_of(json, "clauses");
  row.implemented = bool_or(json, "implemented", true);
  if (const Json& values = member(json, "values"); values.is_object())
    for (const auto& [name, value] : values.items()) row.values[name] = value.is_string() ? value.get<std::string>() : dump_json(value);
}

static void to_json(Json& json, const IxitTable& table) {
  json = Json{{"id", table.id}, {"title", table.title}, {"supplied_by", table.supplied_by}, {"rows", to_list(table.rows)}};
}

static void from_json(const Json& json, IxitTable& table) {
  table.id = text_or(json, "id");
  from_json(member(json, "title"), table.title);
  table.supplied_by = text_or(json, "supplied_by");
  table.rows = list_of<IxitRow>(json, "rows");
}

void to_json(Json& json, const Ixit& ixit) {
  json = Json{{"source", ixit.source}, {"supplied_by", ixit.supplied_by}, {"supplied_on", format_time(ixit.supplied_on)}, {"tables", to_list(ixit.tables)}};
}

void from_json(const Json& json, Ixit& ixit) {
  from_json(member(json, "source"), ixit.source);
  ixit.supplied_by = text_or(json, "supplied_by");
  ixit.supplied_on = time_of(json, "supplied_on");
  ixit.tables = list_of<IxitTable>(json, "tables");
}

}  // namespace lintel::model
