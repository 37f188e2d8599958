// P and Q of one statistic.
#pragma once
#include <cmath>
#include <string>
#include <utility>

#include "random/statistics/outcome.h"

namespace lintel::random::gmt_0005 {

// Of a normal deviate: P counts both tails, Q the upper one.
inline statistics::Outcome two_sided(const char* test, std::string part, double deviate) {
  statistics::Outcome outcome = statistics::ran(test, std::move(part), std::erfc(std::fabs(deviate) / M_SQRT2), {{"deviate", deviate}});
  outcome.q = std::erfc(deviate / M_SQRT2) / 2;
  return outcome;
}

inline statistics::Outcome one_sided(const char* test, std::string part, double p) {
  statistics::Outcome outcome = statistics::ran(test, std::move(part), p);
  outcome.q = outcome.p;
  return outcome;
}

}  // namespace lintel::random::gmt_0005
