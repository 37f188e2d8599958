// What a laboratory adds to a run so that its report can be signed: who tested what for whom, where, and under which number. lab.yaml gives it
// (docs/schemas/lab.schema.json); nothing of it takes part in judging. What was not given stays empty, and reports say so.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/json_fwd.h"
#include "model/observation.h"
#include "model/text.h"

namespace lintel::model {

struct Photo {
  Evidence file;  // PNG, JPEG or SVG (base/picture.h)
  Text caption;
};

struct Laboratory {
  Text name;
  Text address;
  std::string accreditation;  // number
  std::string contact;
  std::optional<Photo> logo;
  std::string url{};  // of the laboratory, "https://lab.example"
};

struct Customer {
  Text name;
  Text address;
  std::string contact;
};

// The report that this one takes the place of (ISO/IEC 17025 7.8.8).
struct Amendment {
  std::string number;
  Text reason;
  Text changes;
};

struct ReportIdentity {
  std::string number;
  std::string revision;
  std::string classification;  // "TLP:AMBER"
  std::optional<WallTime> issued;
  std::optional<WallTime> valid_until;
  std::optional<Amendment> amends;
};

struct LabItem {
  std::string asset;
  std::string model;
  std::string hardware;  // version
  std::string firmware;  // version
  std::string serial;
  std::string mac;
  Text condition;
  std::optional<WallTime> received;
  std::vector<Photo> photos;
};

struct Person {
  std::string duty;  // "tested", "reviewed", "approved"
  std::string name;
  std::string role;
};

struct Condition {
  Text name;          // temperature
  std::string value;  // "23 °C ± 2 °C"
};

struct ExternalResult {
  Text provider;
  Text result;
  std::string reference;  // number of the provider's report
  std::vector<std::string> clauses;
};

struct Opinion {
  Text text;
  std::string by;
  Text basis;
  std::vector<std::string> clauses;
};

struct Lab {
  Laboratory laboratory;
  Text place;  // where the work was done
  Customer customer;
  ReportIdentity report;
  std::vector<LabItem> items;
  std::vector<Person> people;
  std::vector<Condition> conditions;
  std::string clock;  // what the scanning host's clock was set by
  std::optional<Photo> network;
  Text sampling;
  std::vector<ExternalResult> external;
  std::vector<Opinion> opinions;
  Evidence source;  // lab.yaml itself: name, size, hash; its bytes are kept too
};

// Every picture of it: logo, network, photos of the items.
std::vector<Evidence*> pictures(Lab& lab);
std::vector<const Evidence*> pictures(const Lab& lab);
const LabItem* find_item(const Lab& lab, const std::string& asset);

// As in lab.yaml, empty members left out; a picture's path becomes the evidence that it is.
void to_json(Json& json, const Lab& lab);
// Takes lab.yaml's form too: there a picture is a path, which becomes the evidence's name.
void from_json(const Json& json, Lab& lab);

}  // namespace lintel::model
