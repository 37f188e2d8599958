#include "probes/load/pace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/clock.h"

namespace lintel::probes::load {
namespace {

constexpr std::int64_t kMostRequests = 20'000;
constexpr std::size_t kMostLost = 3, kMostFailed = 50;

double number_or(const Json& object, const char* key, double otherwise) {
  const Json& value = member(object, key);
  return value.is_number() ? value.get<double>() : otherwise;
}

bool last_are(const std::vector<Sample>& samples, End end, std::size_t count) {
  return samples.size() >= count && std::all_of(samples.end() - static_cast<std::ptrdiff_t>(count), samples.end(), [&](const Sample& one) { return one.end == end; });
}

// Nearest rank: the smallest of the values that this share of them does not exceed.
std::int64_t percentile(const std::vector<std::int64_t>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

}  // namespace

std::size_t Declared::requests() const { return static_cast<std::size_t>(std::min(rate * seconds, kMostRequests)); }

Declared read_declared(const Json& load) {
  return {text_or(load, "call"), integer_or(load, "rate", 0), integer_or(load, "seconds", 5), number_or(load, "errors_percent", 1),
          parse_duration(text_or(load, "p99")).value_or(std::chrono::seconds(1))};
}

Milliseconds due(std::size_t index, std::int64_t rate) { return Milliseconds(static_cast<std::int64_t>(index) * 1000 / rate); }

bool enough(const std::vector<Sample>& samples) { return last_are(samples, End::lost, kMostLost) || last_are(samples, End::failed, kMostFailed); }

void put_facts(const std::vector<Sample>& samples, Json& facts) {
  if (samples.empty()) return;
  const auto count = [&](End end) { return std::ranges::count(samples, end, &Sample::end); };
  facts["sent"] = samples.size();
  facts["succeeded"] = count(End::success);
  facts["failed"] = count(End::failed);
  facts["lost"] = count(End::lost);
  facts["other"] = count(End::other);
  const double all = static_cast<double>(samples.size());
  facts["error_percent"] = std::round(10'000.0 * static_cast<double>(count(End::failed) + count(End::lost)) / all) / 100.0;
  if (const auto lasted = samples.back().sent; lasted.count() > 0) facts["rate"] = std::round(10'000.0 * (all - 1) / static_cast<double>(lasted.count())) / 10.0;
  std::vector<std::int64_t> times;
  for (const Sample& one : samples)
    if (one.end != End::lost) times.push_back(one.took.count());
  if (times.empty()) return;
  std::ranges::sort(times);
  facts["p50_ms"] = percentile(times, 0.5);
  facts["p99_ms"] = percentile(times, 0.99);
  facts["max_ms"] = times.back();
}

std::string as_lines(const std::vector<Sample>& samples) {
  std::string out;
  for (const Sample& one : samples)
    out += one.end == End::lost ? fmt::format("{} ms after the start: no answer for {} ms\n", one.sent.count(), one.took.count())
                                : fmt::format("{} ms after the start: HTTP {} in {} ms{}\n", one.sent.count(), one.status, one.took.count(), one.end == End::other ? ", no success" : "");
  return out;
}

}  // namespace lintel::probes::load
