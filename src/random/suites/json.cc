// docs/schemas/random-test.schema.json
#include "data/json.h"
#include "random/suites/suites.h"

namespace lintel::random::suites {
namespace {

std::string_view reason_name(statistics::NotRun reason) {
  switch (reason) {
    case statistics::NotRun::none: return "none";
    case statistics::NotRun::too_short: return "too_short";
    case statistics::NotRun::too_long: return "too_long";
    case statistics::NotRun::too_few_cycles: return "too_few_cycles";
  }
  return "";
}

Json row_json(const Row& row) {
  Json json = {{"test", row.test}};
  if (!row.part.empty()) json["part"] = row.part;
  if (row.p.empty()) {
    json["not_run"] = {{"reason", reason_name(row.not_run)}, {"needed", row.needed}, {"found", row.found}};
    return json;
  }
  json["p"] = row.p;
  if (!row.q.empty()) json["q"] = row.q;
  json["passed"] = row.passed;
  json["smallest_adjusted"] = row.smallest_adjusted;
  if (row.enough_pass) json["enough_pass"] = *row.enough_pass;
  if (row.uniformity) json["uniformity"] = *row.uniformity;
  if (row.even) json["even"] = *row.even;
  return json;
}

Json track_json(const sp800_90b::Track& track) {
  Json estimates = Json::array();
  for (const sp800_90b::Estimate& estimate : track.estimates) {
    Json json = {{"estimator", estimate.estimator}};
    if (estimate.entropy)
      json["entropy"] = *estimate.entropy;
    else if (estimate.needed > 0)
      json["not_run"] = {{"reason", "too_short"}, {"needed", estimate.needed}, {"found", track.symbols}};
    else
      json["not_run"] = {{"reason", "too_few_repeats"}};
    for (const auto& [name, value] : estimate.figures) json["figures"][name] = value;
    estimates.push_back(std::move(json));
  }
  return {{"symbols", track.symbols}, {"kinds", track.kinds}, {"estimates", std::move(estimates)}, {"entropy", track.entropy}};
}

Json entropy_json(const sp800_90b::Entropy& entropy) {
  Json json = {{"width", entropy.width}, {"original", track_json(entropy.original)}, {"assessed", entropy.assessed}, {"cut", entropy.cut}};
  if (entropy.bitstring) json["bitstring"] = track_json(*entropy.bitstring);
  return json;
}

}  // namespace

Json to_json(const Assessment& assessment) {
  Json list = Json::array();
  for (const SuiteResult& result : assessment.suites) {
    Json rows = Json::array();
    for (const Row& row : result.rows) rows.push_back(row_json(row));
    Json suite = {{"suite", name_of(result.suite)}, {"title", title_of(result.suite)}, {"rows", std::move(rows)}};
    if (result.own_rule) suite["own_rule"] = *result.own_rule ? "pass" : "fail";
    list.push_back(std::move(suite));
  }
  Json json = {{"lintel", "random-test/1"},
               {"sequences", assessment.sequences},
               {"bits", assessment.bits},
               {"suites", std::move(list)},
               {"values", assessment.values},
               {"below_level", assessment.below_level},
               {"smallest_adjusted", assessment.smallest_adjusted},
               {"conclusion", name_of(assessment.conclusion)}};
  if (assessment.entropy) json["entropy"] = entropy_json(*assessment.entropy);
  return json;
}

}  // namespace lintel::random::suites
