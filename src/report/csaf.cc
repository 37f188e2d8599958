#include "report/csaf.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "report/exchange.h"
#include "report/json_stream.h"
#include "report/lines.h"

namespace lintel::report {
namespace {

using model::Verdict;

// A check or question that failed, with all it failed on.
struct Weakness {
  const model::Vulnerability* vulnerability = nullptr;
  std::string check;   // id; empty: an answer
  std::string remedy;  // empty: an answer
  WallTime discovered = WallTime::max();
  std::vector<std::string> clauses;
  std::vector<std::string> assets;
  std::vector<std::pair<std::string, std::string>> findings;  // on what, what was found
};

std::string image_name(const std::string& path) { return exchange_text(path.substr(path.rfind('/') + 1), 200); }

void add_once(std::vector<std::string>& list, const std::string& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

class Advisory {
 public:
  Advisory(const RunIndex& index, Language language) : index_(index), run_(index.run), language_(language) {}

  Result<void> write(const Write& write) {
    TRY(collect());
    JsonStream out(write);
    out.member("document", document());
    if (const Json names = products(); !names.empty()) out.member("product_tree", Json{{"full_product_names", names}});
    for (const auto& weakness : weaknesses_) out.element("vulnerabilities", vulnerability(weakness));
    return out.finish();
  }

 private:
  std::string word(std::string_view name) const { return exchange_text(in(index_.words.text("exchange", name), language_)); }

  Result<void> collect() {
    return for_each_line(index_, [&](const Line& line) -> Result<void> {
      if (line.asset == nullptr || line.asset->asset.empty()) return {};
      if (line.instance != nullptr && line.verdict == Verdict::fail) {
        const model::Check* check = index_.check(line.check->check);
        if (check != nullptr && check->vulnerability) add(line, "check " + check->id, *check->vulnerability);
      } else if (const auto& answer = line.asset->attestation; line.check == nullptr && answer != nullptr && answer->verdict == Verdict::fail) {
        const auto& question = line.row.clause->attest;
        if (question && question->vulnerability) add(line, "clause " + line.row.clause->id, *question->vulnerability);
      }
      return {};
    });
  }

  void add(const Line& line, const std::string& key, const model::Vulnerability& vulnerability) {
    const auto [known, fresh] = places_.emplace(key, weaknesses_.size());
    if (fresh) weaknesses_.emplace_back();
    Weakness& weakness = weaknesses_[known->second];
    weakness.vulnerability = &vulnerability;
    add_once(weakness.clauses, line.row.clause->id);
    add_once(weakness.assets, line.asset->asset);
    WallTime seen_at = run_.finished;
    std::string where = asset_name(index_, line.asset->asset, language_);
    if (line.instance != nullptr) {
      weakness.check = line.check->check;
      weakness.remedy = in(index_.check(line.check->check)->remedy, language_);
      where += " / " + line.instance->item;
      if (const auto* seen = index_.observation(line.instance->job); seen != nullptr) seen_at = seen->finished;
    } else {
      seen_at = line.asset->attestation->at;
    }
    weakness.discovered = std::min(weakness.discovered, seen_at);
    if (seen_.insert(key + "\n" + line.asset->asset + "\n" + (line.instance != nullptr ? line.instance->item : "")).second)
      weakness.findings.emplace_back(exchange_text(where, 400), finding_of(index_, line, language_));
  }

  Json document() const {
    const std::string at = format_time(run_.verdicts.judged_at);
    const std::string& name = in(run_.target.name, language_);
    const Json engine{{"name", "lintel"}, {"version", exchange_text(run_.tool_version)}};
    const Json revision{{"date", at}, {"number", "0.1.0"}, {"summary", word("csaf_revision")}};
    const bool advisory = !weaknesses_.empty();
    return Json{{"category", advisory ? "csaf_security_advisory" : "csaf_base"},
                {"csaf_version", "2.0"},
                {"lang", language_ == Language::en ? "en" : "zh"},
                {"title", fmt::format("{}: {}", word(advisory ? "csaf_title" : "csaf_none_title"), exchange_text(name.empty() ? run_.target.id : name))},
                {"distribution", distribution()},
                {"publisher", publisher()},
                {"notes",
                 Json::array({Json{{"category", "legal_disclaimer"}, {"title", word("csaf_draft")}, {"text", word("csaf_draft_text")}},
                              Json{{"category", "summary"}, {"text", summary()}}})},
                {"tracking",
                 {{"id", report_number(run_)},
                  {"status", "draft"},
                  {"version", "0.1.0"},
                  {"initial_release_date", at},
                  {"current_release_date", at},
                  {"revision_history", Json::array({revision})},
                  {"generator", {{"engine", engine}, {"date", at}}}}}};
  }

  std::string summary() const {
    const std::string profile = fmt::format("{} {}", run_.profile.id, run_.profile.version);
    if (!weaknesses_.empty()) return exchange_text(fmt::format("{}: {}", word("csaf_summary"), profile));
    // What is open may hide what was not found.
    std::map<Verdict, int> count;
    for (const auto& row : index_.clauses()) ++count[row.verdict->verdict];
    std::vector<std::string> parts;
    for (const auto& [verdict, clauses] : count) parts.push_back(fmt::format("{} {}", in(index_.words.text("verdict", model::name_of(verdict)), language_), clauses));
    return exchange_text(fmt::format("{} ({}): {}", word("csaf_none"), profile, parts.empty() ? "0" : join(parts, ", ")));
  }

  Json publisher() const {
    const Issuer issuer = issuer_of(index_, language_);
    Json made{{"category", issuer.laboratory ? "discoverer" : "other"}, {"name", issuer.name}, {"namespace", issuer.url.empty() ? "https://publisher.invalid" : issuer.url}};
    if (!issuer.contact.empty()) made["contact_details"] = issuer.contact;
    return made;
  }

  // CSAF 2.0 has the lights of TLP 1.0: CLEAR was WHITE, and what AMBER+STRICT keeps inside, AMBER would not.
  const char* traffic_light() const {
    const std::string word = run_.lab ? to_lower(run_.lab->report.classification) : "";
    if (word == "tlp:red" || word == "tlp:amber+strict") return "RED";
    if (word == "tlp:green") return "GREEN";
    if (word == "tlp:white" || word == "tlp:clear") return "WHITE";
    return "AMBER";
  }

  Json distribution() const {
    std::string text = word("csaf_distribution");
    if (run_.lab && !run_.lab->report.classification.empty()) text = fmt::format("{}: {}", exchange_text(run_.lab->report.classification, 400), text);
    return Json{{"tlp", {{"label", traffic_light()}, {"url", "https://www.first.org/tlp/"}}}, {"text", text}};
  }

  // The assets that something was found on; all when nothing was.
  Json products() const {
    Json list = Json::array();
    if (weaknesses_.empty())
      for (const auto& asset : run_.target.assets) list.push_back(product(asset.id));
    std::set<std::string> written;
    for (const auto& weakness : weaknesses_)
      for (const auto& asset : weakness.assets)
        if (written.insert(asset).second) list.push_back(product(asset));
    return list;
  }

  Json product(const std::string& id) const {
    Json one{{"product_id", exchange_text(id)}, {"name", asset_name(index_, id, language_)}};
    const model::Asset* asset = index_.asset(id);
    if (asset == nullptr) return one;
    std::vector<std::string> versions, models;
    Json hashes;
    for (const auto& item : asset->items) {
      if (item.kind != model::ItemKind::firmware) continue;
      if (const std::string version = text_or(item.data, "version"); !version.empty()) add_once(versions, version);
      if (const std::string model = text_or(item.data, "model"); !model.empty()) add_once(models, exchange_text(model));
      const std::string sha256 = firmware_digests(run_, id, item.id).sha256;
      if (!sha256.empty())
        hashes.push_back({{"filename", image_name(text_or(item.data, "image", item.id))}, {"file_hashes", Json::array({Json{{"algorithm", "sha256"}, {"value", sha256}}})}});
    }
    if (!versions.empty()) one["name"] = exchange_text(fmt::format("{} {}", asset_name(index_, id, language_), join(versions, ", ")));
    if (!models.empty()) one["product_identification_helper"]["model_numbers"] = models;
    if (!hashes.is_null()) one["product_identification_helper"]["hashes"] = hashes;
    return one;
  }

  Json vulnerability(const Weakness& weakness) const {
    const model::Vulnerability& is = *weakness.vulnerability;
    const std::string threat = exchange_text(in(is.threat, language_));
    Json products = Json::array();
    for (const auto& asset : weakness.assets) products.push_back(exchange_text(asset));
    Json ids = Json::array();
    if (!weakness.check.empty()) ids.push_back({{"system_name", "lintel check"}, {"text", exchange_text(weakness.check)}});
    for (const auto& clause : weakness.clauses)
      ids.push_back({{"system_name", exchange_text(run_.profile.id + " " + run_.profile.version)}, {"text", exchange_text(clause)}});
    Json notes = Json::array({Json{{"category", "description"}, {"text", threat}}});
    for (const auto& [where, found] : weakness.findings) notes.push_back({{"category", "details"}, {"title", where}, {"text", exchange_text(found)}});
    Json one{{"title", threat},
             {"cwe", {{"id", is.cwe}, {"name", is.name}}},
             {"discovery_date", format_time(weakness.discovered)},
             {"ids", ids},
             {"notes", notes},
             {"product_status", {{"known_affected", products}}},
             {"threats", Json::array({Json{{"category", "impact"}, {"details", threat}, {"product_ids", products}}})}};
    if (!weakness.remedy.empty())
      one["remediations"] = Json::array({Json{{"category", "mitigation"}, {"details", exchange_text(weakness.remedy)}, {"product_ids", products}}});
    return one;
  }

  const RunIndex& index_;
  const model::Run& run_;
  const Language language_;
  std::vector<Weakness> weaknesses_;  // in the order of the profile
  std::map<std::string, std::size_t> places_;
  std::set<std::string> seen_;
};

}  // namespace

Result<void> write_csaf(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), {});
  return Advisory(index, options.language).write(write);
}

std::string csaf_file_name(const model::Run& run) {
  std::string name;
  for (const char c : to_lower(report_number(run))) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-';
    if (kept || !name.ends_with('_')) name += kept ? c : '_';
  }
  return name + ".json";
}

}  // namespace lintel::report
