#include "probes/identity/allocation.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace lintel::probes::identity {
namespace {

constexpr std::uint32_t kNear = 16;
constexpr double kImprobable = -64;               // log2
constexpr std::uint32_t kEarliestTime = 1104537600;  // 2005

std::string random_text(std::uint32_t random) { return fmt::format("{:08X}", random); }

bool constant_step(std::span<const std::uint32_t> values) {
  const std::uint32_t step = values[1] - values[0];
  for (std::size_t i = 2; i < values.size(); ++i)
    if (values[i] - values[i - 1] != step) return false;
  return step != 0;
}

bool is_rising_time(std::span<const std::uint32_t> in_order, std::uint32_t latest) {
  return std::is_sorted(in_order.begin(), in_order.end()) && in_order.front() >= kEarliestTime && in_order.back() <= latest;
}

template <class Same>
Repeats repeats_of(const Table& table, Same same, std::string (*text)(const Entry&)) {
  Repeats repeats;
  for_each_run(table.entries, same, [&](std::span<const Entry> run) {
    if (run.size() > 1 && ++repeats.count <= kShown) repeats.shown.push_back(text(run.front()));
  });
  return repeats;
}

}  // namespace

double log2_tail(double count, double expected) {
  if (count <= expected) return 0;
  if (expected <= 0) return -std::numeric_limits<double>::infinity();
  return (count - expected + count * std::log(expected / count)) * std::numbers::log2e;  // Chernoff
}

Repeats repeated_ids(const Table& table) {
  return repeats_of(table, [](const Entry& a, const Entry& b) { return a.high == b.high && a.low == b.low; }, [](const Entry& entry) { return model::to_text(id_of(entry)); });
}

Repeats repeated_randoms(const Table& table) {
  return repeats_of(table, [](const Entry& a, const Entry& b) { return a.high == b.high && a.random() == b.random(); }, [](const Entry& entry) { return random_text(entry.random()); });
}

std::size_t different_randoms(const Table& table) {
  std::size_t different = 0;
  for (const Group& group : table.groups) different += group.different;
  return different;
}

std::string_view name_of(Pattern pattern) {
  switch (pattern) {
    case Pattern::step: return "step";
    case Pattern::near: return "near";
    case Pattern::distance: return "distance";
    case Pattern::time: return "time";
    case Pattern::range: return "range";
    case Pattern::constant: return "constant";
  }
  return "";
}

std::optional<Pattern> pattern_of(const Table& table, const Group& group, std::uint32_t latest) {
  const auto values = in_order(table, group);
  if (constant_step(values)) return Pattern::step;
  std::uint32_t ones = 0, zeros = 0;  // bits that are one somewhere, zero somewhere
  for (const std::uint32_t value : values) {
    ones |= value;
    zeros |= ~value;
  }
  const auto entries = sorted(table, group);
  std::vector<std::uint32_t> gaps;
  gaps.reserve(group.different);
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (const std::uint32_t gap = entries[i].random() - entries[i - 1].random(); gap > 0) gaps.push_back(gap);

  // n values within a range R have the chance n (R / 2^32)^(n-1).
  const double count = static_cast<double>(group.different);
  const double range = static_cast<double>(entries.back().random() - entries.front().random()) + 1;
  const bool narrow = std::log2(count) + (count - 1) * (std::log2(range) - 32) < kImprobable;
  if (narrow && is_rising_time(values, latest)) return Pattern::time;
  const auto half = static_cast<std::ptrdiff_t>(gaps.size() / 2);
  if (std::count_if(gaps.begin(), gaps.end(), [](std::uint32_t gap) { return gap <= kNear; }) > half) return Pattern::near;
  // If one distance makes up more than half of the gaps, it is the median.
  std::nth_element(gaps.begin(), gaps.begin() + half, gaps.end());
  const std::uint32_t median = gaps[static_cast<std::size_t>(half)];
  if (std::count(gaps.begin(), gaps.end(), median) > half) return Pattern::distance;
  if (narrow) return Pattern::range;
  // k given bits are the same in n values with the chance 2^-k(n-1); there are at most 2^32 choices of them.
  const int constant = 32 - std::popcount(ones & zeros);
  if (constant > 0 && 32 - constant * (count - 1) < kImprobable) return Pattern::constant;
  return std::nullopt;
}

Shared shared_values(const Table& table) {
  Shared shared;
  if (table.groups.size() < 2) return shared;
  struct Use {
    std::uint32_t random;
    std::uint64_t product;
    std::uint8_t extension;
  };
  std::vector<Use> uses;  // a product uses a value once, whatever the version
  uses.reserve(table.entries.size());
  for (const Entry& entry : table.entries) uses.push_back({entry.random(), entry.product(), entry.extension()});
  std::sort(uses.begin(), uses.end(), [](const Use& a, const Use& b) { return std::tie(a.random, a.product, a.extension) < std::tie(b.random, b.product, b.extension); });

  // Drawn one after the other, each hits a value of another product's with at most its share of 2^32; so the repeats of values are no more
  // than a Poisson count of mean (n^2 - sum n_i^2) / 2^33.
  std::size_t repeats = 0, all = 0;
  std::array<std::pair<std::size_t, std::uint64_t>, 256> owner{};  // by extension: the run (its first + 1) and product that had it last
  for (std::size_t first = 0, last = 0; first < uses.size(); first = last) {
    std::size_t products = 0;
    bool whole = false;
    for (last = first; last < uses.size() && uses[last].random == uses[first].random; ++last) {
      const Use& use = uses[last];
      products += last == first || use.product != uses[last - 1].product;
      auto& [run, product] = owner[use.extension];
      whole = whole || (run == first + 1 && product != use.product);
      owner[use.extension] = {first + 1, use.product};
    }
    all += products;
    if (products == 1) continue;
    repeats += products - 1;
    shared.lower_parts += whole;
    if (++shared.values <= kShown) shared.shown.push_back(random_text(uses[first].random));
  }
  std::vector<std::pair<std::uint64_t, double>> sizes;
  sizes.reserve(table.groups.size());
  for (const Group& group : table.groups) sizes.emplace_back(table.entries[group.first].product(), static_cast<double>(group.different));
  std::sort(sizes.begin(), sizes.end());
  double own = 0;  // of a product with several versions the largest: more is expected then, which is the safe side
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (i + 1 == sizes.size() || sizes[i + 1].first != sizes[i].first) own += sizes[i].second * sizes[i].second;
  const double n = static_cast<double>(all);
  shared.expected = (n * n - own) / 0x1p33;
  shared.improbable = log2_tail(static_cast<double>(repeats), shared.expected) < kImprobable;
  return shared;
}

}  // namespace lintel::probes::identity
