// One observable requirement: which probe looks, with which parameters, and what must hold of the facts.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "data/json_fwd.h"
#include "data/json.h"
#include "model/enums.h"
#include "model/text.h"
#include "model/vulnerability.h"

namespace lintel::model {

// One row of a check's own table: facts → verdict.
struct CheckRow {
  std::string name;
  Status status = Status::ok;
  Json facts;  // object; null when the row gives none
  Json item;
  Json asset;
  Verdict expect = Verdict::pass;
};

struct Check {
  std::string id;  // area.name
  Text title;
  std::string probe;
  Json with = Json::object();   // parameters of the probe
  Json where = Json::object();  // members an item must have
  Verdict on_empty = Verdict::not_tested;  // or not_applicable
  Text reason_empty;
  Json assertions = Json::array();  // as written; rules/assertion compiles them
  Text remedy;
  std::optional<Vulnerability> vulnerability;  // of the product, when the check fails
  std::vector<CheckRow> rows;
};

void to_json(Json& json, const Check& check);
void from_json(const Json& json, Check& check);

}  // namespace lintel::model
