// What the customer supplied, as reports show it: contradictions, the conformance statement, the IXIT tables.
#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "report/values.h"
#include "report/view_parts.h"

namespace lintel::report {
namespace {

constexpr std::size_t kRows = 600;         // of one table
constexpr std::size_t kContradictions = 300;
constexpr std::size_t kTextBytes = 2400;

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(plain(text, kTextBytes)); }

Json contradiction(const RunIndex& index, const model::Contradiction& from) {
  Json value = links({from.clause})[0];
  const std::string against = join(from.kind == model::ContradictionKind::ixit_disagrees ? from.ixit : from.checks, ", ");
  value["asset"] = asset_value(index, from.asset);
  value["support"] = index.words.entry("support", model::name_of(from.support));
  value["statement"] = text_or_null(from.statement);
  value["observed"] = index.words.entry("verdict", model::name_of(from.observed));
  value["kind"] = index.words.entry("contradiction", model::name_of(from.kind));
  value["against"] = text_or_null(against);
  return value;
}

Json source_value(const model::Evidence& source, const std::string& by, WallTime on) {
  return Json{{"file", one_line(source.name, 200)}, {"sha256", plain(source.sha256, 64)}, {"supplied_by", one_line(by)}, {"supplied_on", format_when(on)}};
}

Json ics_value(const RunIndex& index, const model::Ics& ics) {
  Json value = source_value(ics.source, ics.supplied_by, ics.supplied_on);
  value["rows"] = Json::array();
  for (const model::Statement& row : ics.rows) {
    if (value["rows"].size() >= kRows) break;
    Json shown = links({row.clause})[0];
    shown["asset"] = asset_value(index, row.asset);
    shown["support"] = index.words.entry("support", model::name_of(row.support));
    shown["detail"] = plain(row.justification.empty() ? row.detail : row.detail.empty() ? row.justification : row.detail + "\n" + row.justification, kTextBytes);
    value["rows"].push_back(std::move(shown));
  }
  value["more_rows"] = more(ics.rows.size(), kRows);
  return value;
}

Json ixit_value(const RunIndex& index, const model::Ixit& ixit) {
  Json value = source_value(ixit.source, ixit.supplied_by, ixit.supplied_on);
  value["tables"] = Json::array();
  for (const model::IxitTable& table : ixit.tables) {
    Json rows = Json::array();
    for (const model::IxitRow& row : table.rows) {
      if (rows.size() >= kRows) break;
      Json values = Json::array();
      for (const auto& [name, text] : row.values) values.push_back({{"name", one_line(name)}, {"value", plain(text, kTextBytes)}});
      rows.push_back({{"id", plain(row.id, 100)}, {"asset", asset_value(index, row.asset)}, {"absent", !row.implemented}, {"values", std::move(values)},
                      {"clauses", links(row.clauses)}, {"has_clauses", !row.clauses.empty()}});
    }
    value["tables"].push_back({{"id", plain(table.id, 100)}, {"title", display(table.title)}, {"by", text_or_null(table.supplied_by)}, {"rows", std::move(rows)},
                               {"more_rows", more(table.rows.size(), kRows)}});
  }
  return value;
}

}  // namespace

Json customer_value(const RunIndex& index) {
  if (!index.run.ics && !index.run.ixit) return nullptr;
  const auto& all = index.run.verdicts.contradictions;
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(all.size(), kContradictions); ++i) list.push_back(contradiction(index, all[i]));
  return Json{{"contradictions", std::move(list)},
              {"has_contradictions", !all.empty()},
              {"more_contradictions", more(all.size(), kContradictions)},
              {"ics", index.run.ics ? ics_value(index, *index.run.ics) : Json()},
              {"ixit", index.run.ixit ? ixit_value(index, *index.run.ixit) : Json()}};
}

}  // namespace lintel::report
