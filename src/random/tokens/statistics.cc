#include "random/tokens/statistics.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "random/tokens/bit_tests.h"
#include "random/tokens/rank.h"
#include "random/tokens/views.h"

namespace lintel::random::tokens {
namespace {

bool holds(const Alphabet& alphabet, std::uint8_t character) { return alphabet.digits.find(static_cast<char>(character)) != std::string::npos; }

Alphabet alphabet_in(const Table& table) {
  Counts all{};
  bool varies = false;
  for (const Column& column : table.columns) varies = varies || column.symbols > 1;
  for (const Column& column : table.columns)
    if (column.symbols > 1 || !varies)
      for (std::size_t c = 0; c < all.size(); ++c) all[c] += column.counts[c];
  return alphabet_of(all);
}

// How many symbols a position can have; `restricted` when the sample shows that they are fewer than the alphabet's.
struct Choice {
  std::size_t symbols = 1;
  bool restricted = false;
};

Choice choice_of(const Column& column, const Alphabet& alphabet, std::size_t rows, std::size_t width) {
  const std::size_t all = alphabet.size() + (column.absent > 0 ? 1 : 0);
  if (column.symbols >= all) return {column.symbols, false};
  const bool restricted = surely_fewer(all, column.symbols, rows, kFamilyChance / static_cast<double>(width));
  return {restricted ? column.symbols : all, restricted};
}

double entropy_of(const Column& column, const Choice& choice, std::size_t rows, std::size_t width) {
  if (column.symbols < 2) return 0;
  const std::size_t most = std::max(column.absent, *std::max_element(column.counts.begin(), column.counts.end()));
  const double chance = kFamilyChance / static_cast<double>(width * choice.symbols);
  return -std::log2(std::max(lower_probability(most, rows, chance), 1 / static_cast<double>(choice.symbols)));
}

double nominal_of(const Table& table, const Alphabet& alphabet) {
  double positions = 0;
  for (const Column& column : table.columns) {
    const bool in_alphabet = column.symbols > 1 || holds(alphabet, column.characters.front());
    if (in_alphabet) positions += 1;
  }
  return positions * std::log2(static_cast<double>(std::max<std::size_t>(alphabet.size(), 1)));
}

// Pairs of equal identifiers, and how many bits of space they leave: pairs / 2^bits would be expected.
std::optional<double> bits_by_repeats(const std::unordered_map<std::string, std::size_t>& counts, std::size_t rows) {
  double equal_pairs = 0;
  for (const auto& [id, count] : counts) equal_pairs += static_cast<double>(count) * static_cast<double>(count - 1) / 2;
  if (equal_pairs == 0) return std::nullopt;
  // Lowest mean of a Poisson count that gives so many, by the Chernoff bound: n ln(n/mean) - n + mean = ln(1/chance).
  double low = 0, high = equal_pairs;
  for (int i = 0; i < 200; ++i) {
    const double mean = (low + high) / 2;
    const double evidence = mean > 0 ? equal_pairs * std::log(equal_pairs / mean) - equal_pairs + mean : HUGE_VAL;
    (evidence > -std::log(kFamilyChance) ? low : high) = mean;
  }
  const double pairs = static_cast<double>(rows) * static_cast<double>(rows - 1) / 2;
  return std::max(0.0, std::log2(pairs / high));
}

// The identifiers' bits, where they are plain: every symbol of an alphabet of 2^k in use and no counter.
Bits plain_bits(const Table& table, const Statistics& found, const std::vector<Choice>& choices) {
  const std::size_t size = found.alphabet.size();
  if (table.shortest != table.longest || size < 2 || (size & (size - 1)) != 0) return {};
  std::array<std::uint8_t, 256> value{};
  for (std::size_t i = 0; i < size; ++i) value[static_cast<std::uint8_t>(found.alphabet.digits[i])] = static_cast<std::uint8_t>(i);
  std::vector<const Column*> plain;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const auto covers = [&](const Window& window) { return window.first <= c && c <= window.last; };
    if (table.columns[c].symbols < 2 || choices[c].restricted || std::any_of(found.sequences.begin(), found.sequences.end(), covers)) continue;
    plain.push_back(&table.columns[c]);
  }
  Bits bits;
  for (std::size_t row = 0; row < table.rows; ++row)
    for (const Column* column : plain)
      for (std::size_t weight = size / 2; weight > 0; weight /= 2) bits.push_back((value[column->characters[row]] & weight) != 0);
  return bits;
}

void run_tests(const Bits& bits, Statistics& found) {
  found.test_bits = bits.size();
  found.test_ones = static_cast<std::size_t>(std::count(bits.begin(), bits.end(), 1));
  found.monobit = monobit(bits);
  found.runs = runs(bits);
  // Two values come of one test: the smaller one, counted twice.
  if (const auto pair = serial(bits, kSerialBlock)) found.serial = std::min(1.0, 2 * std::min(pair->first, pair->second));
  for (const auto& p : {found.monobit, found.runs, found.serial})
    if (p) found.smallest_p = std::min(found.smallest_p.value_or(1), *p);
}

// One way to write the identifiers, judged position by position and over time.
struct Judged {
  std::vector<Choice> choices;
  std::vector<double> entropy_bits;  // by column
  std::vector<Window> sequences;
  double effective_bits = 0;
};

Judged judge(const Table& table, const Alphabet& alphabet) {
  Judged judged;
  const std::size_t width = std::max<std::size_t>(table.columns.size(), 1);
  for (const Column& column : table.columns) {
    judged.choices.push_back(choice_of(column, alphabet, table.rows, width));
    judged.entropy_bits.push_back(entropy_of(column, judged.choices.back(), table.rows, width));
  }
  judged.sequences = find_sequences(table, alphabet, judged.entropy_bits);
  std::vector<bool> told(table.columns.size(), false);
  for (const Window& window : judged.sequences) {
    judged.effective_bits += window.bits_left;
    std::fill(told.begin() + static_cast<std::ptrdiff_t>(window.first), told.begin() + static_cast<std::ptrdiff_t>(window.last) + 1, true);
  }
  for (std::size_t c = 0; c < told.size(); ++c)
    if (!told[c]) judged.effective_bits += judged.entropy_bits[c];
  return judged;
}

// A window of another view, by the positions that it came from.
Window in_original(Window window, const View& view, std::size_t cut) {
  const auto from = view.origin.begin() + static_cast<std::ptrdiff_t>(window.first + cut), to = view.origin.begin() + static_cast<std::ptrdiff_t>(window.last + cut) + 1;
  const auto [least, most] = std::minmax_element(from, to);
  window.first = *least;
  window.last = *most;
  return window;
}

}  // namespace

