// Times the randomness suites on fair bits made here: CPU seconds, the least of several runs, as JSON. Usage: suites_bench suites | entropy | plain
#include <algorithm>
#include <cmath>
#include <ctime>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

#include "data/json.h"
#include "plain.h"
#include "random/gmt_0005/gmt_0005.h"
#include "random/sp800_22/sp800_22.h"
#include "random/sp800_90b/sp800_90b.h"
#include "random/statistics/linear.h"
#include "random/statistics/patterns.h"
#include "random/statistics/test_constants.h"

using namespace lintel;
using namespace lintel::random;

namespace {

constexpr std::size_t kBits = 1000000, kBytes = 1000000;
constexpr std::size_t kPlainBytes = 50000;  // the plain predictors take minutes for a megabyte

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double least(int runs, const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < runs; ++i) {
    const double before = cpu_seconds();
    work();
    best = std::min(best, cpu_seconds() - before);
  }
  return best;
}

double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  return 0;
}

std::vector<std::uint8_t> symbols_of(const bits::Bits& bits, std::size_t width) {
  std::vector<std::uint8_t> symbols;
  for (std::size_t i = 0; i < bits.size; i += width) symbols.push_back(static_cast<std::uint8_t>(bits::window(bits.words, i) >> (64 - width)));
  return symbols;
}

double figure(const statistics::Outcome& outcome, std::string_view name) {
  for (const auto& [each, value] : outcome.figures)
    if (each == name) return value;
  return -1;
}

Json suites() {
  const bits::Bits bits = statistics::scrambled_bits(kBits, 1);
  const statistics::FourierPlan plan = statistics::plan_fourier(kBits);
  Json json;
  json["plan"] = least(5, [] { statistics::plan_fourier(kBits); });
  json["sp800_22"] = least(9, [&] { sp800_22::run_suite(bits, &plan); });
  json["gmt_0005"] = least(9, [&] { gmt_0005::run_suite(bits, &plan); });
  return json;
}

Json entropy() {
  const std::vector<std::uint8_t> bytes = symbols_of(statistics::scrambled_bits(8 * kBytes, 2), 8);
  Json json;
  json["sp800_90b"] = least(1, [&] { sp800_90b::assess(bytes); });
  return json;
}

// Each ours and plain, and whether both found the same.
Json plain() {
  const bits::Bits bits = statistics::scrambled_bits(kBits, 1);
  const std::vector<std::uint8_t> unpacked = symbols_of(bits, 1), bytes = symbols_of(statistics::scrambled_bits(8 * kPlainBytes, 2), 8);
  Json json;
  std::size_t a = 0, b = 0;
  double x = 0, y = 0;
  double theirs = 0;
  const auto add = [&](const char* name, double ours, bool equal) { json[name] = {{"ours", ours}, {"plain", theirs}, {"equal", equal}}; };
  double ours = least(5, [&] {
    a = 0;
    for (std::size_t at = 0; at + 500 <= kBits; at += 500) a += statistics::linear_complexity(bits, at, 500);
  });
  theirs = least(1, [&] { b = bench::plain_linear_complexity(unpacked, 500); });
  add("linear_complexity", ours, a == b);
  const std::vector<std::size_t> templates = sp800_22::aperiodic_templates(9);
  ours = least(5, [&] {
    x = 0;
    for (const auto& outcome : sp800_22::non_overlapping_templates(bits, 9)) x += figure(outcome, "chi_square");
  });
  theirs = least(1, [&] { y = bench::plain_templates(unpacked, templates); });
  add("non_overlapping_templates", ours, std::fabs(x - y) < 1e-6);
  ours = least(5, [&] { x = statistics::psi_squared(statistics::ring_patterns(bits, 16), kBits); });
  theirs = least(3, [&] { y = bench::plain_serial(unpacked, 16); });
  add("serial", ours, std::fabs(x - y) < 1e-6);
  // Both of ours first: the maps of the plain ones leave the allocator with millions of pieces to put together.
  double z = 0;
  ours = least(3, [&] { x = sp800_90b::multi_mmc(bytes, 256).figures[0].second; });
  const double ours_too = least(3, [&] { z = sp800_90b::lz78y(bytes, 256).figures[0].second; });
  theirs = least(1, [&] { y = static_cast<double>(bench::plain_multi_mmc(bytes)); });
  add("multi_mmc", ours, x == y);
  theirs = least(1, [&] { y = static_cast<double>(bench::plain_lz78y(bytes)); });
  add("lz78y", ours_too, z == y);
  return json;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  Json json = what == "suites" ? suites() : what == "entropy" ? entropy() : what == "plain" ? plain() : Json();
  if (json.is_null()) return 2;
  json["peak_mib"] = peak_mib();
  std::printf("%s\n", dump_json(json).c_str());
  return 0;
}
