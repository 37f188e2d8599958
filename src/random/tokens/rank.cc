#include "random/tokens/rank.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace lintel::random::tokens {
namespace {

constexpr std::size_t kNothingNew = 64;  // rows; by luck 2^-64

using Row = std::vector<std::uint64_t>;

// Dimension of what the rows span; nullopt when new ones still add to it.
std::optional<std::size_t> rank_of(const std::vector<Row>& rows) {
  std::vector<Row> basis;
  std::vector<std::size_t> leading;  // by row of the basis: its lowest bit, which no later one has
  std::size_t nothing_new = 0;
  for (Row row : rows) {
    for (std::size_t b = 0; b < basis.size(); ++b)
      if (row[leading[b] / 64] >> (leading[b] % 64) & 1)
        for (std::size_t w = 0; w < row.size(); ++w) row[w] ^= basis[b][w];
    ++nothing_new;
    if (const auto word = std::find_if(row.begin(), row.end(), [](std::uint64_t w) { return w != 0; }); word != row.end()) {
      leading.push_back(static_cast<std::size_t>(word - row.begin()) * 64 + static_cast<std::size_t>(std::countr_zero(*word)));
      basis.push_back(std::move(row));
      nothing_new = 0;
    }
    if (nothing_new == kNothingNew) return basis.size();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> independent_bits(const Table& table, const Alphabet& alphabet) {
  // Digits of 2^k symbols as the bits they stand for; other characters as they are written, which is as good for copies but not for sums.
  std::array<std::uint8_t, 256> bits{};
  for (std::size_t c = 0; c < bits.size(); ++c) bits[c] = static_cast<std::uint8_t>(c);
  if (std::has_single_bit(alphabet.size()))
    for (std::size_t i = 0; i < alphabet.size(); ++i) bits[static_cast<std::uint8_t>(alphabet.digits[i])] = static_cast<std::uint8_t>(i);
  std::vector<const Column*> varying;
  for (const Column& column : table.columns)
    if (column.symbols > 1) varying.push_back(&column);
  std::vector<Row> rows;  // each less the first, so that constants do not count
  for (std::size_t t = 1; t < table.rows; ++t) {
    Row row((varying.size() + 7) / 8, 0);
    for (std::size_t i = 0; i < varying.size(); ++i)
      row[i / 8] |= std::uint64_t{static_cast<std::uint8_t>(bits[varying[i]->characters[t]] ^ bits[varying[i]->characters[0]])} << (i % 8 * 8);
    rows.push_back(std::move(row));
  }
  const auto single = rank_of(rows);
  if (!single) return std::nullopt;
  for (std::size_t t = 0; t + 1 < rows.size(); ++t) rows[t].insert(rows[t].end(), rows[t + 1].begin(), rows[t + 1].end());
  if (!rows.empty()) rows.pop_back();
  const auto pairs = rank_of(rows);
  return pairs ? std::min(*single, *pairs - *single) : *single;
}

}  // namespace lintel::random::tokens
