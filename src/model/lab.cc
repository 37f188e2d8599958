#include "model/lab.h"

#include "model/json_members.h"

namespace lintel::model {
// Static, not in an unnamed namespace: list_of() and to_list() find them by their argument.
static void put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}
static void put(Json& json, const char* key, const Text& text) {
  if (!(text == Text{})) json[key] = text;
}
static void put(Json& json, const char* key, const std::optional<WallTime>& time) {
  if (time) json[key] = format_time(*time);
}
static void put(Json& json, const char* key, Json value) {
  if (!value.empty()) json[key] = std::move(value);
}

static std::optional<WallTime> maybe_time(const Json& json, std::string_view key) { return parse_time(text_or(json, key)); }
static Text text_at(const Json& json, std::string_view key) {
  Text text;
  if (const Json& found = member(json, key); found.is_object()) from_json(found, text);
  return text;
}

static void to_json(Json& json, const Photo& photo) {
  json = Json{{"file", photo.file}};
  put(json, "caption", photo.caption);
}
static void from_json(const Json& json, Photo& photo) {
  if (const Json& file = member(json, "file"); file.is_object()) from_json(file, photo.file);
  else photo.file.name = text_or(json, "file");
  photo.caption = text_at(json, "caption");
}
static std::optional<Photo> maybe_photo(const Json& json, std::string_view key) {
  const Json& found = member(json, key);
  if (!found.is_object()) return std::nullopt;
  Photo photo;
  from_json(found, photo);
  return photo;
}
static void put(Json& json, const char* key, const std::optional<Photo>& photo) {
  if (photo) to_json(json[key], *photo);
}

static void to_json(Json& json, const LabItem& item) {
  json = Json{{"asset", item.asset}};
  put(json, "model", item.model);
  put(json, "hardware", item.hardware);
  put(json, "firmware", item.firmware);
  put(json, "serial", item.serial);
  put(json, "mac", item.mac);
  put(json, "condition", item.condition);
  put(json, "received", item.received);
  put(json, "photos", to_list(item.photos));
}
static void from_json(const Json& json, LabItem& item) {
  item.asset = text_or(json, "asset");
  item.model = text_or(json, "model");
  item.hardware = text_or(json, "hardware");
  item.firmware = text_or(json, "firmware");
  item.serial = text_or(json, "serial");
  item.mac = text_or(json, "mac");
  item.condition = text_at(json, "condition");
  item.received = maybe_time(json, "received");
  item.photos = list_of<Photo>(json, "photos");
}

static void to_json(Json& json, const Person& person) {
  json = Json{{"duty", person.duty}, {"name", person.name}};
  put(json, "role", person.role);
}
static void from_json(const Json& json, Person& person) {
  person = {text_or(json, "duty"), text_or(json, "name"), text_or(json, "role")};
}

static void to_json(Json& json, const Condition& condition) { json = Json{{"name", condition.name}, {"value", condition.value}}; }
static void from_json(const Json& json, Condition& condition) { condition = {text_at(json, "name"), text_or(json, "value")}; }

static void to_json(Json& json, const ExternalResult& external) {
  json = Json{{"provider", external.provider}, {"result", external.result}};
  put(json, "reference", external.reference);
  put(json, "clauses", Json(external.clauses));
}
static void from_json(const Json& json, ExternalResult& external) {
  external = {text_at(json, "provider"), text_at(json, "result"), text_or(json, "reference"), texts_of(json, "clauses")};
}

static void to_json(Json& json, const Opinion& opinion) {
  json = Json{{"text", opinion.text}, {"by", opinion.by}, {"basis", opinion.basis}};
  put(json, "clauses", Json(opinion.clauses));
}
static void from_json(const Json& json, Opinion& opinion) {
  opinion = {text_at(json, "text"), text_or(json, "by"), text_at(json, "basis"), texts_of(json, "clauses")};
}

