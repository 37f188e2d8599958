#include "report/oscal.h"

#include <fmt/format.h>

#include <set>

#include "report/exchange.h"
#include "report/identity.h"
#include "report/json_stream.h"
#include "report/lines.h"

namespace lintel::report {
namespace {

using model::Verdict;

constexpr const char* kOscalNameSpace = "urn:lintel:oscal";  // of our properties

Json oscal_property(std::string_view name, std::string_view value) {
  return Json{{"name", name}, {"ns", kOscalNameSpace}, {"value", exchange_text(value)}};
}

std::string oscal_token(const std::string& clause) { return anchor("clause-", clause); }

class OscalWriter {
 public:
  OscalWriter(const RunIndex& index, Language language, const Write& write) : index_(index), run_(index.run), language_(language), contradictions_(contradiction_lines(index)), out_(write) {}

  Result<void> write() {
    const std::string profile = uuid({run_.id, "profile"});
    out_.open("assessment-results");
    out_.member("uuid", uuid({run_.id, "assessment-results"}));
    out_.member("metadata", metadata());
    out_.member("import-ap", Json{{"href", "#" + profile}});
    out_.open_only_element("results");
    write_head();
    TRY(write_observations());
    for (const auto& row : index_.clauses())
      if (row.verdict->waiver) out_.element("risks", risk_of(row, *row.verdict->waiver));
    TRY(write_findings());
    out_.close();
    out_.member("back-matter", Json{{"resources", {{{"uuid", profile},
                                                    {"title", exchange_text(in(run_.profile.title, language_))},
                                                    {"props", {oscal_property("profile-id", run_.profile.id), oscal_property("profile-version", run_.profile.version),
                                                               oscal_property("profile-sha256", run_.profile_sha256)}}}}}});
    out_.close();
    return out_.finish();
  }

 private:
  std::string word(const char* section, std::string_view name) const { return exchange_text(in(index_.words.text(section, name), language_)); }
  std::string party(const std::string& person) const { return uuid({"person", person}); }
  std::string item_of(const std::string& asset) const { return uuid({run_.target.id, "asset", asset}); }
  std::string tool() const { return uuid({"lintel", run_.tool_version}); }
  static std::string probe(const model::Observation& seen) { return uuid({"probe", seen.job.probe, seen.probe_version}); }

  Json metadata() const {
    std::set<std::string> testers, people;
    for (const auto& answer : run_.attestations)
      if (!answer.tester.empty()) testers.insert(answer.tester);
    people = testers;
    if (run_.lab)
      for (const auto& person : run_.lab->people) people.insert(person.name);
    for (const auto& row : index_.clauses())
      if (row.verdict->waiver && !row.verdict->waiver->approved_by.empty()) people.insert(row.verdict->waiver->approved_by);
    const Issuer issuer = issuer_of(index_, language_);
    Json laboratory{{"uuid", uuid({run_.id, "laboratory"})}, {"type", "organization"}, {"name", issuer.name}};
    add_contact(laboratory, issuer.contact);
    if (!issuer.url.empty()) laboratory["links"] = {{{"href", issuer.url}, {"rel", "website"}}};
    if (!issuer.accreditation.empty()) laboratory["props"] = {oscal_property("accreditation", issuer.accreditation)};
    Json data{{"title", fmt::format("{}: {}", word("ui", "report"), target_name())},
              {"last-modified", format_time(run_.verdicts.judged_at)},
              {"version", exchange_text(run_.id)},
              {"oscal-version", "1.1.3"},
              {"roles", {{{"id", "assessor"}, {"title", word("exchange", "assessor")}}, {{"id", "approver"}, {"title", word("exchange", "approver")}}}},
              {"parties", Json::array({laboratory})}};
    for (const auto& person : people) data["parties"].push_back({{"uuid", party(person)}, {"type", "person"}, {"name", exchange_text(person)}});
    Json ids = Json::array({laboratory["uuid"]});
    for (const auto& person : testers) ids.push_back(party(person));
    data["responsible-parties"] = Json::array({Json{{"role-id", "assessor"}, {"party-uuids", ids}}});
    if (!run_.lab) return data;
    if (const auto& customer = run_.lab->customer; !(customer.name == model::Text{})) {
      Json one{{"uuid", uuid({run_.id, "customer"})}, {"type", "organization"}, {"name", exchange_text(in(customer.name, language_), 400)}};
      add_contact(one, one_line(customer.contact, 400));
      data["roles"].push_back({{"id", "customer"}, {"title", word("exchange", "customer")}});
      data["responsible-parties"].push_back({{"role-id", "customer"}, {"party-uuids", {one["uuid"]}}});
      data["parties"].push_back(std::move(one));
    }
    return data;
  }

