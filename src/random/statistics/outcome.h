// What one statistic of a suite came to on one sequence. It ran and has a p-value, or it did not run and says why: there is no third.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lintel::random::statistics {

enum class NotRun {
  none,             // it ran
  too_short,        // needs `needed` bits
  too_long,         // takes at most `needed` bits
  too_few_cycles,   // of the random walk: needs `needed`, there are `found`
};

struct Outcome {
  std::string test;                  // "random_excursions"
  std::string part;                  // which of several p-values: "x=-4", "000000001", "m=5 P2"; empty when there is one
  NotRun not_run = NotRun::none;
  std::uint64_t needed = 0, found = 0;
  std::optional<double> p;           // set when it ran
  bool by_rule = false;              // p is 0 because the suite says so, however likely that was: no evidence by itself
  std::optional<double> q;           // GM/T 0005: the value whose spread over many samples is judged
  std::vector<std::pair<std::string, double>> figures;  // what the p-value was computed from
};

Outcome ran(std::string test, std::string part, double p, std::vector<std::pair<std::string, double>> figures = {});
Outcome skipped(std::string test, NotRun why, std::uint64_t needed, std::uint64_t found);

}  // namespace lintel::random::statistics
