// Attestations and waivers: what people answer for, checked against the clauses and assets it is about.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rules/answer_reader.h"

namespace lintel::rules {
namespace {

namespace fs = std::filesystem;

// Two entries for one clause and asset: the later may be a correction.
void repeated(AnswerReader& reader, const Json& json, const std::string& at) {
  if (const int first = reader.earlier(json, at); first > 0)
    reader.warning("W084", at, fmt::format("a second entry for clause `{}`", text_or(json, "clause")), fmt::format("the first is on line {}", first));
}

// Such an answer is kept as a record and decides nothing.
void expired(AnswerReader& reader, const model::Attestation& answer, const model::Clause* clause, const std::string& at, WallTime now) {
  if (clause == nullptr || !clause->attest) return;
  WallTime end = answer.at + std::chrono::days(clause->attest->valid_for_days);
  if (answer.valid_until) end = std::min(end, *answer.valid_until);
  if (end <= now && end > answer.at)
    reader.warning("W110", at, fmt::format("the answer for clause `{}` is out of date since {}", answer.clause, format_time(end)), "the question stays open");
}

}  // namespace

LoadedAttestations load_attestations(const fs::path& path, const model::Profile& profile, const model::Target& target, WallTime now) {
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
    repeated(reader, json, at);
    model::Attestation attestation{text_or(json, "clause"), text_or(json, "asset"), word(json, "verdict", model::Verdict::inconclusive),
                                   text_or(json, "remark"), text_or(json, "tester"), time_at(json, "at"), std::nullopt, {}};
    reader.free_of_control(json, at, "remark");
    reader.free_of_control(json, at, "tester");
    if (attestation.verdict == model::Verdict::not_applicable && attestation.remark.empty())
      reader.error("E101", at, fmt::format("clause `{}` is answered not_applicable without a reason", attestation.clause), "say in `remark` why it does not apply");
    if (attestation.at > now)
      reader.error("E102", at + "/at", fmt::format("`at` lies in the future: it is {} now", format_time(now)), "give the moment when it was found");
    if (json.contains("valid_until")) {
      attestation.valid_until = time_at(json, "valid_until");
      if (*attestation.valid_until <= attestation.at)
        reader.error("E086", at + "/valid_until", "`valid_until` is not after `at`", "the answer would never count");
    }
    expired(reader, attestation, clause, at, now);
    const Json& evidence = member(json, "evidence");
    std::set<fs::path> named_before;
    for (std::size_t i = 0; i < evidence.size(); ++i) {
      const std::string file = text_or(evidence[i], "file");
      if (!named_before.insert(fs::path(file).lexically_normal()).second) {
        reader.warning("W109", fmt::format("{}/evidence/{}/file", at, i), fmt::format("{} is named twice", printable(file)), "it is attached once");
        continue;
      }
      const bool keep = bool_or(evidence[i], "keep", true);
      reader.evidence_file(path.parent_path() / file, fmt::format("{}/evidence/{}/file", at, i), keep);
      model::Evidence& named = attestation.evidence.emplace_back();
      named.name = file;
      named.kept = keep;
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
    repeated(reader, json, at);
    model::Waiver waiver{text_or(json, "clause"), text_or(json, "asset"), text_or(json, "reason"), text_or(json, "approved_by"),
                         time_at(json, "approved_on"), time_at(json, "expires"), text_or(json, "ticket")};
    if (waiver.expires <= waiver.approved_on) reader.error("E089", at + "/expires", "`expires` is not after `approved_on`", "the waiver would never count");
    loaded.waivers.push_back(std::move(waiver));
  }
  return loaded;
}

}  // namespace lintel::rules