  static void add_contact(Json& party, const std::string& contact) {
    if (contact.empty()) return;
    if (is_mail(contact))
      party["email-addresses"] = Json::array({contact});
    else
      party["telephone-numbers"] = Json::array({Json{{"number", exchange_text(contact)}}});
  }

  std::string target_name() const {
    const std::string& name = in(run_.target.name, language_);
    return exchange_text(name.empty() ? run_.target.id : name);
  }

  // All of a result but its lists.
  void write_head() {
    out_.member("uuid", uuid({run_.id, "result"}));
    out_.member("title", target_name());
    out_.member("description", exchange_text(in(run_.profile.title, language_)));
    out_.member("start", format_time(run_.started));
    if (run_.finished >= run_.started) out_.member("end", format_time(run_.finished));
    out_.member("props", Json::array({oscal_property("gate", model::name_of(run_.verdicts.gate)), oscal_property("complete", run_.complete ? "true" : "false")}));
    Json local{{"assessment-assets", assessment_assets()}};
    for (const auto& asset : run_.target.assets)
      local["inventory-items"].push_back({{"uuid", item_of(asset.id)},
                                          {"description", asset_name(index_, asset.id, language_)},
                                          {"props", {oscal_property("asset-id", asset.id), oscal_property("role", model::name_of(asset.role)),
                                                     oscal_property("level", std::to_string(asset.level))}}});
    out_.member("local-definitions", local);
    Json controls;
    for (const auto& row : index_.clauses()) controls.push_back({{"control-id", oscal_token(row.clause->id)}});
    const Json selection = controls.is_null() ? Json{{"include-all", Json::object()}} : Json{{"include-controls", controls}};
    out_.member("reviewed-controls", Json{{"control-selections", Json::array({selection})}});
  }

  Json assessment_assets() const {
    const auto component = [](const std::string& id, const std::string& title, const std::string& description, const std::string& version) {
      return Json{{"uuid", id}, {"type", "software"}, {"title", title}, {"description", description}, {"status", {{"state", "operational"}}},
                  {"props", {oscal_property("version", version)}}};
    };
    Json components = Json::array({component(tool(), "lintel", word("exchange", "tool"), run_.tool_version)});
    Json used = Json::array({Json{{"component-uuid", tool()}}});
    std::set<std::string> known;
    for (const auto& seen : run_.observations) {
      if (!known.insert(probe(seen)).second) continue;
      components.push_back(component(probe(seen), exchange_text(seen.job.probe), word("exchange", "probe"), seen.probe_version));
      used.push_back({{"component-uuid", probe(seen)}});
    }
    return Json{{"components", components},
                {"assessment-platforms", {{{"uuid", uuid({run_.id, "host"})}, {"title", exchange_text(run_.host)}, {"uses-components", used}}}}};
  }

  // Empty: the line is none, because nothing was looked at and nobody answered. A check on one item is one observation whatever clauses use it.
  std::string observation_uuid(const Line& line) const {
    const std::string asset = line.asset != nullptr ? line.asset->asset : "";
    if (line.instance != nullptr) return uuid({run_.id, "observation", asset, line.check->check, line.instance->item});
    const std::string check = line.check != nullptr ? line.check->check : "";
    if (line.check == nullptr && line.asset != nullptr && line.asset->attestation != nullptr) return uuid({run_.id, "answer", line.row.clause->id, asset});
    if (line.verdict == Verdict::not_applicable) return uuid({run_.id, "not-applicable", line.row.clause->id, asset, check});
    return "";
  }

