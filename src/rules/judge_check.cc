#include "rules/judge_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "rules/roll_up.h"

namespace lintel::rules {

using model::Kleene;
using model::Reason;
using model::Status;
using model::Verdict;

JobIndex index_jobs(const model::Run& run) {
  JobIndex index;
  for (const model::Job& job : run.jobs)
    for (const std::string& check : job.checks) index[check][job.asset].push_back(&job);
  return index;
}

ObservationIndex index_observations(const model::Run& run) {
  ObservationIndex index;
  for (const model::Observation& observation : run.observations) index[observation.job.key] = &observation;
  return index;
}

ReadyCheck make_ready(const model::Check& check, const Json* facts_schema) {
  ReadyCheck ready;
  ready.check = &check;
  ready.facts_schema = facts_schema;
  if (ready.facts_schema == nullptr) {
    ready.broken = fmt::format("the run does not say what facts the probe {} gives; an older lintel wrote it: scan again", check.probe);
    return ready;
  }
  std::vector<Problem> problems;
  Schemas schemas;
  schemas.facts = ready.facts_schema;
  ready.assertions = compile_assertions(check.assertions, schemas, problems);
  if (!problems.empty())
    ready.broken = fmt::format("check {}{}: {}", check.id, problems[0].pointer, problems[0].message);
  else if (ready.assertions.size() == 0)
    ready.broken = fmt::format("check {} asserts nothing", check.id);
  return ready;
}

// What the first assertion that stays open saw, when it saw something: `failing = ["audit"]`.
static std::string open_facts(const std::vector<model::AssertionResult>& results) {
  for (const auto& result : results)
    if (result.holds == Kleene::unknown && result.observed->zh.ends_with("，不足以判定"))  // sentences.cc
      return result.observed->en.substr(0, result.observed->en.rfind(':'));
  return "";
}

// Names the facts that were needed and not learned, and how the probe ended.
static std::string why_open(const std::vector<model::AssertionResult>& results, const model::Observation& observation) {
  std::vector<std::string> missing;
  for (const auto& result : results)
    if (result.holds == Kleene::unknown)
      for (const auto& path : result.missing)
        if (std::find(missing.begin(), missing.end(), path) == missing.end()) missing.push_back(path);
  const std::string& probe = observation.job.probe;
  const std::string facts = join(missing, ", ");
  const std::string_view status = name_of(observation.status);
  if (missing.empty() && observation.message.empty())
    if (const std::string seen = open_facts(results); !seen.empty()) return fmt::format("not enough to decide: {}; probe {} ended {}", seen, probe, status);
  if (observation.message.empty()) return missing.empty() ? fmt::format("probe {} ended {}", probe, status) : fmt::format("not known: {}; probe {} ended {}", facts, probe, status);
  if (missing.empty()) return fmt::format("probe {} ended {}: {}", probe, status, observation.message);
  return fmt::format("not known: {}; probe {} ended {}: {}", facts, probe, status, observation.message);
}

model::Instance judge_observation(const ReadyCheck& ready, const model::Asset& asset, const Json& item_data,
                                  const model::Observation& observation) {
  model::Instance instance;
  instance.job = observation.job.key;
  instance.item = observation.job.item;
  if (!ready.broken.empty()) {
    instance.verdict = Verdict::inconclusive;
    instance.reason = Reason::probe_error;
    instance.message = ready.broken;
    return instance;
  }
  const Json asset_json = asset_facts(asset);
  Scope scope;
  scope.facts = &observation.facts;
  scope.probe_finished = observation.status == Status::ok;
  scope.item = &item_data;
  scope.asset = &asset_json;
  scope.params = &observation.job.params;
  scope.evidence = observation.evidence;
  instance.assertions = evaluate(ready.assertions, scope);
  const Kleene holds = all_hold(instance.assertions);
  if (holds == Kleene::no) {
    instance.verdict = Verdict::fail;
    instance.reason = Reason::fail_assert;
  } else if (observation.status == Status::not_applicable) {
    instance.verdict = Verdict::not_tested;
    instance.reason = Reason::no_evidence;
    instance.message = observation.message;
    instance.assertions.clear();  // a page of facts not learned says no more than the message
  } else if (holds == Kleene::yes && observation.status == Status::ok) {
    instance.verdict = Verdict::pass;
  } else {
    instance.verdict = Verdict::inconclusive;
    instance.reason = reason_of(observation.status);
    instance.message = why_open(instance.assertions, observation);
  }
  return instance;
}

static const Json& item_data(const model::Asset& asset, const model::Job& job) {
  static const Json none = Json::object();
  for (const model::Item& item : asset.items)
    if (item.kind == job.kind && item.id == job.item) return item.data;
  return none;
}

static const std::vector<const model::Job*>* find_jobs(const JobIndex& jobs, std::string_view check, std::string_view asset) {
  const auto of_check = jobs.find(check);
  if (of_check == jobs.end()) return nullptr;
  const auto found = of_check->second.find(asset);
  return found == of_check->second.end() ? nullptr : &found->second;
}

model::CheckResult judge_check(const ReadyCheck& ready, model::Obligation obligation, const model::Asset& asset,
                               const JobIndex& jobs, const ObservationIndex& observations) {
  model::CheckResult result;
  result.check = ready.check->id;
  result.obligation = obligation;
  const std::vector<const model::Job*>* planned = find_jobs(jobs, ready.check->id, asset.id);
  std::vector<Outcome> outcomes;
  for (const model::Job* job : planned == nullptr ? std::vector<const model::Job*>() : *planned) {
    const auto found = observations.find(job->key);
    if (found == observations.end()) {
      model::Instance& missing = result.instances.emplace_back();
      missing.item = job->item;
      missing.reason = Reason::not_run;
      missing.message = "the scan ended before this was looked at";
    } else {
      result.instances.push_back(judge_observation(ready, asset, item_data(asset, *job), *found->second));
    }
    // An item that has nothing for this check counts as little as one that is not there.
    const model::Instance& instance = result.instances.back();
    if (instance.reason != Reason::no_evidence) outcomes.push_back({instance.verdict, instance.reason});
  }
  const Verdict empty = ready.check->on_empty;
  const Outcome outcome = roll_up(outcomes).value_or(Outcome{empty, empty == Verdict::not_applicable ? Reason::escape : Reason::no_evidence});
  result.verdict = outcome.verdict;
  result.reason = outcome.reason;
  return result;
}

}  // namespace lintel::rules
