// A standard as data: clauses, what each demands and how it is decided. docs/documents.md shows the YAML.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/json_fwd.h"
#include "model/enums.h"
#include "model/text.h"
#include "model/vulnerability.h"

namespace lintel::model {

// A question for the assessor.
struct Question {
  std::string method;  // examine | interview | test
  Text ask;
  Text evidence;
  Text bench;
  int valid_for_days = 365;
  bool only_without_items = false;  // `when: no_item`: asked only where the clause's checks have nothing to look at
  std::optional<Vulnerability> vulnerability = {};  // of the product, when the answer is fail
};

struct CheckUse {
  std::string check;                      // check id
  Obligation obligation = Obligation::shall;  // of this half of the clause; `should` never fails it
};

struct Clause {
  std::string id;
  std::string chapter;  // id of its chapter
  Subject subject = Subject::platform;
  int level = 1;  // lowest device level bound; device and line clauses
  Obligation obligation = Obligation::shall;
  By by = By::manual;
  Text text;
  std::map<std::string, std::vector<std::string>> references;
  std::vector<CheckUse> checks;
  std::optional<Question> attest;
  std::vector<std::string> derived_from;  // clause ids, resolved by the loader (patterns and levels are gone)
};

struct Chapter {
  std::string id;
  Text title;
};

struct Profile {
  std::string id;
  std::string version;
  Text title;
  std::vector<Chapter> chapters;
  std::vector<Clause> clauses;  // in the order of the standard
};

const Clause* find_clause(const Profile& profile, const std::string& id);

void to_json(Json& json, const Profile& profile);
void from_json(const Json& json, Profile& profile);
void to_json(Json& json, const Clause& clause);
void from_json(const Json& json, Clause& clause);

}  // namespace lintel::model
