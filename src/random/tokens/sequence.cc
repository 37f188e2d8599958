#include "random/tokens/sequence.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "random/tokens/recurrence.h"
#include "random/tokens/steps.h"

namespace lintel::random::tokens {
namespace {

constexpr double kQuestions = 1000;   // asked at most for each pair of columns: orders, views, fields, lags
constexpr double kLeastSaving = 0.1;  // bits; less is not worth a line in the report

struct Candidate {
  Window window;
  double saving = 0;
};

Window::Kind kind_of(const Steps& steps, Wide modulus) {
  if (steps.width <= 1 && steps.least != 0) return Window::Kind::constant_step;
  const double middle = std::fmod(static_cast<double>(steps.least) + steps.width / 2, static_cast<double>(modulus));
  return middle <= static_cast<double>(modulus) / 2 ? Window::Kind::rising : Window::Kind::falling;
}

// Neighbours of one kind, with nothing but constant positions between them, as one.
std::vector<Window> joined(const Table& table, std::vector<Window> windows) {
  std::sort(windows.begin(), windows.end(), [](const Window& a, const Window& b) { return a.first < b.first; });
  std::vector<Window> result;
  for (const Window& window : windows) {
    const auto constant_between = [&](std::size_t from) {
      while (from < window.first && table.columns[from].symbols < 2) ++from;
      return from == window.first;
    };
    if (!result.empty() && result.back().kind == window.kind && constant_between(result.back().last + 1)) {
      result.back().last = window.last;
      result.back().bits_left += window.bits_left;
    } else {
      result.push_back(window);
    }
  }
  return result;
}

}  // namespace

const char* name_of(Window::Kind kind) {
  switch (kind) {
    case Window::Kind::rising: return "rising";
    case Window::Kind::falling: return "falling";
    case Window::Kind::constant_step: return "constant_step";
    case Window::Kind::repeating: return "repeating";
    case Window::Kind::copied: return "copied";
    case Window::Kind::congruence: return "congruence";
  }
  return "";
}

std::vector<Window> find_sequences(const Table& table, const Alphabet& alphabet, const std::vector<double>& entropy_bits) {
  std::vector<Candidate> found;
  const auto width = static_cast<double>(table.columns.size());
  const double log_chance = std::log(kFamilyChance / (kQuestions * std::max(1.0, width * width)));
  for (const std::string& order : digit_orders(alphabet)) {
    const auto digits = digits_of(table, order);
    const auto add = [&](std::size_t first, std::size_t last, Window::Kind kind, double bits_left) {
      double entropy = 0;
      for (std::size_t i = first; i <= last; ++i) entropy += entropy_bits[digits[i].column];
      bits_left = std::min(bits_left, entropy);
      if (entropy - bits_left > kLeastSaving) found.push_back({{digits[first].column, digits[last].column, kind, bits_left}, entropy - bits_left});
    };
    for_each_field(digits, [&](const Field& field) {
      if (const auto steps = small_steps(field, log_chance)) add(field.first, field.last, kind_of(*steps, field.modulus), steps->bits_left);
      // Where some identifiers have no character, a column shows their lengths.
      const auto partly_there = [&](const DigitColumn& digit) { return table.columns[digit.column].absent > 0; };
      const auto columns = std::span(digits).subspan(field.first, field.last - field.first + 1);
      if (std::any_of(columns.begin(), columns.end(), partly_there)) return;
      if (const auto share = linear_congruence(field)) add(field.first, field.last, Window::Kind::congruence, -std::log2(*share));
    });
    for (const Echo& echo : echoes(table, digits, log_chance))
      add(echo.column, echo.column, echo.column == echo.from ? Window::Kind::repeating : Window::Kind::copied, echo.bits_left);
  }
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) { return a.saving > b.saving; });
  std::vector<Window> windows;
  for (const Candidate& candidate : found) {
    const auto overlaps = [&](const Window& other) { return candidate.window.first <= other.last && other.first <= candidate.window.last; };
    if (std::none_of(windows.begin(), windows.end(), overlaps)) windows.push_back(candidate.window);
  }
  return joined(table, std::move(windows));
}

}  // namespace lintel::random::tokens
