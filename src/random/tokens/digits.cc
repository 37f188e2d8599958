#include "random/tokens/digits.h"

#include <algorithm>
#include <set>

namespace lintel::random::tokens {
namespace {

constexpr Wide kMostModulus = Wide{1} << 64;

int hex_value(std::uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::vector<DigitColumn> digits_of(const Table& table, const std::string& order) {
  std::array<std::uint8_t, 256> by_order{};
  for (std::size_t i = 0; i < order.size(); ++i) by_order[static_cast<std::uint8_t>(order[i])] = static_cast<std::uint8_t>(i);
  std::vector<DigitColumn> digits;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (column.symbols < 2) continue;
    int most = 0;  // highest hexadecimal value; 16 when there are other characters
    for (std::size_t symbol = 0; symbol < column.counts.size(); ++symbol)
      if (column.counts[symbol] > 0) {
        const int value = hex_value(static_cast<std::uint8_t>(symbol));
        most = std::max(most, value < 0 ? 16 : value);
      }
    DigitColumn digit{c, {}, {}, most < 10 ? 10U : most < 16 ? 16U : std::max<std::size_t>(order.size(), 17)};
    for (const std::uint8_t character : column.characters) {
      digit.values.push_back(character == 0 ? std::uint8_t{0} : by_order[character]);
      if (most < 16) digit.plain.push_back(static_cast<std::uint8_t>(std::max(0, hex_value(character))));
    }
    digits.push_back(std::move(digit));
  }
  return digits;
}

void for_each_field(const std::vector<DigitColumn>& digits, const std::function<void(const Field&)>& visit) {
  std::set<std::size_t> systems;
  for (const DigitColumn& digit : digits) systems.insert(digit.radix);
  for (const std::size_t radix : systems)
    for (std::size_t first = 0; first < digits.size(); ++first) {
      Field field{first, first, radix, 1, std::vector<std::uint64_t>(digits[first].values.size(), 0)};
      bool needed = false;  // smaller systems have been there
      for (std::size_t i = first; i < digits.size() && digits[i].radix <= radix && field.modulus * radix <= kMostModulus; ++i) {
        const auto& column = radix <= 16 ? digits[i].plain : digits[i].values;
        for (std::size_t t = 0; t < field.values.size(); ++t) field.values[t] = field.values[t] * radix + column[t];
        field.modulus *= radix;
        field.last = i;
        needed = needed || digits[i].radix == radix;
        if (needed) visit(field);
      }
    }
}

}  // namespace lintel::random::tokens
