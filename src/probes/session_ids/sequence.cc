#include "probes/session_ids/sequence.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

namespace lintel::probes::session_ids {
namespace {

// The varying columns as digits of a number system.
struct Digits {
  std::vector<std::size_t> columns;              // which column of the table
  std::vector<std::vector<std::int16_t>> values;  // [varying column][row]
  std::size_t radix = 0, rows = 0;
  double hypotheses = 1;                         // how many windows are asked in all, for the chance of a false one
};

struct Candidate {
  Window window;
  double saving = 0;
};

Digits digits_of(const Table& table, const std::string& order) {
  std::array<std::int16_t, 256> value{};  // characters outside the alphabet and absent ones count as 0
  for (std::size_t i = 0; i < order.size(); ++i) value[static_cast<std::uint8_t>(order[i])] = static_cast<std::int16_t>(i);
  Digits digits;
  digits.radix = std::max<std::size_t>(order.size(), 2);
  digits.rows = table.rows;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].symbols < 2) continue;
    digits.columns.push_back(c);
    auto& column = digits.values.emplace_back();
    column.reserve(table.rows);
    for (const std::uint8_t character : table.columns[c].characters) column.push_back(value[character]);
  }
  return digits;
}

double entropy_between(const Digits& digits, std::size_t first, std::size_t end, const std::vector<double>& entropy_bits) {
  double sum = 0;
  for (std::size_t i = first; i < end; ++i) sum += entropy_bits[digits.columns[i]];
  return sum;
}

// ln of the chance that random rows stand in sorted order, given how many stand side by side with equal value.
double sorted_chance(const std::vector<std::uint8_t>& moved, std::size_t rows) {
  double chance = -std::lgamma(static_cast<double>(rows) + 1);
  std::size_t equal = 1;
  for (const std::uint8_t step : moved) {
    if (step == 0) {
      ++equal;
      continue;
    }
    chance += std::lgamma(static_cast<double>(equal) + 1);
    equal = 1;
  }
  return chance + std::lgamma(static_cast<double>(equal) + 1);
}

// Every window that starts at `first` and ends before `end`, where none goes against the direction.
void try_windows(const Digits& digits, std::size_t first, std::size_t end, int sign, const std::vector<double>& entropy_bits, std::vector<Candidate>& found) {
  const double needed = std::log(kFamilyChance / digits.hypotheses);
  std::vector<long double> steps(digits.rows - 1, 0);
  std::vector<std::uint8_t> moved(digits.rows - 1, 0);
  for (std::size_t i = first; i < end; ++i) {
    const auto& column = digits.values[i];
    for (std::size_t t = 0; t + 1 < digits.rows; ++t) {
      const int difference = sign * (column[t + 1] - column[t]);
      steps[t] = steps[t] * static_cast<long double>(digits.radix) + difference;
      moved[t] = moved[t] != 0 || difference != 0;
    }
    if (sorted_chance(moved, digits.rows) > needed) continue;
    const auto [least, most] = std::minmax_element(steps.begin(), steps.end());
    const double spread = static_cast<double>(std::log2(*most - *least + 1));
    const double entropy = entropy_between(digits, first, i + 1, entropy_bits);
    const double left = std::min(spread, entropy);
    const auto kind = sign > 0 ? Window::Kind::rising : Window::Kind::falling;
    found.push_back({{digits.columns[first], digits.columns[i], kind, left}, entropy - left});
  }
}

void find_ordered(const Digits& digits, const std::vector<double>& entropy_bits, std::vector<Candidate>& found) {
  const std::size_t width = digits.columns.size();
  // Going left column by column: where two neighbouring rows differ first, and which way.
  std::vector<std::size_t> first_difference(digits.rows - 1, width);
  std::vector<std::int8_t> direction(digits.rows - 1, 0);
  for (std::size_t first = width; first-- > 0;) {
    const auto& column = digits.values[first];
    std::size_t end_rising = width, end_falling = width;
    for (std::size_t t = 0; t + 1 < digits.rows; ++t) {
      if (column[t + 1] != column[t]) {
        first_difference[t] = first;
        direction[t] = column[t + 1] > column[t] ? 1 : -1;
      }
      if (direction[t] < 0) end_rising = std::min(end_rising, first_difference[t]);
      if (direction[t] > 0) end_falling = std::min(end_falling, first_difference[t]);
    }
    if (end_rising > first) try_windows(digits, first, end_rising, 1, entropy_bits, found);
    if (end_falling > first) try_windows(digits, first, end_falling, -1, entropy_bits, found);
  }
}

// Values that grow by one constant modulo the window's size: counters that wrap, and counters multiplied by a constant.
void find_constant_steps(const Digits& digits, const std::vector<double>& entropy_bits, std::vector<Candidate>& found) {
  using Wide = unsigned __int128;
  if (digits.rows < 3) return;
  const double needed = std::log(digits.hypotheses / kFamilyChance);
  const double digit_bits = std::log2(static_cast<double>(digits.radix));
  const auto most_digits = static_cast<std::size_t>(126 / digit_bits);
  for (std::size_t end = 1; end <= digits.columns.size(); ++end) {
    std::vector<Wide> values(digits.rows, 0);
    Wide weight = 1;
    for (std::size_t first = end; first-- > 0 && end - first <= most_digits;) {
      for (std::size_t t = 0; t < digits.rows; ++t) values[t] += weight * static_cast<Wide>(digits.values[first][t]);
      weight *= digits.radix;
      const auto step = [&](std::size_t t) { return (values[t + 1] + weight - values[t]) % weight; };
      bool constant = true;
      for (std::size_t t = 1; t + 1 < digits.rows && constant; ++t) constant = step(t) == step(0);
      if (!constant) break;
      const double evidence = static_cast<double>(digits.rows - 2) * static_cast<double>(end - first) * digit_bits * std::log(2.0);
      if (evidence < needed) continue;
      found.push_back({{digits.columns[first], digits.columns[end - 1], Window::Kind::constant_step, 0},
                       entropy_between(digits, first, end, entropy_bits)});
    }
  }
}

}  // namespace

std::vector<Window> find_sequences(const Table& table, const Alphabet& alphabet, const std::vector<double>& entropy_bits) {
  std::vector<Candidate> found;
  if (table.rows < 3) return {};
  const auto orders = digit_orders(alphabet);
  for (const std::string& order : orders) {
    Digits digits = digits_of(table, order);
    const double width = static_cast<double>(digits.columns.size());
    digits.hypotheses = std::max(1.0, width * width * 3 * static_cast<double>(orders.size()));
    find_ordered(digits, entropy_bits, found);
    find_constant_steps(digits, entropy_bits, found);
  }
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) { return a.saving > b.saving; });
  std::vector<Window> windows;
  for (const Candidate& candidate : found) {
    const auto overlaps = [&](const Window& other) { return candidate.window.first <= other.last && other.first <= candidate.window.last; };
    if (candidate.saving > 0 && std::none_of(windows.begin(), windows.end(), overlaps)) windows.push_back(candidate.window);
  }
  return windows;
}

}  // namespace lintel::probes::session_ids
