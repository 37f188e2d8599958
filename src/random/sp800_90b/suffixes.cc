// The only file that knows libdivsufsort.
#include "random/sp800_90b/suffixes.h"

#include <algorithm>
#include <bit>
#include <divsufsort.h>
#include <optional>
#include <utility>

namespace lintel::random::sp800_90b {
namespace {

// Sorts the first 64 bits of every suffix instead of the suffixes. nullopt when two whole windows are equal: that says too little then.
std::optional<std::vector<std::uint32_t>> by_windows(Symbols symbols, unsigned kinds) {
  const unsigned width = static_cast<unsigned>(std::bit_width(kinds - 1)), per_window = 64 / width, used = per_window * width;
  constexpr unsigned kTop = 16;
  const std::size_t n = symbols.size();
  if (n < 4 * per_window) return std::nullopt;
  const std::uint64_t mask = used == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << used) - 1;
  // visit(window) for each suffix, the last one first; what is behind the end counts as zeros.
  const auto windows = [&](const auto& visit) {
    std::uint64_t window = 0;
    for (std::size_t i = n; i-- > 0;) {
      window = (window >> width | std::uint64_t{symbols[i]} << (used - width)) & mask;
      visit(i, window << (64 - used));
    }
  };
  std::vector<std::uint32_t> starts((std::size_t{1} << kTop) + 1, 0);
  windows([&](std::size_t, std::uint64_t window) { ++starts[(window >> (64 - kTop)) + 1]; });
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  std::vector<std::uint64_t> sorted(n);
  std::vector<std::uint32_t> next(starts.begin(), starts.end() - 1);
  std::vector<std::pair<std::uint64_t, std::uint32_t>> short_ones;  // those that end within their window, and their length
  windows([&](std::size_t i, std::uint64_t window) {
    sorted[next[window >> (64 - kTop)]++] = window;
    if (n - i < per_window) short_ones.emplace_back(window, static_cast<std::uint32_t>(n - i));
  });
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) std::sort(sorted.begin() + starts[i], sorted.begin() + starts[i + 1]);
  std::vector<std::uint32_t> common(n, 0);
  std::size_t equal = 0;
  for (std::size_t i = 1; i < n; ++i) {
    equal += sorted[i] == sorted[i - 1] ? 1 : 0;
    common[i] = static_cast<std::uint32_t>(std::countl_zero(sorted[i] ^ sorted[i - 1])) / width;
  }
  // A suffix that ends within its window comes before all that go on as it does: of equal windows the shorter first, the whole one last.
  std::ranges::sort(short_ones);
  for (std::size_t i = 0; i < short_ones.size();) {
    const auto [first, end] = std::equal_range(sorted.begin(), sorted.end(), short_ones[i].first);
    auto at = static_cast<std::size_t>(first - sorted.begin());
    const auto same = static_cast<std::size_t>(end - first);
    equal -= same - 1;
    const std::size_t group = i;
    for (; i < short_ones.size() && short_ones[i].first == short_ones[group].first; ++i, ++at) {
      common[at] = std::min(common[at], short_ones[i].second);
      if (at + 1 < n) common[at + 1] = std::min(common[at + 1], short_ones[i].second);
    }
    if (same > i - group + 1) return std::nullopt;
  }
  if (equal > 0) return std::nullopt;
  return common;
}

// Kasai and others 2001: a suffix shares at most one symbol less with its neighbour than the suffix one longer does with its own.
std::vector<std::uint32_t> by_suffixes(Symbols symbols) {
  const std::size_t n = symbols.size();
  std::vector<std::int32_t> order(n);
  std::vector<std::uint32_t> common(n, 0), rank(n);
  divsufsort(symbols.data(), order.data(), static_cast<std::int32_t>(n));
  for (std::size_t i = 0; i < n; ++i) rank[static_cast<std::size_t>(order[i])] = static_cast<std::uint32_t>(i);
  std::size_t shared = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (rank[i] == 0) {
      shared = 0;
      continue;
    }
    const auto before = static_cast<std::size_t>(order[rank[i] - 1]);
    while (i + shared < n && before + shared < n && symbols[i + shared] == symbols[before + shared]) ++shared;
    common[rank[i]] = static_cast<std::uint32_t>(shared);
    shared -= shared > 0 ? 1 : 0;
  }
  return common;
}

}  // namespace

std::vector<std::uint32_t> common_prefixes(Symbols symbols, unsigned kinds) {
  if (auto common = by_windows(symbols, kinds)) return *std::move(common);
  return by_suffixes(symbols);
}

}  // namespace lintel::random::sp800_90b
