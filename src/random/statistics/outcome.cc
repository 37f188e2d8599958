#include "random/statistics/outcome.h"

#include <cmath>

namespace lintel::random::statistics {

Outcome ran(std::string test, std::string part, double p, std::vector<std::pair<std::string, double>> figures) {
  Outcome outcome;
  outcome.test = std::move(test);
  outcome.part = std::move(part);
  outcome.p = std::fmin(1, std::fmax(0, p));  // sums of tails may leave the range by their rounding
  outcome.figures = std::move(figures);
  return outcome;
}

Outcome skipped(std::string test, NotRun why, std::uint64_t needed, std::uint64_t found) {
  Outcome outcome;
  outcome.test = std::move(test);
  outcome.not_run = why;
  outcome.needed = needed;
  outcome.found = found;
  return outcome;
}

}  // namespace lintel::random::statistics
