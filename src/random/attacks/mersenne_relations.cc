#include "random/attacks/mersenne_relations.h"

#include <algorithm>
#include <bit>
#include <random>

namespace lintel::random {
namespace {

constexpr std::size_t kUnknowns = 19937;

// With the bits of a mask as series S[j] in x, a relation is a row of polynomials Q[j] whose sum of Q[j] S[j] ends: all later coefficients are 0. A row holds
// the Q[j] and, packed behind them, that sum.
struct Row {
  std::size_t degree = 0;
  std::vector<std::uint64_t> bits;
};

bool at(const std::vector<std::uint64_t>& bits, std::size_t i) { return (bits[i / 64] >> i % 64 & 1U) != 0; }

// Of a range of words: times x.
void shift_up(std::vector<std::uint64_t>& bits, std::size_t first, std::size_t end) {
  for (std::size_t i = end; i-- > first + 1;) bits[i] = bits[i] << 1 | bits[i - 1] >> 63;
  bits[first] <<= 1;
}

}  // namespace

// The shortest rows by the method of Beckermann and Labahn (order bases, 1994), which for one bit is Berlekamp's and Massey's: coefficient by coefficient, the
// row of least degree whose sum has it is added to the others that have it, and then goes up by x.
std::vector<TwisterRelation> twister_relations(std::uint32_t mask, std::size_t stride, std::size_t most) {
  const auto count = static_cast<std::size_t>(std::popcount(mask));
  if (count == 0) return {};
  most = std::min(most, kUnknowns);
  // Any outputs do: the polynomial of the recurrence is irreducible. And a sum that stays 0 for 19,937 places is 0 for ever.
  const std::size_t places = kUnknowns + most, words = most / 64 + 1, sum = count * words, end = sum + places / 64 + 1;
  std::vector<Row> rows(count + 1);
  for (Row& row : rows) row.bits.resize(end);
  std::mt19937 twister;  // its usual seed
  for (std::size_t i = 0; i < places; ++i) {
    twister.discard(stride - 1);
    const auto output = static_cast<std::uint32_t>(twister());
    std::size_t j = 0;
    for (std::uint32_t left = mask; left != 0; left &= left - 1, ++j)
      if ((output >> std::countr_zero(left) & 1U) != 0) rows[j].bits[sum + i / 64] |= std::uint64_t{1} << i % 64;
  }
  for (std::size_t j = 0; j < count; ++j) rows[j].bits[j * words] = 1;
  // The last row stands for what the sum may begin with.
  rows[count].degree = 1;
  rows[count].bits[sum] = 1;
  for (std::size_t i = 0; i < places; ++i) {
    Row* least = nullptr;
    for (Row& row : rows)
      if (row.degree <= most && at(row.bits, 64 * sum + i) && (least == nullptr || row.degree < least->degree)) least = &row;
    if (least == nullptr) continue;
    const std::size_t filled = least->degree / 64 + 1;
    for (Row& row : rows) {
      if (&row == least || row.degree > most || !at(row.bits, 64 * sum + i)) continue;
      for (std::size_t j = 0; j < count; ++j)
        for (std::size_t w = j * words; w < j * words + filled; ++w) row.bits[w] ^= least->bits[w];
      for (std::size_t w = sum + i / 64; w < end; ++w) row.bits[w] ^= least->bits[w];
    }
    if (++least->degree > most) continue;
    for (std::size_t j = 0; j < count; ++j) shift_up(least->bits, j * words, j * words + least->degree / 64 + 1);
    shift_up(least->bits, sum + i / 64, end);
  }
  std::erase_if(rows, [&](const Row& row) { return row.degree > most; });
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.degree < b.degree; });
  std::vector<TwisterRelation> relations;
  for (const Row& row : rows) {
    TwisterRelation relation(row.degree + 1);
    for (std::size_t d = 0; d <= row.degree; ++d) {
      std::size_t j = 0;
      for (std::uint32_t left = mask; left != 0; left &= left - 1, ++j)
        if (at(row.bits, 64 * j * words + d)) relation[d] |= left & ~(left - 1);
    }
    relations.push_back(std::move(relation));
  }
  return relations;
}

}  // namespace lintel::random
