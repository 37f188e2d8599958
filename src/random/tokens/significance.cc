#include "random/tokens/significance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "base/error.h"
#include "random/tokens/columns.h"
#include "random/tokens/special.h"
#include "random/tokens/steps.h"

namespace lintel::random::tokens {
namespace {

constexpr std::size_t kMostTested = 20'000;  // identifiers
constexpr double kLeastInCell = 5;           // expected, or chi-square is not to be trusted
constexpr std::size_t kMostPairs = 64;       // positions among which all pairs are compared

// Symbols by free position and identifier.
struct Free {
  std::size_t rows = 0, symbols = 0;
  std::vector<std::vector<std::uint8_t>> columns;
};

Free free_of(const std::vector<std::string>& all, const Statistics& found) {
  Free free;
  free.symbols = found.alphabet.size();
  if (free.symbols < 2) return free;
  const std::vector<std::string> ids(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kMostTested)));
  const Table table = table_of(ids);
  free.rows = table.rows;
  std::array<int, 256> value{};
  value.fill(-1);
  for (std::size_t i = 0; i < free.symbols; ++i) value[static_cast<std::uint8_t>(found.alphabet.digits[i])] = static_cast<int>(i);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    const std::size_t position = table.cut + c;
    const auto covers = [&](const Window& window) { return window.first <= position && position <= window.last; };
    const bool in_sequence = std::any_of(found.sequences.begin(), found.sequences.end(), covers);
    const bool fewer = surely_fewer(free.symbols, column.symbols, table.rows, 1e-6);
    const bool others = std::any_of(column.characters.begin(), column.characters.end(), [&](std::uint8_t c8) { return value[c8] < 0; });
    if (column.symbols < 2 || column.absent > 0 || in_sequence || fewer || others) continue;
    std::vector<std::uint8_t> symbols;
    for (const std::uint8_t character : column.characters) symbols.push_back(static_cast<std::uint8_t>(value[character]));
    free.columns.push_back(std::move(symbols));
  }
  const bool numeral = (free.symbols & (free.symbols - 1)) != 0 || table.shortest != table.longest;
  if (numeral) free.columns.erase(free.columns.begin(), free.columns.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, free.columns.size())));
  return free;
}

double chi_square_p(const std::vector<std::size_t>& counts, double expected) {
  double sum = 0;
  for (const std::size_t count : counts) sum += (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) / expected;
  return upper_gamma(static_cast<double>(counts.size() - 1) / 2, sum / 2);
}

// Two-sided, by the Chernoff bound: never smaller than the true value.
double share_p(std::size_t hits, std::size_t n, double p) {
  const double share = static_cast<double>(hits) / static_cast<double>(n);
  const double log_p = share >= p ? log_tail(share, p, static_cast<double>(n)) : log_tail(1 - share, 1 - p, static_cast<double>(n));
  return std::min(1.0, 2 * std::exp(log_p));
}

std::size_t equal_count(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b, std::size_t lag, std::size_t step) {
  std::size_t equal = 0;
  for (std::size_t t = 0; t + lag < a.size(); t += step) equal += a[t] == b[t + lag] ? 1U : 0U;
  return equal;
}

std::size_t chances(std::size_t rows, std::size_t lag, std::size_t step) { return rows <= lag ? 0 : (rows - lag + step - 1) / step; }

// Even characters, by position and over all.
void add_frequencies(const Free& free, std::vector<Test>& tests) {
  std::vector<std::size_t> all(free.symbols, 0);
  const double expected = static_cast<double>(free.rows) / static_cast<double>(free.symbols);
  for (std::size_t c = 0; c < free.columns.size(); ++c) {
    std::vector<std::size_t> counts(free.symbols, 0);
    for (const std::uint8_t symbol : free.columns[c]) ++counts[symbol];
    for (std::size_t i = 0; i < counts.size(); ++i) all[i] += counts[i];
    if (expected >= kLeastInCell) tests.push_back({fmt::format("characters, free position {}", c + 1), chi_square_p(counts, expected)});
  }
  if (const double pooled = expected * static_cast<double>(free.columns.size()); pooled >= kLeastInCell) tests.push_back({"characters, all positions", chi_square_p(all, pooled)});
}

// The same character one, two, three identifiers later; steps from one to the next (of pairs that share no identifier).
void add_successions(const Free& free, std::vector<Test>& tests) {
  const double chance = 1 / static_cast<double>(free.symbols);
  for (const std::size_t lag : {1U, 2U, 3U}) {
    std::size_t hits = 0, n = 0;
    for (const auto& column : free.columns) {
      const std::size_t equal = equal_count(column, column, lag, lag + 1), tries = chances(free.rows, lag, lag + 1);
      hits += equal;
      n += tries;
    }
    if (n > 0) tests.push_back({fmt::format("same character {} later", lag), share_p(hits, n, chance)});
  }
  std::vector<std::size_t> steps(free.symbols, 0);
  std::size_t n = 0;
  for (const auto& column : free.columns)
    for (std::size_t t = 0; t + 1 < column.size(); t += 2, ++n) ++steps[(column[t + 1] + free.symbols - column[t]) % free.symbols];
  if (static_cast<double>(n) * chance >= kLeastInCell) tests.push_back({"steps to the next identifier", chi_square_p(steps, static_cast<double>(n) * chance)});
}

