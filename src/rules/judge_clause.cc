#include "rules/judge_clause.h"

#include <fmt/format.h>

#include <algorithm>

namespace lintel::rules {

using model::Obligation;
using model::Reason;
using model::Verdict;

static bool advisory(Obligation obligation) { return obligation == Obligation::should || obligation == Obligation::may; }

AttestationIndex index_attestations(const model::Run& run) {
  AttestationIndex index;
  for (const model::Attestation& attestation : run.attestations)
    index[attestation.clause].push_back(std::make_shared<const model::Attestation>(attestation));
  return index;
}

FoundAttestation find_attestation(const AttestationIndex& all, const model::Clause& clause, const std::string& asset, WallTime now) {
  FoundAttestation found;
  const auto of_clause = all.find(clause.id);
  if (of_clause == all.end()) return found;
  for (const auto& each : of_clause->second) {
    const model::Attestation& one = *each;
    if ((!one.asset.empty() && one.asset != asset) || one.at > now) continue;
    WallTime end = one.at + std::chrono::days(clause.attest ? clause.attest->valid_for_days : 365);
    if (one.valid_until && *one.valid_until < end) end = *one.valid_until;
    if (now >= end) {
      found.expired = true;
      continue;
    }
    const model::Attestation* best = found.attestation.get();
    const bool more_special = best && !one.asset.empty() && best->asset.empty();
    const bool as_special = best && one.asset.empty() == best->asset.empty();
    if (!best || more_special || (as_special && one.at > best->at)) found.attestation = each;
  }
  if (found.attestation) found.expired = false;
  return found;
}

static Outcome outcome_of(const FoundAttestation& found) {
  if (found.expired) return {Verdict::not_tested, Reason::attestation_expired};
  if (!found.attestation) return {Verdict::not_tested, Reason::manual_pending};
  switch (found.attestation->verdict) {
    case Verdict::pass: return {Verdict::pass, Reason::none};
    case Verdict::fail: return {Verdict::fail, Reason::fail_attested};
    case Verdict::inconclusive: return {Verdict::inconclusive, Reason::attested};
    case Verdict::not_applicable: return {Verdict::not_applicable, Reason::attested};
    case Verdict::not_tested: break;
  }
  return {Verdict::not_tested, Reason::manual_pending};
}

// The first message among the instances that share the check's verdict: what the report shows beside the reason.
static std::string message_of(const model::CheckResult& check) {
  for (const auto& instance : check.instances)
    if (instance.verdict == check.verdict && !instance.message.empty()) return instance.message;
  return "";
}

// A half of a shall-clause that is only recommended does not decide it.
static bool decides(const model::Clause& clause, const model::CheckResult& check) { return advisory(clause.obligation) || !advisory(check.obligation); }

static bool is_empty(const model::CheckResult& check) { return check.verdict == Verdict::not_tested && check.reason == Reason::no_evidence; }

bool is_asked(const model::Clause& clause, const model::AssetVerdict& verdict) {
  if (!clause.attest || !clause.attest->only_without_items) return clause.attest.has_value();
  return std::ranges::any_of(verdict.checks, [&](const auto& check) { return decides(clause, check) && is_empty(check); });
}

void decide_by_parts(const model::Clause& clause, const FoundAttestation& found, model::AssetVerdict& verdict) {
  std::vector<Outcome> parts;
  for (const model::CheckResult& check : verdict.checks)
    if (decides(clause, check) && (!is_empty(check) || !clause.attest)) parts.push_back({check.verdict, check.reason});  // else the question stands in for it
  // Where probes decide, nobody has to answer; but who found it broken, or doubts it, is heard.
  const bool doubted = clause.attest && found.attestation &&
                       (found.attestation->verdict == Verdict::fail || found.attestation->verdict == Verdict::inconclusive);
  const bool asked = is_asked(clause, verdict) || doubted;
  if (asked) {
    parts.push_back(outcome_of(found));
    if (found.attestation) verdict.attestation = found.attestation;
  }
  Outcome outcome = roll_up(parts).value_or(Outcome{Verdict::not_tested, Reason::no_check});
  // "It does not apply to this product" is the assessor's to say, but a failing check on it says that it does.
  if (asked && found.attestation && found.attestation->verdict == Verdict::not_applicable &&
      outcome.verdict != Verdict::fail)
    outcome = {Verdict::not_applicable, Reason::attested};
  verdict.verdict = outcome.verdict;
  verdict.reason = outcome.reason;
  for (const model::CheckResult& check : verdict.checks)
    if (verdict.message.empty() && check.verdict == outcome.verdict && check.reason == outcome.reason)
      verdict.message = message_of(check);
}

void decide_by_derivation(const model::Clause& clause, const std::map<std::string, const model::ClauseVerdict*>& judged,
                          model::AssetVerdict& verdict) {
  struct Part {
    std::string clause;
    Outcome outcome;
  };
  std::vector<Part> parts;
  for (const std::string& id : clause.derived_from) {
    const auto found = judged.find(id);
    if (found == judged.end() || found->second->advisory) continue;
    Outcome outcome{found->second->verdict, found->second->reason};
    for (const auto& asset : found->second->assets)
      if (!verdict.asset.empty() && asset.asset == verdict.asset) outcome = {asset.verdict, asset.reason};
    parts.push_back({id, outcome});
  }
  std::vector<Outcome> outcomes;
  for (const Part& part : parts) outcomes.push_back(part.outcome);
  const Outcome outcome = roll_up(outcomes).value_or(Outcome{Verdict::not_tested, Reason::no_check});
  verdict.verdict = outcome.verdict;
  verdict.reason = outcome.verdict == Verdict::fail ? Reason::fail_derived : outcome.reason;
  for (const Part& part : parts)
    if (part.outcome.verdict == outcome.verdict && outcome.verdict != Verdict::pass) verdict.decided_by.push_back(part.clause);
}

}  // namespace lintel::rules
