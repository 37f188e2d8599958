// Estimators on repeated substrings: t-tuple (6.3.5) and longest repeated substring (6.3.6).
#include <algorithm>
#include <cmath>

#include "random/sp800_90b/sp800_90b.h"
#include "random/sp800_90b/suffixes.h"

namespace lintel::random::sp800_90b {
namespace {

constexpr std::size_t kOften = 35;  // how often the commonest tuple must occur

// Long double: the W-th root of a small number of pairs is near enough to 1/2 that doubles lose the tenth digit.
using Long = long double;

struct Repeats {
  std::vector<std::uint32_t> most;   // [length]: how often the commonest substring of this length occurs
  std::vector<std::int64_t> pairs;   // [length]: pairs of places with equal substrings of this length
  std::size_t longest = 0;           // length of the longest that occurs twice
};

// Suffixes that share a beginning stand together: each such group, with the length that all of it shares, is met once on a stack.
Repeats count_repeats(const std::vector<std::uint32_t>& common) {
  Repeats repeats;
  repeats.longest = *std::ranges::max_element(common);
  repeats.most.assign(repeats.longest + 2, 1);
  repeats.pairs.assign(repeats.longest + 2, 0);
  struct Group {
    std::uint32_t shared, first;
  };
  std::vector<Group> open;
  for (std::size_t i = 1; i <= common.size(); ++i) {
    const std::uint32_t shared = i < common.size() ? common[i] : 0;
    auto first = static_cast<std::uint32_t>(i - 1);
    while (!open.empty() && open.back().shared > shared) {
      const Group group = open.back();
      open.pop_back();
      const std::uint32_t outer = std::max(shared, open.empty() ? 0 : open.back().shared);
      const auto count = static_cast<std::uint32_t>(i) - group.first;
      repeats.most[group.shared] = std::max(repeats.most[group.shared], count);
      const std::int64_t pairs = std::int64_t{count} * (std::int64_t{count} - 1) / 2;
      repeats.pairs[group.shared] += pairs;  // of lengths down to, but without, the outer group's; summed up below
      repeats.pairs[outer] -= pairs;
      first = group.first;
    }
    if (shared > 0 && (open.empty() || open.back().shared < shared)) open.push_back({shared, first});
  }
  for (std::size_t length = repeats.longest; length > 0; --length) {
    repeats.most[length] = std::max(repeats.most[length], repeats.most[length + 1]);
    repeats.pairs[length] += repeats.pairs[length + 1];
  }
  return repeats;
}

void conclude(Estimate& estimate, Long p, std::size_t size) {
  const Long bound = std::min<Long>(1, p + static_cast<Long>(kDeviations) * std::sqrt(p * (1 - p) / static_cast<Long>(size - 1)));
  estimate.entropy = std::max(0.0, static_cast<double>(-std::log2(bound)));
  estimate.figures.emplace_back("p", static_cast<double>(bound));
}

}  // namespace

std::pair<Estimate, Estimate> tuples(Symbols symbols, unsigned kinds) {
  Estimate tuple{"t_tuple", std::nullopt, 0, {}}, longest{"longest_repeated_substring", std::nullopt, 0, {}};
  const std::size_t n = symbols.size();
  if (n < 2) return {std::move(tuple), std::move(longest)};
  const Repeats repeats = count_repeats(common_prefixes(symbols, kinds));
  std::size_t rare = 1;  // the shortest length whose commonest substring is not often
  Long p = 0;
  for (; rare <= repeats.longest && repeats.most[rare] >= kOften; ++rare)
    p = std::max(p, std::pow(static_cast<Long>(repeats.most[rare]) / static_cast<Long>(n - rare + 1), 1 / static_cast<Long>(rare)));
  tuple.figures = {{"t", static_cast<double>(rare - 1)}};
  if (rare > 1) conclude(tuple, p, n);
  longest.figures = {{"u", static_cast<double>(rare)}, {"v", static_cast<double>(repeats.longest)}};
  p = 0;
  for (std::size_t length = rare; length <= repeats.longest; ++length) {
    const Long places = static_cast<Long>(n - length + 1);
    p = std::max(p, std::pow(static_cast<Long>(repeats.pairs[length]) / (places * (places - 1) / 2), 1 / static_cast<Long>(length)));
  }
  if (repeats.longest >= rare) conclude(longest, p, n);
  return {std::move(tuple), std::move(longest)};
}

}  // namespace lintel::random::sp800_90b
