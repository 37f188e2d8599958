#include "report/view_lab.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/picture.h"
#include "crypto/digest.h"
#include "data/json.h"
#include "report/values.h"
#include "report/view_parts.h"

namespace lintel::report {
namespace {

Json stated(const std::string& text) { return text.empty() ? Json() : Json(plain(text, 2000)); }
Json stated(const model::Text& text) { return text == model::Text{} ? Json() : display({plain(text.zh), plain(text.en)}); }
Json stated(const std::optional<WallTime>& time) { return time ? Json(format_day(*time)) : Json(); }

Json photo_view(const model::Photo& photo, const EvidenceSource& source) {
  const std::string name = plain(photo.file.name, 200);
  const model::Text alt = photo.caption == model::Text{} ? model::Text{name, name} : photo.caption;
  return Json{{"uri", picture_uri(photo.file, source)}, {"alt", display({plain(alt.zh, 300), plain(alt.en, 300)})}, {"caption", stated(photo.caption)}, {"sha256", plain(photo.file.sha256, 64)}};
}

Json identity_view(const RunIndex& index, const model::Lab& lab) {
  const auto& report = lab.report;
  Json amends;
  if (report.amends)
    amends = Json{{"number", plain(report.amends->number, 100)}, {"why", stated(report.amends->reason)}, {"changes", stated(report.amends->changes)}};
  return Json{{"number", shown_number(index.run)},
              {"derived", report.number.empty()},
              {"revision", stated(report.revision)},
              {"classification", stated(report.classification)},
              {"issued", stated(report.issued)},
              {"valid_until", stated(report.valid_until)},
              {"amends", std::move(amends)}};
}

Json items_view(const RunIndex& index, const model::Lab& lab, const EvidenceSource& source) {
  static const model::LabItem nothing;
  Json list = Json::array();
  for (const model::Asset& asset : index.run.target.assets) {
    const model::LabItem* known = find_item(lab, asset.id);
    if (known == nullptr && asset.role != model::Role::device && asset.role != model::Role::gateway) continue;
    const model::LabItem& item = known != nullptr ? *known : nothing;
    Json photos = Json::array();
    for (const auto& photo : item.photos) photos.push_back(photo_view(photo, source));
    list.push_back({{"asset", asset_value(index, asset.id)},
                    {"model", stated(item.model)}, {"hardware", stated(item.hardware)}, {"firmware", stated(item.firmware)},
                    {"serial", stated(item.serial)}, {"mac", stated(item.mac)}, {"condition", stated(item.condition)},
                    {"received", stated(item.received)}, {"has_photos", !photos.empty()}, {"photos", std::move(photos)}});
  }
  return list;
}

// At least one line for each duty, so that there is a place to sign.
Json people_view(const RunIndex& index, const model::Lab& lab) {
  Json list = Json::array();
  for (const char* duty : {"tested", "reviewed", "approved"}) {
    bool found = false;
    for (const auto& person : lab.people) {
      if (person.duty != duty) continue;
      found = true;
      list.push_back({{"duty", index.words.entry("duty", duty)}, {"name", stated(person.name)}, {"role", stated(person.role)}});
    }
    if (!found) list.push_back({{"duty", index.words.entry("duty", duty)}, {"name", nullptr}, {"role", nullptr}});
  }
  return list;
}

}  // namespace

std::string shown_number(const model::Run& run) {
  return run.lab && !run.lab->report.number.empty() ? plain(run.lab->report.number, 200) : report_number(run);
}

Json picture_uri(const model::Evidence& picture, const EvidenceSource& source) {
  const auto bytes = source(picture.sha256, kPictureCapBytes + 1);
  if (!bytes) return nullptr;
  const auto digest = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(*bytes));
  const auto known = identify_picture(as_bytes(*bytes));
  if (!digest || to_hex(*digest) != picture.sha256 || !known) return nullptr;
  return fmt::format("data:{};base64,{}", known->media_type, to_base64(as_bytes(*bytes)));
}

Json lab_view(const RunIndex& index, const EvidenceSource& source) {
  static const model::Lab nothing;
  const model::Lab& lab = index.run.lab ? *index.run.lab : nothing;
  Json conditions = Json::array(), external = Json::array(), opinions = Json::array();
  for (const auto& each : lab.conditions) conditions.push_back({{"name", stated(each.name)}, {"value", plain(each.value, 400)}});
  for (const auto& each : lab.external)
    external.push_back({{"provider", stated(each.provider)}, {"result", stated(each.result)}, {"reference", stated(each.reference)}, {"clauses", links(each.clauses)}, {"has_clauses", !each.clauses.empty()}});
  for (const auto& each : lab.opinions)
    opinions.push_back({{"text", stated(each.text)}, {"by", plain(each.by, 200)}, {"basis", stated(each.basis)}, {"clauses", links(each.clauses)}, {"has_clauses", !each.clauses.empty()}});
  Json items = items_view(index, lab, source);
  Json view{{"report", identity_view(index, lab)},
            {"name", stated(lab.laboratory.name)},
            {"address", stated(lab.laboratory.address)},
            {"accreditation", stated(lab.laboratory.accreditation)},
            {"contact", stated(lab.laboratory.contact)},
            {"logo", lab.laboratory.logo ? photo_view(*lab.laboratory.logo, source) : Json()},
            {"place", stated(lab.place)},
            {"customer", {{"name", stated(lab.customer.name)}, {"address", stated(lab.customer.address)}, {"contact", stated(lab.customer.contact)}}},
            {"has_items", !items.empty()},
            {"items", std::move(items)},
            {"people", people_view(index, lab)},
            {"conditions", std::move(conditions)},
            {"has_conditions", !lab.conditions.empty()},
            {"clock", stated(lab.clock)},
            {"network", lab.network ? photo_view(*lab.network, source) : Json()},
            {"sampling", stated(lab.sampling)},
            {"external", std::move(external)},
            {"has_external", !lab.external.empty()},
            {"opinions", std::move(opinions)},
            {"has_opinions", !lab.opinions.empty()},
            {"source", index.run.lab ? Json{{"name", plain(lab.source.name, 200)}, {"sha256", plain(lab.source.sha256, 64)}} : Json()}};
  return view;
}

Json method_view(const RunIndex& index) {
  std::map<std::string, std::set<std::string>> versions;
  for (const auto& seen : index.run.observations) versions[seen.job.probe].insert(seen.probe_version);
  Json probes = Json::array();
  for (const auto& [probe, found] : versions) {
    std::string list;
    for (const auto& version : found) list += (list.empty() ? "" : ", ") + plain(version, 100);
    probes.push_back({{"name", plain(probe, 100)}, {"version", list.empty() ? "–" : list}});
  }
  Json parameters = Json::array();
  for (const auto& check : index.run.checks)
    if (check.with.is_object() && !check.with.empty())
      parameters.push_back({{"check", plain(check.id, 200)}, {"values", one_line(dump_json(check.with), 400)}});
  const bool has_probes = !probes.empty(), has_parameters = !parameters.empty();
  return Json{{"probes", std::move(probes)}, {"has_probes", has_probes}, {"parameters", std::move(parameters)}, {"has_parameters", has_parameters}};
}

Json glossary_view(const Words& words) {
  Json list = Json::array();
  for (const char* term : {"pass", "fail", "inconclusive", "not_tested", "not_applicable", "clause", "asset", "check", "probe", "evidence", "profile", "level", "waiver", "attestation", "ics", "gate"})
    list.push_back({{"term", display(words.text("term", term))}, {"text", display(words.text("glossary", term))}});
  return list;
}

}  // namespace lintel::report
