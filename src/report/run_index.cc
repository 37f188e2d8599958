// Looking things up in a run: observations by job, checks, assets, evidence numbers.
#include <algorithm>
#include <set>

#include "report/values.h"
#include "report/view.h"

namespace lintel::report {
namespace {

template <class Map>
auto find_in(const Map& map, const std::string& key) -> typename Map::mapped_type {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}

}  // namespace

RunIndex::RunIndex(const model::Run& of, Words catalogue, ViewLimits caps, Language of_texts)
    : run(of), words(std::move(catalogue)), limits(caps), language(of_texts) {
  for (const auto& observation : run.observations) observations_.emplace(observation.job.key, &observation);
  for (const auto& check : run.checks) checks_.emplace(check.id, &check);
  for (const auto& asset : run.target.assets) assets_.emplace(asset.id, &asset);
  for (const auto& chapter : run.profile.chapters) chapters_.emplace(chapter.id, &chapter);

  // Clauses by the profile's order; what is judged but not in the profile comes after, so that nothing is hidden.
  std::unordered_map<std::string_view, const model::ClauseVerdict*> judged;
  for (const auto& verdict : run.verdicts.clauses) judged.emplace(verdict.clause, &verdict);
  std::set<std::string_view> known;
  unjudged_.reserve(run.profile.clauses.size());
  for (const auto& clause : run.profile.clauses) {
    known.insert(clause.id);
    const auto found = judged.find(clause.id);
    if (found != judged.end()) {
      clauses_.push_back({&clause, found->second});
      continue;
    }
    model::ClauseVerdict missing;
    missing.clause = clause.id;
    missing.reason = model::Reason::not_run;
    missing.advisory = !mandatory(clause);
    unjudged_.push_back(std::move(missing));
    clauses_.push_back({&clause, &unjudged_.back()});
  }
  unknown_clauses_.reserve(run.verdicts.clauses.size());
  for (const auto& verdict : run.verdicts.clauses) {
    if (known.contains(verdict.clause)) continue;
    model::Clause clause;
    clause.id = verdict.clause;
    clause.chapter = "?";
    unknown_clauses_.push_back(std::move(clause));
    clauses_.push_back({&unknown_clauses_.back(), &verdict});
  }

  const auto add = [&](const model::Evidence& evidence, const model::Observation* observation,
                       const model::Attestation* attestation) {
    evidence_by_hash_.emplace(evidence.sha256, evidence_.size());
    evidence_.push_back({"E" + std::to_string(evidence_.size() + 1), &evidence, observation, attestation});
  };
  for (const auto& observation : run.observations)
    for (const auto& evidence : observation.evidence) add(evidence, &observation, nullptr);
  for (const auto& attestation : run.attestations)
    for (const auto& evidence : attestation.evidence) add(evidence, nullptr, &attestation);
}

const model::Observation* RunIndex::observation(const std::string& job) const { return find_in(observations_, job); }
const model::Check* RunIndex::check(const std::string& id) const { return find_in(checks_, id); }
const model::Asset* RunIndex::asset(const std::string& id) const { return find_in(assets_, id); }
const model::Chapter* RunIndex::chapter(const std::string& id) const { return find_in(chapters_, id); }

std::string RunIndex::evidence_number(const std::string& sha256) const {
  const auto found = evidence_by_hash_.find(sha256);
  return found == evidence_by_hash_.end() ? std::string() : evidence_[found->second].number;
}

std::string report_number(const model::Run& run) {
  std::string id = run.id.substr(0, 8);
  for (char& c : id)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  std::string day = format_day(run.started);
  std::erase(day, '-');
  return "LR-" + plain(day) + "-" + plain(id);
}

bool mandatory(const model::Clause& clause) {
  return clause.obligation == model::Obligation::shall || clause.obligation == model::Obligation::shall_not;
}

std::string anchor(std::string_view prefix, std::string_view id) {
  std::string out(prefix);
  for (const char c : id.substr(0, 100)) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                      c == '-' || c == '_';
    out += fine ? c : '-';
  }
  return out;
}

}  // namespace lintel::report
