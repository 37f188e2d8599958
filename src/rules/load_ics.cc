// The customer's documents: the conformance statement (ICS) and the IXIT tables, checked against the clauses and assets they are about.
#include <fmt/format.h>

#include "rules/answer_reader.h"

namespace lintel::rules {
namespace {

namespace fs = std::filesystem;

void read_row(const Json& json, const std::string& at, AnswerReader& reader, model::Ics& ics) {
  const model::Clause* clause = reader.subject(json, at);
  if (clause != nullptr && !clause->derived_from.empty())
    reader.warning("W104", at + "/clause", fmt::format("clause `{}` follows from others", clause->id), "state those; this row counts for nothing");
  if (const int first = reader.earlier(json, at); first > 0)
    reader.error("E105", at, fmt::format("a second row for clause `{}`", text_or(json, "clause")), fmt::format("the first is on line {}; keep one", first));
  for (const char* key : {"detail", "justification"}) reader.free_of_control(json, at, key);
  model::Statement row{text_or(json, "clause"), text_or(json, "asset"), word(json, "support", model::Support::open), text_or(json, "detail"),
                       text_or(json, "justification")};
  if (row.support == model::Support::not_applicable && trim(row.justification).empty())
    reader.error("E106", at, fmt::format("clause `{}` is said not to apply, without a reason", row.clause), "add `justification:`");
  ics.rows.push_back(std::move(row));
}

class IxitReader {
 public:
  IxitReader(const Document& document, const model::Profile& profile, const model::Target& target, Diagnostics& diagnostics)
      : document_(document), reader_(document, profile, target, diagnostics) {}

  model::IxitTable table(const Json& json, const std::string& at) {
    model::IxitTable table{text_or(json, "id"), text_of(json, "title"), text_or(json, "supplied_by"), {}};
    fresh(tables_, table.id, "tables", at);
    reader_.free_of_control(json, at, "supplied_by");
    std::map<std::string, int> rows;
    std::size_t position = 0;
    for (const Json& each : json["rows"]) {
      const std::string here = fmt::format("{}/rows/{}", at, position++);
      table.rows.push_back(row(each, here));
      fresh(rows, table.rows.back().id, "rows", here);
    }
    return table;
  }

  void free_of_control(const Json& json) { reader_.free_of_control(json, "", "supplied_by"); }

 private:
  model::IxitRow row(const Json& json, const std::string& at) {
    model::IxitRow row{text_or(json, "id"), text_or(json, "asset"), {}, bool_or(json, "implemented", true), {}};
    reader_.subject(json, at);
    const Json& clauses = member(json, "clauses");
    for (std::size_t i = 0; i < clauses.size(); ++i) {
      row.clauses.push_back(clauses[i].get<std::string>());
      reader_.clause(row.clauses.back(), fmt::format("{}/clauses/{}", at, i));
    }
    for (const auto& [name, value] : json["values"].items()) {
      row.values[name] = value.get<std::string>();
      if (printable(name) != name || printable(row.values[name]) != row.values[name])
        reader_.error("E100", at + "/values", "a value holds a control character", "plain text, line breaks and tabs only");
    }
    return row;
  }

  void fresh(std::map<std::string, int>& seen, const std::string& id, const char* what, const std::string& at) {
    if (const auto [first, added] = seen.emplace(id, document_.at(at + "/id").line); !added)
      reader_.error("E107", at + "/id", fmt::format("two {} are called `{}`", what, id), fmt::format("the first is on line {}", first->second));
  }

  const Document& document_;
  AnswerReader reader_;
  std::map<std::string, int> tables_;
};

}  // namespace

LoadedIcs load_ics(const fs::path& path, const model::Profile& profile, const model::Target& target) {
  LoadedIcs loaded;
  DocumentSchemas schemas;
  const auto document = load_document(path, "ics", schemas, loaded.diagnostics);
  if (!document) return loaded;
  AnswerReader reader(*document, profile, target, loaded.diagnostics);
  reader.free_of_control(document->value, "", "supplied_by");
  loaded.ics.source.name = path.filename().string();
  loaded.ics.supplied_by = text_or(document->value, "supplied_by");
  loaded.ics.supplied_on = time_at(document->value, "supplied_on");
  std::size_t position = 0;
  for (const Json& json : document->value["rows"]) read_row(json, fmt::format("/rows/{}", position++), reader, loaded.ics);
  return loaded;
}

LoadedIxit load_ixit(const fs::path& path, const model::Profile& profile, const model::Target& target) {
  LoadedIxit loaded;
  DocumentSchemas schemas;
  const auto document = load_document(path, "ixit", schemas, loaded.diagnostics);
  if (!document) return loaded;
  IxitReader reader(*document, profile, target, loaded.diagnostics);
  reader.free_of_control(document->value);
  loaded.ixit.source.name = path.filename().string();
  loaded.ixit.supplied_by = text_or(document->value, "supplied_by");
  loaded.ixit.supplied_on = time_at(document->value, "supplied_on");
  std::size_t position = 0;
  for (const Json& json : document->value["tables"]) loaded.ixit.tables.push_back(reader.table(json, fmt::format("/tables/{}", position++)));
  return loaded;
}

}  // namespace lintel::rules
