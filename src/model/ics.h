// What the customer says of the product: the implementation conformance statement (ICS), a row a clause, and the IXIT tables that
// describe how it is built. A statement can make a verdict worse, never better (rules/statements.h); what disagrees becomes a Contradiction.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/json_fwd.h"
#include "model/enums.h"
#include "model/observation.h"
#include "model/text.h"

namespace lintel::model {

struct Statement {
  std::string clause;
  std::string asset;  // empty: every asset the clause binds that has no row of its own
  Support support = Support::open;
  std::string detail;
  std::string justification;  // never empty with not_applicable
};

struct Ics {
  Evidence source;  // the file as it was handed in
  std::string supplied_by;
  WallTime supplied_on{};
  std::vector<Statement> rows;
};

struct IxitRow {
  std::string id;
  std::string asset;                 // empty: all
  std::vector<std::string> clauses;  // that it serves
  bool implemented = true;           // in the product as delivered
  std::map<std::string, std::string> values;
};

struct IxitTable {
  std::string id;
  Text title;
  std::string supplied_by;  // when somebody else than the document's
  std::vector<IxitRow> rows;
};

struct Ixit {
  Evidence source;
  std::string supplied_by;
  WallTime supplied_on{};
  std::vector<IxitTable> tables;
};

void to_json(Json& json, const Ics& ics);
void from_json(const Json& json, Ics& ics);
void to_json(Json& json, const Ixit& ixit);
void from_json(const Json& json, Ixit& ixit);

}  // namespace lintel::model
