// Predictors that learn what followed each context: MultiMMC (6.3.9) and LZ78Y (6.3.10), for any symbols and, faster, for bits.
#include <algorithm>
#include <array>
#include <utility>

#include "random/sp800_90b/context_tree.h"
#include "random/sp800_90b/sp800_90b.h"

namespace lintel::random::sp800_90b {
namespace {

constexpr std::size_t kDepth = 16;         // longest context
constexpr std::size_t kMostPairs = 100000;     // MultiMMC: pairs of context and next symbol, for each length
constexpr std::size_t kMostContexts = 65536;   // LZ78Y: contexts of all lengths together

struct Right {
  std::size_t right = 0, run = 0, longest = 0;
  void hit() {
    ++right;
    longest = std::max(longest, ++run);
  }
  void miss() { run = 0; }
};

// Each length predicts with what followed most, when its context was seen. The winner is the length with most hits, of equals the one that got there
// last. A context that is not known ends the search, since longer ones are not known either.
Right mmc_of_symbols(Symbols symbols) {
  ContextTree tree;
  std::array<std::size_t, kDepth> pairs{}, score{};
  std::size_t winner = 0;
  Right right;
  for (std::size_t i = 1; i < symbols.size(); ++i) {
    const std::size_t current = winner;
    std::uint32_t node = ContextTree::kRoot;
    bool known = true;
    for (std::size_t d = 0; d < kDepth && d < i; ++d) {
      const std::uint32_t child = known ? tree.child(node, symbols[i - d - 1]) : ContextTree::kNone;
      known = child != ContextTree::kNone;
      if (!known) {
        if (pairs[d] >= kMostPairs) break;  // then longer contexts, which are more, have no room either
        node = tree.add_child(node, symbols[i - d - 1]);
        tree.count(node, symbols[i], true);
        ++pairs[d];
        continue;
      }
      node = child;
      if (tree.node(node).best_symbol == symbols[i]) {
        if (++score[d] >= score[winner]) winner = d;
        if (d == current) right.hit();
      } else if (d == current) {
        right.miss();
      }
      if (tree.count(node, symbols[i], pairs[d] < kMostPairs) == ContextTree::Counted::first_time) ++pairs[d];
    }
  }
  return right;
}

// The same of bits. Contexts of 1 to 15 bits stand in one array, at 1 bit before the context: 0 for one not seen, else 1 + 2 * (ones - zeros) that
// followed. Only the pairs of 16 bits can be more than kMostPairs.
Right mmc_of_bits(Symbols bits) {
  std::vector<std::int32_t> shorter(std::size_t{1} << kDepth, 0);
  std::vector<std::array<std::uint32_t, 2>> longest(std::size_t{1} << kDepth);
  std::size_t pairs = 0, winner = 0;
  std::array<std::uint32_t, kDepth> score{}, hits{};
  Right right;
  std::uint32_t context = 0;  // the newest bit is the lowest
  for (std::size_t i = 1; i < bits.size(); ++i) {
    context = (context << 1 | bits[i - 1]) & 0xffff;
    const bool one = bits[i] != 0;
    const std::int32_t change = one ? 2 : -2, sign = one ? 0 : -1;
    const auto place_of = [&](std::size_t d) { return 2U << d | (context & ((2U << d) - 1)); };
    bool known = winner + 1 < kDepth && shorter[place_of(winner)] != 0;  // the winner's context
    for (std::size_t d = 0; d < std::min(i, kDepth - 1); ++d) {
      std::int32_t& place = shorter[place_of(d)];
      hits[d] = (place ^ sign) - sign > 0 ? 1 : 0;
      place = (place | 1) + change;
    }
    if (i >= kDepth) {
      std::array<std::uint32_t, 2>& counts = longest[context];
      const bool seen = counts[0] + counts[1] > 0;
      hits[kDepth - 1] = seen && (counts[1] >= counts[0]) == one ? 1 : 0;
      known = known || (winner == kDepth - 1 && seen);
      std::uint32_t& count = counts[one ? 1 : 0];
      if (count > 0 || pairs < kMostPairs) pairs += count++ == 0 ? 1 : 0;
    }
    if (hits[winner] != 0)
      right.hit();
    else if (known)
      right.miss();
    // The winner can only change to a length that hits and so comes up to its score.
    const std::uint32_t best = score[winner];
    std::uint32_t rivals = 0;
    for (std::size_t d = 0; d < kDepth; ++d) {
      score[d] += hits[d];
      rivals += hits[d] & (score[d] >= best ? 1U : 0U);
    }
    if (rivals > hits[winner]) {
      for (std::size_t d = 0; d < kDepth; ++d) score[d] -= hits[d];
      for (std::size_t d = 0; d < kDepth; ++d)
        if (hits[d] != 0 && ++score[d] >= score[winner]) winner = d;
    }
  }
  return right;
}

// All contexts of the last symbols that are stored predict; the one whose best symbol followed most often is believed, of equals the longest.
// steady(): nothing but the last symbol will ever matter again; the search then ends, at the symbol that is returned.
template <class Steady>
std::pair<Right, std::size_t> lz78y_until(Symbols symbols, ContextTree& tree, const Steady& steady) {
  std::size_t contexts = 0, i = kDepth;
  Right right;
  for (; i < symbols.size() && !steady(); ++i) {
    std::array<std::uint32_t, kDepth + 1> nodes{};
    std::size_t there = 0;  // contexts up to this length have a node
    while (there < kDepth) {
      const std::uint32_t child = tree.child(nodes[there], symbols[i - there - 1]);
      if (child == ContextTree::kNone) break;
      nodes[++there] = child;
    }
    std::uint32_t most = 0;
    std::uint8_t foretold = 0;
    if (contexts < kMostContexts)
      for (; there < kDepth; ++there) nodes[there + 1] = tree.add_child(nodes[there], symbols[i - there - 1]);
    for (std::size_t length = there; length > 0; --length) {
      const ContextTree::Node& node = tree.node(nodes[length]);
      if (node.stored && node.best > most) {
        most = node.best;
        foretold = node.best_symbol;
      }
      if (!node.stored && contexts >= kMostContexts) continue;
      contexts += node.stored ? 0 : 1;
      tree.count(nodes[length], symbols[i], true);
    }
    if (i == kDepth) continue;  // the first one is learnt, not foretold
    if (most > 0 && foretold == symbols[i])
      right.hit();
    else
      right.miss();
  }
  return {right, i};
}

// Once every pair of bits was followed by both bits, no context of two or more bits is ever followed by a bit as often as its last bit alone is, since
// part of those times the bit before was the other. So two counts of two bits decide from then on.
Right lz78y_of_bits(Symbols bits) {
  ContextTree tree;
  const auto times = [&](unsigned before, unsigned last, unsigned next) {
    const std::uint32_t node = tree.child(ContextTree::kRoot, static_cast<std::uint8_t>(last));
    const std::uint32_t pair = node == ContextTree::kNone ? ContextTree::kNone : tree.child(node, static_cast<std::uint8_t>(before));
    return pair == ContextTree::kNone ? 0 : tree.times(pair, static_cast<std::uint8_t>(next));
  };
  bool all = false;
  const auto steady = [&] {
    for (unsigned i = 0; i < 8 && !all; ++i)
      if (times(i >> 2, i >> 1 & 1, i & 1) == 0) return false;
    return all = true;
  };
  auto [right, i] = lz78y_until(bits, tree, steady);
  std::array<std::array<std::uint32_t, 2>, 2> counts{};  // [last][next]
  for (std::uint8_t last = 0; all && last < 2; ++last)
    for (std::uint8_t next = 0; next < 2; ++next) counts[last][next] = tree.times(tree.child(ContextTree::kRoot, last), next);
  for (; i < bits.size(); ++i) {
    auto& followed = counts[bits[i - 1]];
    if ((followed[1] >= followed[0] ? 1 : 0) == bits[i])
      right.hit();
    else
      right.miss();
    ++followed[bits[i]];
  }
  return right;
}

}  // namespace

Estimate multi_mmc(Symbols symbols, unsigned kinds) {
  if (symbols.size() < 4) return {"multi_mmc", std::nullopt, 4, {}};
  const Right right = kinds == 2 ? mmc_of_bits(symbols) : mmc_of_symbols(symbols);
  return predicted("multi_mmc", right.right, symbols.size() - 2, right.longest, kinds);
}

Estimate lz78y(Symbols symbols, unsigned kinds) {
  if (symbols.size() < kDepth + 4) return {"lz78y", std::nullopt, kDepth + 4, {}};
  ContextTree tree;
  const Right right = kinds == 2 ? lz78y_of_bits(symbols) : lz78y_until(symbols, tree, [] { return false; }).first;
  return predicted("lz78y", right.right, symbols.size() - kDepth - 1, right.longest, kinds);
}

}  // namespace lintel::random::sp800_90b
