// The numbers of a load test: what the target declares, and what came of it. Pure.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "data/json.h"

namespace lintel::probes::load {

using Milliseconds = std::chrono::milliseconds;

struct Declared {
  std::string call;           // empty: the first one that reads
  std::int64_t rate = 0;      // requests a second
  std::int64_t seconds = 0;
  double errors_percent = 0;  // most that may fail
  Milliseconds p99{};
  std::size_t requests() const;  // at most 20,000
};
Declared read_declared(const Json& load);

enum class End { success, failed, lost, other };  // failed: 5xx; lost: no answer; other: any answer that is no success
struct Sample {
  Milliseconds sent{}, took{};  // since the start; for the answer
  long status = 0;
  End end = End::success;
};

// After the start, when request number `index` is due.
Milliseconds due(std::size_t index, std::int64_t rate);
// Three in a row without an answer, or fifty with 5xx: the platform is on its knees, and it is enough.
bool enough(const std::vector<Sample>& samples);
// The facts sent, succeeded, failed, lost, other, error_percent, rate, p50_ms, p99_ms, max_ms; times of answers only.
void put_facts(const std::vector<Sample>& samples, Json& facts);
// "12 ms after the start: HTTP 200 in 3 ms", a line each.
std::string as_lines(const std::vector<Sample>& samples);

}  // namespace lintel::probes::load