  std::string contradiction_uuid(const Line& line) const {
    const auto& of = *line.contradiction;
    return uuid({run_.id, "contradiction", of.clause, of.asset, std::string(model::name_of(of.kind))});
  }

  Json contradiction_of(const Line& line) const {
    Json one{{"uuid", contradiction_uuid(line)},
             {"title", title_of(*line.row.clause, language_)},
             {"description", exchange_text(finding_of(index_, line, language_))},
             {"types", {"ssp-statement-issue"}},  // OSCAL's word for a statement that is not so
             {"props", {oscal_property("contradiction", model::name_of(line.contradiction->kind)), oscal_property("clause", line.row.clause->id)}},
             {"methods", {"EXAMINE"}},
             {"collected", format_time(run_.verdicts.judged_at)},
             {"origins", {{{"actors", {{{"type", "tool"}, {"actor-uuid", tool()}}}}}}}};
    if (line.asset != nullptr && index_.asset(line.asset->asset) != nullptr)
      one["subjects"] = {{{"subject-uuid", item_of(line.asset->asset)}, {"type", "inventory-item"}, {"title", asset_name(index_, line.asset->asset, language_)}}};
    return one;
  }

  Result<void> write_observations() {
    std::set<std::string> written;
    for (const Line& line : contradictions_)
      if (written.insert(contradiction_uuid(line)).second) out_.element("observations", contradiction_of(line));
    return for_each_line(index_, [&](const Line& line) -> Result<void> {
      const std::string id = observation_uuid(line);
      if (!id.empty() && written.insert(id).second) out_.element("observations", observation_of(line, id));
      return {};
    });
  }

  Json observation_of(const Line& line, const std::string& id) const {
    const model::Attestation* answer = line.check == nullptr && line.asset != nullptr ? line.asset->attestation.get() : nullptr;
    const model::Observation* seen = line.instance != nullptr ? index_.observation(line.instance->job) : nullptr;
    const model::Check* check = line.check != nullptr ? index_.check(line.check->check) : nullptr;
    const Verdict verdict = answer != nullptr ? answer->verdict : line.verdict;
    Json one{{"uuid", id},
             {"title", check != nullptr ? exchange_text(in(check->title, language_)) : title_of(*line.row.clause, language_)},
             {"description", exchange_text(finding_of(index_, line, language_))},
             {"types", {"control-objective"}},
             {"props", {oscal_property("verdict", model::name_of(verdict)), oscal_property("reason", model::name_of(line.reason))}},
             {"methods", {answer != nullptr ? method_of(*line.row.clause) : line.instance != nullptr ? "TEST" : "EXAMINE"}},
             {"collected", format_time(answer != nullptr ? answer->at : seen != nullptr ? seen->finished : run_.verdicts.judged_at)}};
    if (line.check != nullptr) one["props"].push_back(oscal_property("check", line.check->check));
    if (line.instance != nullptr) one["props"].push_back(oscal_property("item", line.instance->item));
    if (seen != nullptr) one["props"].push_back(oscal_property("probe-status", model::name_of(seen->status)));
    if (line.asset != nullptr && index_.asset(line.asset->asset) != nullptr)
      one["subjects"] = {{{"subject-uuid", item_of(line.asset->asset)}, {"type", "inventory-item"}, {"title", asset_name(index_, line.asset->asset, language_)}}};
    if (answer != nullptr && answer->valid_until) one["expires"] = format_time(*answer->valid_until);
    if (answer == nullptr)
      one["origins"] = {{{"actors", {{{"type", "tool"}, {"actor-uuid", seen != nullptr ? probe(*seen) : tool()}}}}}};
    else if (!answer->tester.empty())
      one["origins"] = {{{"actors", {{{"type", "party"}, {"actor-uuid", party(answer->tester)}, {"role-id", "assessor"}}}}}};
    if (answer != nullptr) add_evidence(one, answer->evidence);
    if (seen != nullptr) add_evidence(one, seen->evidence);
    return one;
  }

