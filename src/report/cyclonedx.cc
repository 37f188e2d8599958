#include "report/cyclonedx.h"

#include <fmt/format.h>

#include <set>

#include "report/exchange.h"
#include "report/identity.h"
#include "report/json_stream.h"
#include "report/lines.h"

namespace lintel::report {
namespace {

using model::Verdict;

Json cyclonedx_property(std::string_view name, std::string_view value) { return Json{{"name", fmt::format("lintel:{}", name)}, {"value", exchange_text(value)}}; }

const char* component_type(model::Role role) {
  switch (role) {
    case model::Role::device:
    case model::Role::gateway: return "device";
    case model::Role::app: return "application";
    case model::Role::platform:
    case model::Role::line: return "platform";
  }
  return "platform";
}

class CycloneDxWriter {
 public:
  CycloneDxWriter(const RunIndex& index, Language language, const Write& write) : index_(index), run_(index.run), language_(language), contradictions_(contradiction_lines(index)), out_(write) {}

  Result<void> write() {
    const std::string& name = in(run_.target.name, language_);
    out_.member("bomFormat", "CycloneDX");
    out_.member("specVersion", "1.6");
    out_.member("serialNumber", "urn:uuid:" + uuid({run_.id, "cyclonedx"}));
    out_.member("version", 1);
    const Issuer issuer = issuer_of(index_, language_);
    Json organization{{"name", issuer.name}};
    if (!issuer.url.empty()) organization["url"] = Json::array({issuer.url});
    if (is_mail(issuer.contact)) organization["contact"] = Json::array({Json{{"email", issuer.contact}}});
    out_.member("metadata", Json{{"manufacturer", organization},
                                 {"timestamp", format_time(run_.verdicts.judged_at)},
                                 {"tools", {{"components", Json::array({Json{{"type", "application"}, {"name", "lintel"}, {"version", exchange_text(run_.tool_version, 1000)}}})}}},
                                 {"component", {{"type", "platform"}, {"bom-ref", "target"}, {"name", exchange_text(name.empty() ? run_.target.id : name)}}}});
    for (const auto& asset : run_.target.assets) out_.element("components", component(asset));
    out_.member("definitions", Json{{"standards", Json::array({standard()})}});
    out_.open("declarations");
    out_.member("assessors", Json::array({Json{{"bom-ref", "assessor"}, {"thirdParty", issuer.laboratory}, {"organization", organization}}}));
    TRY(write_claims());
    TRY(write_evidence());
    out_.open_only_element("attestations");
    out_.member("summary", exchange_text(in(run_.profile.title, language_)));
    out_.member("assessor", "assessor");
    for (const auto& row : index_.clauses()) out_.element("map", conformance(row));
    out_.close();
    out_.close();
    return out_.finish();
  }

 private:
  static std::string clause_ref(const std::string& clause) { return "clause:" + clause; }
  std::string claim_ref(const std::string& clause, const std::string& asset) const { return "claim:" + uuid({run_.id, clause, asset}); }

  Json component(const model::Asset& asset) const {
    Json one{{"type", component_type(asset.role)},
             {"bom-ref", "asset:" + asset.id},
             {"name", asset_name(index_, asset.id, language_)},
             {"properties", Json::array({cyclonedx_property("id", asset.id), cyclonedx_property("role", model::name_of(asset.role)), cyclonedx_property("level", std::to_string(asset.level))})}};
    for (const auto& item : asset.items)
      if (item.kind == model::ItemKind::firmware) one["components"].push_back(firmware(asset, item));
    return one;
  }

  Json firmware(const model::Asset& asset, const model::Item& item) const {
    Json one{{"type", "firmware"}, {"bom-ref", fmt::format("firmware:{}/{}", asset.id, item.id)}, {"name", exchange_text(text_or(item.data, "model", item.id))}};
    if (const std::string version = text_or(item.data, "version"); !version.empty()) one["version"] = exchange_text(version, 1000);
    const FirmwareDigests digests = firmware_digests(run_, asset.id, item.id);
    if (!digests.sha256.empty()) one["hashes"] = Json::array({Json{{"alg", "SHA-256"}, {"content", digests.sha256}}});
    if (!digests.sm3.empty()) one["properties"] = Json::array({cyclonedx_property("sm3", digests.sm3)});  // no algorithm of the format's list
    return one;
  }

  Json standard() const {
    Json one{{"bom-ref", "standard"}, {"name", exchange_text(in(run_.profile.title, language_))}, {"version", exchange_text(run_.profile.version)},
             {"description", exchange_text(fmt::format("{} sha256:{}", run_.profile.id, run_.profile_sha256))}};
    for (const auto& row : index_.clauses())
      one["requirements"].push_back({{"bom-ref", clause_ref(row.clause->id)},
                                     {"identifier", row.clause->id},
                                     {"text", exchange_text(in(row.clause->text, language_))},
                                     {"properties", Json::array({cyclonedx_property("obligation", model::name_of(row.clause->obligation))})}});
    return one;
  }

