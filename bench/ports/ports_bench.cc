// One sweep of all 65,535 TCP ports of 127.0.0.1, as the ports probe does it; prints the seconds and what was
// found.
#include <fmt/format.h>

#include <chrono>
#include <numeric>

#include "net/sweep.h"

int main() {
  using namespace lintel;
  const Cancel cancel;
  net::SweepPlan plan;
  plan.ports.resize(65535);
  std::iota(plan.ports.begin(), plan.ports.end(), std::uint16_t{1});
  const auto started = std::chrono::steady_clock::now();
  const auto result = net::sweep(*net::parse_address("127.0.0.1", 0), plan, Deadline::never(), cancel);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().message);
    return 1;
  }
  fmt::print("{:.3f} s, {} open, {} refused, {} unanswered, {} undecided\n", seconds, result->open.size(),
             result->refused, result->unanswered, result->undecided);
  return result->undecided == 0 ? 0 : 1;
}