  static const char* method_of(const model::Clause& clause) {
    const std::string method = clause.attest ? clause.attest->method : "";
    return method == "test" ? "TEST" : method == "interview" ? "INTERVIEW" : "EXAMINE";
  }

  static void add_evidence(Json& observation, const std::vector<model::Evidence>& evidence) {
    for (const auto& one : evidence) {
      Json entry{{"description", exchange_text(one.name)}, {"props", {oscal_property("sha256", one.sha256), oscal_property("media-type", one.media_type)}}};
      if (const std::string path = evidence_path(one); !path.empty()) entry["href"] = path;
      observation["relevant-evidence"].push_back(entry);
    }
  }

  Json risk_of(const ClauseRow& row, const model::Waiver& waiver) const {
    Json entry{{"uuid", uuid({run_.id, "waiver", row.clause->id})},
               {"title", word("ui", "waiver")},
               {"description", exchange_text(waiver.reason)},
               {"start", format_time(waiver.approved_on)},
               {"status-change", "deviation-approved"},
               {"props", {oscal_property("type", "dr-approved"), oscal_property("ticket", waiver.ticket)}}};
    if (!waiver.approved_by.empty()) entry["logged-by"] = {{{"party-uuid", party(waiver.approved_by)}, {"role-id", "approver"}}};
    return Json{{"uuid", uuid({run_.id, "risk", row.clause->id})},
                {"title", title_of(*row.clause, language_)},
                {"description", title_of(*row.clause, language_)},
                {"statement", exchange_text(waiver.reason)},
                {"status", "deviation-approved"},
                {"deadline", format_time(waiver.expires)},
                {"risk-log", {{"entries", Json::array({entry})}}}};
  }

  Result<void> write_findings() {
    Json finding;
    const ClauseRow* open = nullptr;
    const auto give = [&] {
      if (open == nullptr || open->verdict->verdict == Verdict::not_applicable) return;
      for (const Line& line : contradictions_)
        if (line.row.clause == open->clause) finding["related-observations"].push_back({{"observation-uuid", contradiction_uuid(line)}});
      if (!finding.contains("description")) finding["description"] = word("verdict", model::name_of(open->verdict->verdict));
      out_.element("findings", finding);
    };
    TRY(for_each_line(index_, [&](const Line& line) -> Result<void> {
      if (open != &line.row) {
        give();
        open = &line.row;
        finding = finding_of_clause(line.row);
      }
      // The first line that has the clause's verdict says it best.
      if (!finding.contains("description") && line.verdict == line.row.verdict->verdict) finding["description"] = exchange_text(finding_of(index_, line, language_));
      if (const std::string id = observation_uuid(line); !id.empty()) finding["related-observations"].push_back({{"observation-uuid", id}});
      return {};
    }));
    give();
    return {};
  }

  Json finding_of_clause(const ClauseRow& row) const {
    const Verdict verdict = row.verdict->verdict;
    Json status{{"state", verdict == Verdict::pass ? "satisfied" : "not-satisfied"},
                {"reason", verdict == Verdict::pass ? "pass" : verdict == Verdict::fail ? "fail" : "other"}};
    Json finding{{"uuid", uuid({run_.id, "finding", row.clause->id})},
                 {"title", title_of(*row.clause, language_)},
                 {"props", {oscal_property("verdict", model::name_of(verdict)), oscal_property("reason", model::name_of(row.verdict->reason)),
                            oscal_property("obligation", model::name_of(row.clause->obligation)), oscal_property("clause", row.clause->id)}},
                 {"target", {{"type", "objective-id"}, {"target-id", oscal_token(row.clause->id)}, {"status", status}}}};
    if (row.verdict->waiver) finding["related-risks"] = {{{"risk-uuid", uuid({run_.id, "risk", row.clause->id})}}};
    if (row.verdict->waiver_expired) finding["props"].push_back(oscal_property("waiver", "expired"));
    return finding;
  }

  const RunIndex& index_;
  const model::Run& run_;
  const Language language_;
  const std::vector<Line> contradictions_;
  JsonStream out_;
};

}  // namespace

Result<void> write_oscal(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), {});
  return OscalWriter(index, options.language, write).write();
}

}  // namespace lintel::report