  // Empty: nothing was looked at. A check on one item is one piece of evidence whatever clauses use it.
  std::string evidence_ref(const Line& line) const {
    if (line.asset == nullptr) return "";
    if (line.instance != nullptr) return "evidence:" + uuid({run_.id, "check", line.asset->asset, line.check->check, line.instance->item});
    if (line.check == nullptr && line.asset->attestation != nullptr) return "evidence:" + uuid({run_.id, "answer", line.row.clause->id, line.asset->asset});
    return "";
  }

  Result<void> write_claims() {
    Json claim;
    const model::AssetVerdict* open = nullptr;
    const auto give = [&] {
      if (!claim.is_null()) out_.element("claims", claim);
      claim = nullptr;
    };
    TRY(for_each_line(index_, [&](const Line& line) -> Result<void> {
      if (line.asset != open || line.asset == nullptr) {
        give();
        open = line.asset;
        if (claimed(line.asset)) claim = claim_of(line);
      }
      if (claim.is_null()) return {};
      const bool decisive = line.verdict == line.asset->verdict;
      if (decisive && !claim.contains("reasoning")) claim["reasoning"] = finding_of(index_, line, language_);
      const std::string ref = evidence_ref(line);
      if (!ref.empty() && decisive) claim[line.verdict == Verdict::pass ? "evidence" : "counterEvidence"].push_back(ref);
      return {};
    }));
    give();
    return {};
  }

  bool claimed(const model::AssetVerdict* asset) const {
    return asset != nullptr && (asset->verdict == Verdict::pass || asset->verdict == Verdict::fail) && index_.asset(asset->asset) != nullptr;
  }

  Json claim_of(const Line& line) const {
    return Json{{"bom-ref", claim_ref(line.row.clause->id, line.asset->asset)}, {"target", "asset:" + line.asset->asset}, {"predicate", title_of(*line.row.clause, language_)}};
  }

  Result<void> write_evidence() {
    std::set<std::string> written;
    return for_each_line(index_, [&](const Line& line) -> Result<void> {
      const std::string ref = evidence_ref(line);
      if (!ref.empty() && written.insert(ref).second) out_.element("evidence", evidence_of(line, ref));
      return {};
    });
  }

  Json evidence_of(const Line& line, const std::string& ref) const {
    Json one{{"bom-ref", ref}, {"description", finding_of(index_, line, language_)}};
    if (line.instance != nullptr) {
      one["propertyName"] = exchange_text(fmt::format("{} {}", line.check->check, line.instance->item));
      if (const auto* seen = index_.observation(line.instance->job); seen != nullptr) {
        one["created"] = format_time(seen->finished);
        add_files(one, seen->evidence);
      }
      return one;
    }
    const model::Attestation& answer = *line.asset->attestation;
    one["propertyName"] = exchange_text(line.row.clause->id);
    one["created"] = format_time(answer.at);
    if (answer.valid_until) one["expires"] = format_time(*answer.valid_until);
    if (!answer.tester.empty()) one["author"] = Json{{"name", exchange_text(answer.tester)}};
    add_files(one, answer.evidence);
    return one;
  }

  static void add_files(Json& evidence, const std::vector<model::Evidence>& files) {
    for (const auto& file : files) {
      Json data{{"name", exchange_text(file.name)}};
      if (const std::string path = evidence_path(file); !path.empty()) data["contents"] = Json{{"url", path}};
      evidence["data"].push_back(data);
    }
  }

  Json conformance(const ClauseRow& row) const {
    const Verdict verdict = row.verdict->verdict;
    Json one{{"requirement", clause_ref(row.clause->id)}};
    for (const auto& asset : row.verdict->assets)
      if (claimed(&asset)) one[asset.verdict == Verdict::pass ? "claims" : "counterClaims"].push_back(claim_ref(row.clause->id, asset.asset));
    std::string why = in(index_.words.text("verdict", model::name_of(verdict)), language_);
    if (row.verdict->reason != model::Reason::none) why += ": " + in(index_.words.text("reason", model::name_of(row.verdict->reason)), language_);
    if (row.verdict->waiver) why += fmt::format("; {}: {}", in(index_.words.text("ui", "waiver"), language_), row.verdict->waiver->reason);
    for (const Line& line : contradictions_)
      if (line.row.clause == row.clause)
        why += fmt::format("; {} [{}]: {}", in(index_.words.text("ui", "contradiction"), language_), one_line(line.contradiction->asset), finding_of(index_, line, language_));
    one["conformance"] = Json{{"rationale", exchange_text(why)}};
    if (verdict == Verdict::pass || verdict == Verdict::fail) one["conformance"]["score"] = verdict == Verdict::pass ? 1 : 0;
    return one;
  }

  const RunIndex& index_;
  const model::Run& run_;
  const Language language_;
  const std::vector<Line> contradictions_;
  JsonStream out_;
};

}  // namespace

Result<void> write_cyclonedx(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), {});
  return CycloneDxWriter(index, options.language, write).write();
}

}  // namespace lintel::report
