#include "random/suites/suites.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "random/gmt_0005/gmt_0005.h"
#include "random/sp800_22/sp800_22.h"
#include "random/statistics/fourier.h"
#include "random/statistics/second_level.h"

namespace lintel::random::suites {
namespace {

constexpr std::size_t kFewestForUniformity = 55;  // SP 800-22, 4.2.2
constexpr double kUniformityLevel = 0.0001;

// Adds one sequence's outcomes to the rows. A test that was skipped on one sequence and ran on another has its rows from the one it ran on.
void add_outcomes(std::vector<Row>& rows, std::map<std::pair<std::string, std::string>, std::size_t>& index, std::vector<statistics::Outcome> outcomes) {
  for (statistics::Outcome& outcome : outcomes) {
    const auto [found, fresh] = index.try_emplace({outcome.test, outcome.part}, rows.size());
    if (fresh) {
      rows.emplace_back();
      rows.back().test = outcome.test;
      rows.back().part = outcome.part;
    }
    Row& row = rows[found->second];
    if (!outcome.p) {
      if (fresh) {
        row.not_run = outcome.not_run;
        row.needed = outcome.needed;
        row.found = outcome.found;
      }
      continue;
    }
    row.not_run = statistics::NotRun::none;
    row.p.push_back(*outcome.p);
    row.evidence.push_back(outcome.by_rule ? 1 : *outcome.p);
    if (outcome.q) row.q.push_back(*outcome.q);
    row.passed += *outcome.p >= kLevel ? 1 : 0;
  }
}

// A test that has parts where it ran needs no row that says it did not.
void drop_spare_rows(std::vector<Row>& rows) {
  std::erase_if(rows, [&](const Row& row) {
    return row.p.empty() && std::ranges::any_of(rows, [&](const Row& other) { return other.test == row.test && !other.p.empty(); });
  });
}

void judge_sp800_22(SuiteResult& result) {
  for (Row& row : result.rows) {
    if (row.p.empty()) continue;
    const statistics::Passing range = statistics::passing_range(row.p.size());
    row.enough_pass = static_cast<double>(row.passed) >= range.least && static_cast<double>(row.passed) <= range.most;
    if (row.p.size() < kFewestForUniformity) continue;
    row.uniformity = statistics::uniformity(row.p);
    row.even = *row.uniformity >= kUniformityLevel;
  }
}

// 6: all tests pass when enough sequences pass each of them and their Q-values spread evenly.
void judge_gmt_0005(SuiteResult& result) {
  bool all = true, whole = true;
  for (Row& row : result.rows) {
    whole = whole && !row.p.empty();
    if (row.p.empty()) continue;
    row.enough_pass = static_cast<double>(row.passed) >= std::ceil(statistics::passing_range(row.p.size()).least);
    all = all && *row.enough_pass;
    if (row.q.size() < kFewestForUniformity) continue;
    row.uniformity = statistics::uniformity(row.q);
    row.even = *row.uniformity >= kUniformityLevel;
    all = all && *row.even;
  }
  if (whole || !all) result.own_rule = all;
}

void judge(SuiteResult& result, std::size_t sequences) {
  if (sequences < 2) return;
  switch (result.suite) {
    case Suite::sp800_22: judge_sp800_22(result); break;
    case Suite::gmt_0005: judge_gmt_0005(result); break;
    case Suite::sp800_90b: break;
  }
}

std::vector<statistics::Outcome> run(Suite suite, const bits::Bits& sequence, const statistics::FourierPlan& plan) {
  switch (suite) {
    case Suite::sp800_22: return sp800_22::run_suite(sequence, &plan);
    case Suite::gmt_0005: return gmt_0005::run_suite(sequence, &plan);
    case Suite::sp800_90b: break;
  }
  return {};
}

void conclude(Assessment& assessment) {
  std::vector<double> all;
  for (const SuiteResult& suite : assessment.suites)
    for (const Row& row : suite.rows) all.insert(all.end(), row.evidence.begin(), row.evidence.end());
  const std::vector<double> adjusted = statistics::holm(all);
  auto next = adjusted.begin();
  for (SuiteResult& suite : assessment.suites)
    for (Row& row : suite.rows)
      for (const double p : row.p) {
        row.smallest_adjusted = std::min(row.smallest_adjusted, *next++);
        assessment.below_level += p < kLevel ? 1 : 0;
        assessment.smallest_adjusted = std::min(assessment.smallest_adjusted, row.smallest_adjusted);
      }
  assessment.values = all.size();
  const double smallest = assessment.smallest_adjusted;
  const bool measured = assessment.entropy && assessment.entropy->original.symbols > 1;
  assessment.conclusion = all.empty() ? (measured ? Conclusion::measured : Conclusion::not_run) : smallest < kFound && assessment.bits >= kFewestBits ? Conclusion::structure_found : smallest < kAgain ? Conclusion::sample_again : Conclusion::nothing_found;
}

}  // namespace

std::string_view name_of(Suite suite) {
  switch (suite) {
    case Suite::sp800_22: return "sp800-22";
    case Suite::gmt_0005: return "gmt-0005";
    case Suite::sp800_90b: return "sp800-90b";
  }
  return "";
}

std::string_view title_of(Suite suite) {
  switch (suite) {
    case Suite::sp800_22: return "NIST SP 800-22 rev 1a";
    case Suite::gmt_0005: return "GM/T 0005-2021";
    case Suite::sp800_90b: return "NIST SP 800-90B";
  }
  return "";
}

std::string_view name_of(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::nothing_found: return "nothing_found";
    case Conclusion::sample_again: return "sample_again";
    case Conclusion::structure_found: return "structure_found";
    case Conclusion::measured: return "measured";
    case Conclusion::not_run: return "not_run";
  }
  return "";
}

std::optional<Assessment> assess(const bits::Bits& whole, bits::Format format, std::size_t sequences, std::size_t size, const std::vector<Suite>& suites, const std::function<bool(std::size_t)>& progress) {
  Assessment assessment;
  assessment.sequences = sequences;
  assessment.bits = size;
  const statistics::FourierPlan plan = size <= statistics::kLongestFourier ? statistics::plan_fourier(size) : statistics::FourierPlan();
  std::vector<std::map<std::pair<std::string, std::string>, std::size_t>> index(suites.size());
  for (const Suite suite : suites)
    if (suite != Suite::sp800_90b) assessment.suites.push_back({suite, {}, std::nullopt});
  for (std::size_t i = 0; i < sequences; ++i) {
    if (!progress(i)) return std::nullopt;
    const bits::Bits sequence = bits::slice(whole, i * size, size);
    for (std::size_t k = 0; k < assessment.suites.size(); ++k) add_outcomes(assessment.suites[k].rows, index[k], run(assessment.suites[k].suite, sequence, plan));
  }
  if (std::ranges::find(suites, Suite::sp800_90b) != suites.end()) {
    const std::vector<std::uint8_t> symbols = bits::symbols_of(bits::slice(whole, 0, sequences * size), format);
    if (!symbols.empty()) assessment.entropy = sp800_90b::assess(symbols);
  }
  for (SuiteResult& result : assessment.suites) {
    drop_spare_rows(result.rows);
    judge(result, sequences);
  }
  conclude(assessment);
  return assessment;
}

}  // namespace lintel::random::suites
