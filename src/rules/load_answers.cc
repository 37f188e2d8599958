// Attestations and waivers: what people answer for, checked against the clauses and assets it is about.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rules/documents.h"

namespace lintel::rules {
namespace {

namespace fs = std::filesystem;

class AnswerReader {
 public:
  AnswerReader(const Document& document, const model::Profile& profile, const model::Target& target, Diagnostics& diagnostics)
      : document_(document), profile_(profile), target_(target), diagnostics_(diagnostics) {}

  void error(const char* code, const std::string& pointer, std::string message, std::string hint = "") {
    add_error(diagnostics_, code, document_.file, document_.at(pointer), std::move(message), std::move(hint));
  }
  void warning(const char* code, const std::string& pointer, std::string message, std::string hint = "") {
    add_warning(diagnostics_, code, document_.file, document_.at(pointer), std::move(message), std::move(hint));
  }

  // The clause that an entry names; the entry's asset has to exist and to be bound by it.
  const model::Clause* subject(const Json& json, const std::string& at) {
    const std::string id = text_or(json, "clause"), asset_id = text_or(json, "asset");
    const model::Clause* clause = find_clause(profile_, id);
    if (clause == nullptr) {
      std::vector<std::string> names;
      for (const model::Clause& one : profile_.clauses) names.push_back(one.id);
      error("E081", at + "/clause", fmt::format("the profile has no clause `{}`", id), name_hint(id, names));
    }
    if (asset_id.empty()) return clause;
    const model::Asset* asset = find_asset(target_, asset_id);
    if (asset == nullptr) {
      std::vector<std::string> names;
      for (const model::Asset& one : target_.assets) names.push_back(one.id);
      error("E082", at + "/asset", fmt::format("the target has no asset `{}`", printable(asset_id)), name_hint(asset_id, names));
    } else if (clause != nullptr && !binds(clause->subject, asset->role)) {
      warning("W083", at + "/asset", fmt::format("clause `{}` does not bind `{}`, a {}", id, asset_id, name_of(asset->role)), "the entry counts for nothing");
    }
    return clause;
  }

  // Two entries for one clause and asset.
  void repeated(const Json& json, const std::string& at) {
    const std::string key = text_or(json, "clause") + "\n" + text_or(json, "asset");
    if (const auto [first, fresh] = seen_.emplace(key, document_.at(at).line); !fresh)
      warning("W084", at, fmt::format("a second entry for clause `{}`", text_or(json, "clause")), fmt::format("the first is on line {}", first->second));
  }

 private:
  const Document& document_;
  const model::Profile& profile_;
  const model::Target& target_;
  Diagnostics& diagnostics_;
  std::map<std::string, int> seen_;
};

// The schema has checked that it is one.
WallTime time_at(const Json& json, std::string_view key) { return parse_time(text_or(json, key)).value_or(WallTime{}); }

}  // namespace

LoadedAttestations load_attestations(const fs::path& path, const model::Profile& profile, const model::Target& target) {
  LoadedAttestations loaded;
  DocumentSchemas schemas;
  const auto document = load_document(path, "attestations", schemas, loaded.diagnostics);
  if (!document) return loaded;
  AnswerReader reader(*document, profile, target, loaded.diagnostics);
  std::size_t position = 0;
  for (const Json& json : document->value["attestations"]) {
    const std::string at = fmt::format("/attestations/{}", position++);
    const model::Clause* clause = reader.subject(json, at);
    if (clause != nullptr && !clause->attest)
      reader.warning("W085", at + "/clause", fmt::format("clause `{}` asks the assessor nothing", clause->id), "the entry counts for nothing");
    reader.repeated(json, at);
    model::Attestation attestation{text_or(json, "clause"), text_or(json, "asset"), word(json, "verdict", model::Verdict::inconclusive),
                                   text_or(json, "remark"), text_or(json, "tester"), time_at(json, "at"), std::nullopt, {}};
    if (json.contains("valid_until")) {
      attestation.valid_until = time_at(json, "valid_until");
      if (*attestation.valid_until <= attestation.at)
        reader.error("E086", at + "/valid_until", "`valid_until` is not after `at`", "the answer would never count");
    }
    const Json& evidence = member(json, "evidence");
    for (std::size_t i = 0; i < evidence.size(); ++i) {
      const std::string file = text_or(evidence[i], "file");
      std::error_code ignored;
      if (!fs::is_regular_file(path.parent_path() / file, ignored))
        reader.error("E087", fmt::format("{}/evidence/{}/file", at, i), fmt::format("there is no file {}", (path.parent_path() / file).lexically_normal().string()),
                     "a report can't be defended with evidence that is not there");
      attestation.evidence.push_back({file, "", "", 0, {}});
    }
    loaded.attestations.push_back(std::move(attestation));
  }
  return loaded;
}

LoadedWaivers load_waivers(const fs::path& path, const model::Profile& profile, const model::Target& target) {
  LoadedWaivers loaded;
  DocumentSchemas schemas;
  const auto document = load_document(path, "waivers", schemas, loaded.diagnostics);
  if (!document) return loaded;
  AnswerReader reader(*document, profile, target, loaded.diagnostics);
  std::size_t position = 0;
  for (const Json& json : document->value["waivers"]) {
    const std::string at = fmt::format("/waivers/{}", position++);
    const model::Clause* clause = reader.subject(json, at);
    if (clause != nullptr && (clause->obligation == model::Obligation::should || clause->obligation == model::Obligation::may))
      reader.warning("W088", at + "/clause", fmt::format("clause `{}` is a `{}`, which counts with `--fail-on should` only", clause->id, name_of(clause->obligation)), "without that it needs no waiver");
    reader.repeated(json, at);
    model::Waiver waiver{text_or(json, "clause"), text_or(json, "asset"), text_or(json, "reason"), text_or(json, "approved_by"),
                         time_at(json, "approved_on"), time_at(json, "expires"), text_or(json, "ticket")};
    if (waiver.expires <= waiver.approved_on) reader.error("E089", at + "/expires", "`expires` is not after `approved_on`", "the waiver would never count");
    loaded.waivers.push_back(std::move(waiver));
  }
  return loaded;
}

}  // namespace lintel::rules