static Json laboratory_json(const Laboratory& laboratory) {
  Json json = Json::object();
  put(json, "name", laboratory.name);
  put(json, "address", laboratory.address);
  put(json, "accreditation", laboratory.accreditation);
  put(json, "contact", laboratory.contact);
  put(json, "url", laboratory.url);
  put(json, "logo", laboratory.logo);
  return json;
}

static Json report_json(const ReportIdentity& report) {
  Json json = Json::object();
  put(json, "number", report.number);
  put(json, "revision", report.revision);
  put(json, "classification", report.classification);
  put(json, "issued", report.issued);
  put(json, "valid_until", report.valid_until);
  if (report.amends) {
    Json amends{{"number", report.amends->number}, {"reason", report.amends->reason}};
    put(amends, "changes", report.amends->changes);
    json["amends"] = std::move(amends);
  }
  return json;
}

void to_json(Json& json, const Lab& lab) {
  json = Json{{"source", lab.source}};
  put(json, "laboratory", laboratory_json(lab.laboratory));
  put(json, "place", lab.place);
  Json customer = Json::object();
  put(customer, "name", lab.customer.name);
  put(customer, "address", lab.customer.address);
  put(customer, "contact", lab.customer.contact);
  put(json, "customer", std::move(customer));
  put(json, "report", report_json(lab.report));
  put(json, "items", to_list(lab.items));
  put(json, "people", to_list(lab.people));
  Json environment = Json::object();
  put(environment, "conditions", to_list(lab.conditions));
  put(environment, "clock", lab.clock);
  put(environment, "network", lab.network);
  put(json, "environment", std::move(environment));
  put(json, "sampling", lab.sampling);
  put(json, "external", to_list(lab.external));
  put(json, "opinions", to_list(lab.opinions));
}

void from_json(const Json& json, Lab& lab) {
  if (const Json& source = member(json, "source"); source.is_object()) from_json(source, lab.source);
  const Json& laboratory = member(json, "laboratory");
  lab.laboratory = {text_at(laboratory, "name"), text_at(laboratory, "address"), text_or(laboratory, "accreditation"), text_or(laboratory, "contact"),
                    maybe_photo(laboratory, "logo"), text_or(laboratory, "url")};
  lab.place = text_at(json, "place");
  const Json& customer = member(json, "customer");
  lab.customer = {text_at(customer, "name"), text_at(customer, "address"), text_or(customer, "contact")};
  const Json& report = member(json, "report");
  lab.report = {text_or(report, "number"), text_or(report, "revision"), text_or(report, "classification"), maybe_time(report, "issued"),
                maybe_time(report, "valid_until"), std::nullopt};
  if (const Json& amends = member(report, "amends"); amends.is_object())
    lab.report.amends = Amendment{text_or(amends, "number"), text_at(amends, "reason"), text_at(amends, "changes")};
  lab.items = list_of<LabItem>(json, "items");
  lab.people = list_of<Person>(json, "people");
  const Json& environment = member(json, "environment");
  lab.conditions = list_of<Condition>(environment, "conditions");
  lab.clock = text_or(environment, "clock");
  lab.network = maybe_photo(environment, "network");
  lab.sampling = text_at(json, "sampling");
  lab.external = list_of<ExternalResult>(json, "external");
  lab.opinions = list_of<Opinion>(json, "opinions");
}

std::vector<Evidence*> pictures(Lab& lab) {
  std::vector<Evidence*> list;
  if (lab.laboratory.logo) list.push_back(&lab.laboratory.logo->file);
  if (lab.network) list.push_back(&lab.network->file);
  for (LabItem& item : lab.items)
    for (Photo& photo : item.photos) list.push_back(&photo.file);
  return list;
}

std::vector<const Evidence*> pictures(const Lab& lab) {
  std::vector<const Evidence*> list;
  for (const Evidence* each : pictures(const_cast<Lab&>(lab))) list.push_back(each);  // it only takes addresses
  return list;
}

const LabItem* find_item(const Lab& lab, const std::string& asset) {
  for (const LabItem& item : lab.items)
    if (item.asset == asset) return &item;
  return nullptr;
}

}  // namespace lintel::model