// Equal characters within an identifier: of neighbours, of any two positions, in all.
void add_repeats(const Free& free, std::vector<Test>& tests) {
  const double chance = 1 / static_cast<double>(free.symbols);
  const std::size_t width = std::min(free.columns.size(), kMostPairs);
  std::size_t hits = 0, n = 0;
  for (std::size_t i = 0; i < width; ++i)
    for (std::size_t k = i + 1; k < width; ++k) {
      const std::size_t equal = equal_count(free.columns[i], free.columns[k], 0, 1);
      hits += equal;
      n += free.rows;
      tests.push_back({fmt::format("free positions {} and {} equal", i + 1, k + 1), share_p(equal, free.rows, chance)});
    }
  // Pairs of one identifier depend on one another, but any two of them are independent: the variance is that of n draws.
  if (n == 0) return;
  const double mean = static_cast<double>(n) * chance, deviation = std::sqrt(mean * (1 - chance));
  tests.push_back({"repeats within identifiers", std::erfc(std::fabs(static_cast<double>(hits) - mean) / deviation / std::sqrt(2.0))});
}

}  // namespace

std::vector<Test> tests_of(const std::vector<std::string>& ids, const Statistics& found) {
  std::vector<Test> tests;
  const Free free = free_of(ids, found);
  if (free.rows >= kLeastSample && !free.columns.empty()) {
    add_frequencies(free, tests);
    add_successions(free, tests);
    add_repeats(free, tests);
  }
  if (found.count >= kLeastSample) {
    const std::pair<const char*, const std::optional<double>&> bit_tests[] = {{"bits: monobit", found.monobit}, {"bits: runs", found.runs}, {"bits: serial", found.serial}};
    for (const auto& [name, p] : bit_tests)
      if (p) tests.push_back({name, *p});
  }
  std::stable_sort(tests.begin(), tests.end(), [](const Test& a, const Test& b) { return a.p < b.p; });
  double most = 0;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    most = std::max(most, std::min(1.0, tests[i].p * static_cast<double>(tests.size() - i)));
    tests[i].adjusted = most;
  }
  return tests;
}

double combined(double first_p, double second_p, std::size_t tests) {
  const double least = 1e-300;
  const double sum = -2 * (std::log(std::max(first_p, least)) + std::log(std::max(second_p, least)));
  return std::min(1.0, upper_gamma(2, sum / 2) * static_cast<double>(tests));
}

Memory memory_of(const std::vector<std::string>& ids, const Statistics& found) {
  Memory memory;
  const Free free = free_of(ids, found);
  if (free.rows < kLeastSample) return memory;
  const double symbol_bits = std::log2(static_cast<double>(free.symbols));
  const std::size_t half = free.rows / 2;
  double gain = 0;
  for (const auto& column : free.columns) {
    std::vector<double> counts(free.symbols, 0);
    for (const std::uint8_t symbol : column) counts[symbol] += 1 / static_cast<double>(free.rows);
    double by_luck = 0;
    for (const double share : counts) by_luck += share * share;
    std::size_t learned = 0, right = 0;
    for (std::size_t t = 0; t + 1 < half; ++t) learned += column[t] == column[t + 1] ? 1U : 0U;
    for (std::size_t t = half; t + 1 < free.rows; ++t) right += column[t] == column[t + 1] ? 1U : 0U;
    const double n = static_cast<double>(free.rows - half - 1), share = static_cast<double>(learned) / static_cast<double>(half - 1);
    const double hits = static_cast<double>(right);
    const bool more = share > by_luck && share < 1 && log_tail(share, by_luck, static_cast<double>(half) / 2) < -7;
    const double bits = more ? hits * std::log2(share / by_luck) + (n - hits) * std::log2((1 - share) / (1 - by_luck)) : 0;
    if (!more || bits <= 0) {
      memory.bits_without += symbol_bits;
      memory.bits_left += symbol_bits;
      continue;
    }
    gain += bits;
    memory.checked += static_cast<std::uint64_t>(n);
    memory.right += right;
    memory.bits_left += std::min(symbol_bits, -std::log2(hits / n));
  }
  memory.predicted_bits = static_cast<std::uint64_t>(gain);
  return memory;
}

double bits_by_guessing(const std::vector<std::string>& all, const Statistics& found) {
  const std::vector<std::string> ids(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kMostTested)));
  const Table table = table_of(ids);
  const std::size_t half = table.rows / 2;
  constexpr double kLeastHits = 20;
  double bits = found.effective_bits, variance = 0;
  for (std::size_t c = 0; c < table.columns.size() && c < found.positions.size(); ++c) {
    const Column& column = table.columns[c];
    const std::size_t position = table.cut + c;
    const auto covers = [&](const Window& window) { return window.first <= position && position <= window.last; };
    if (column.symbols < 2 || column.absent > 0 || std::any_of(found.sequences.begin(), found.sequences.end(), covers)) continue;
    Counts learned{};
    for (std::size_t t = 0; t < half; ++t) ++learned[column.characters[t]];
    const auto guess = static_cast<std::uint8_t>(std::max_element(learned.begin(), learned.end()) - learned.begin());
    const auto hits = static_cast<double>(std::count(column.characters.begin() + static_cast<std::ptrdiff_t>(half), column.characters.end(), guess));
    const double n = static_cast<double>(table.rows - half);
    if (hits < kLeastHits) continue;
    bits += -std::log2(hits / n) - found.positions[c].entropy_bits;
    variance += (1 - hits / n) / hits / (std::log(2.0) * std::log(2.0));
  }
  return std::min(found.effective_bits, bits + 6 * std::sqrt(variance));
}

}  // namespace lintel::random::tokens