double lower_probability(std::size_t hits, std::size_t n, double chance) {
  if (hits == 0) return 0;
  // Chernoff: n times the divergence between the seen share and p is at least ln(1/chance) for every p below the bound.
  const double share = static_cast<double>(hits) / static_cast<double>(n);
  const auto divergence = [&](double p) {
    const double rest = share < 1 ? (1 - share) * std::log((1 - share) / (1 - p)) : 0;
    return share * std::log(share / p) + rest;
  };
  double low = 0, high = share;
  for (int i = 0; i < 100; ++i) {
    const double p = (low + high) / 2;
    (p > 0 && static_cast<double>(n) * divergence(p) <= -std::log(chance) ? high : low) = p;
  }
  return low;
}

Statistics examine(const std::vector<std::string>& ids) {
  Statistics found;
  found.count = ids.size();
  if (ids.empty()) return found;
  std::unordered_map<std::string, std::size_t> counts;
  for (const std::string& id : ids) ++counts[id];
  found.unique = counts.size();
  found.duplicates = found.count - found.unique;

  const Table table = table_of(ids);
  found.shortest = table.shortest;
  found.longest = table.longest;
  found.alphabet = alphabet_in(table);
  found.nominal_bits = nominal_of(table, found.alphabet);
  Judged judged = judge(table, found.alphabet);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    found.constant_positions += table.columns[c].symbols < 2;
    found.positions.push_back({table.cut + c, table.columns[c].symbols, judged.entropy_bits[c]});
  }
  const std::vector<Choice> choices = judged.choices;
  for (const View& view : other_views(ids, found.alphabet)) {
    const Table seen = table_of(view.ids);
    Judged other = judge(seen, alphabet_in(seen));
    if (other.effective_bits >= judged.effective_bits - 0.5) continue;
    for (Window& window : other.sequences) window = in_original(window, view, seen.cut);
    judged = std::move(other);
  }
  found.effective_bits = judged.effective_bits;
  found.sequences = std::move(judged.sequences);
  found.monotone = !found.sequences.empty() && found.effective_bits < kStrongBits;
  found.independent_bits = independent_bits(table, found.alphabet);
  if (found.independent_bits) found.effective_bits = std::min(found.effective_bits, static_cast<double>(*found.independent_bits));
  if (const auto most = bits_by_repeats(counts, table.rows)) found.effective_bits = std::min(found.effective_bits, *most);
  run_tests(plain_bits(table, found, choices), found);
  for (Window& window : found.sequences) {
    window.first += table.cut;
    window.last += table.cut;
  }
  return found;
}

}  // namespace lintel::random::tokens
