#include "scan/plan.h"

#include <algorithm>
#include <map>

#include "data/json.h"
#include "data/schema.h"
#include "store/run_file.h"

namespace lintel::scan {
namespace {

bool judged_on(const model::Clause& clause, const model::Asset& asset) {
  const bool has_level = clause.subject == model::Subject::device || clause.subject == model::Subject::line;
  return model::binds(clause.subject, asset.role) && (!has_level || clause.level <= asset.level);
}

using CheckIndex = std::map<std::string_view, const model::Check*>;

// The checks to run on one asset, each once, in the order of the profile.
Result<std::vector<const model::Check*>> checks_of(const model::Asset& asset, const model::Profile& profile, const CheckIndex& index) {
  std::vector<const model::Check*> wanted;
  for (const model::Clause& clause : profile.clauses) {
    if (!judged_on(clause, asset)) continue;
    for (const model::CheckUse& use : clause.checks) {
      const auto found = index.find(use.check);
      if (found == index.end()) return fail(ErrorCode::invalid_input, "clause {}: no check '{}'", clause.id, use.check);
      if (std::find(wanted.begin(), wanted.end(), found->second) == wanted.end()) wanted.push_back(found->second);
    }
  }
  return wanted;
}

Result<const probe::RegisteredProbe*> probe_of(const model::Check& check, const ProbeLookup& probes) {
  const probe::RegisteredProbe* found = probes(check.probe);
  if (found == nullptr) return fail(ErrorCode::invalid_input, "check {}: no probe '{}'", check.id, check.probe);
  return found;
}

}  // namespace

Result<void> complete_parameters(std::vector<model::Check>& checks, const ProbeLookup& probes) {
  for (model::Check& check : checks) {
    const probe::RegisteredProbe* registered = TRY(probe_of(check, probes));
    const schema::Schema params = TRY(schema::Schema::load(registered->params_schema, check.probe + "/params.schema.json"));
    check.with = schema::with_defaults(std::move(check.with), params.root());
    const auto violations = schema::validate(check.with, params.root());
    if (!violations.empty())
      return fail(ErrorCode::invalid_input, "check {}: with{}: {}", check.id, violations[0].pointer, violations[0].message);
  }
  return {};
}

Result<std::vector<model::Job>> plan(const model::Target& target, const model::Profile& profile,
                                     const std::vector<model::Check>& checks, const ProbeLookup& probes) {
  CheckIndex index;
  for (const model::Check& check : checks) index[check.id] = &check;
  std::vector<model::Job> jobs;
  std::map<std::string, std::size_t> known;  // key → position in jobs
  for (const model::Asset& asset : target.assets) {
    for (const model::Check* check : TRY(checks_of(asset, profile, index))) {
      const probe::RegisteredProbe* registered = TRY(probe_of(*check, probes));
      for (const model::Item& item : asset.items) {
        if (item.kind != registered->probe->takes || !matches(check->where, item)) continue;
        model::Job job{"", check->probe, asset.id, item.kind, item.id, check->with, {}};
        job.key = job_key(job, item);
        const auto [place, is_new] = known.emplace(job.key, jobs.size());
        if (is_new) jobs.push_back(std::move(job));
        jobs[place->second].checks.push_back(check->id);
      }
    }
  }
  return jobs;
}

std::string job_key(const model::Job& job, const model::Item& item) {
  const Json canonical{{"asset", job.asset}, {"data", item.data},     {"item", job.item},
                       {"kind", model::name_of(job.kind)}, {"params", job.params}, {"probe", job.probe}};
  return store::sha256_hex(as_bytes(dump_json(canonical)));
}

// An object asks for its members only, so `{session: {}}` is any item that declares a session; a list asks for its elements, wherever they stand.
static bool fits(const Json& wanted, const Json& value) {
  const auto has = [&](const Json& one) { return std::ranges::any_of(value, [&](const Json& element) { return fits(one, element); }); };
  if (wanted.is_array()) return value.is_array() && std::ranges::all_of(wanted, has);
  if (!wanted.is_object()) return wanted == value;
  if (!value.is_object()) return false;
  for (const auto& [name, part] : wanted.items())
    if (!value.contains(name) || !fits(part, value.at(name))) return false;
  return true;
}

bool matches(const Json& where, const model::Item& item) { return fits(where, item.data); }

}  // namespace lintel::scan
