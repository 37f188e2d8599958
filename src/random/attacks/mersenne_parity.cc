#include "random/attacks/mersenne_parity.h"

#include <algorithm>

namespace lintel::random {
namespace {

constexpr std::uint32_t kMatrix = 0x9908B0DFU;

std::uint32_t untempered(std::uint32_t y) {
  y ^= y >> 18;
  y ^= y << 15 & 0xEFC60000U;
  std::uint32_t x = y;
  for (int i = 0; i < 5; ++i) x = y ^ (x << 7 & 0x9D2C5680U);
  y = x;
  for (int i = 0; i < 3; ++i) x = y ^ x >> 11;
  return x;
}

// In terms of outputs: a bit of x is a sum of bits of y.
std::uint32_t on_output(std::uint32_t mask) {
  static const auto columns = [] {
    std::array<std::uint32_t, 32> made{};
    for (unsigned bit = 0; bit < 32; ++bit) made[bit] = untempered(1U << bit);
    return made;
  }();
  std::uint32_t result = 0;
  for (unsigned bit = 0; bit < 32; ++bit) result |= static_cast<std::uint32_t>(std::popcount(mask & columns[bit]) & 1) << bit;
  return result;
}

}  // namespace

std::vector<Parity> parities(const Parity& known) {
  std::vector<Parity> rows;
  for (unsigned bit = 0; bit < 32; ++bit) {
    const std::uint32_t next = bit < 31 ? 1U << (bit + 1) : 0;  // bit i of the shifted word was bit i + 1
    const Parity row{next & 0x80000000U, (next & 0x7FFFFFFFU) | (kMatrix >> bit & 1U), 1U << bit, 1U << bit};
    rows.push_back({on_output(row[0]), on_output(row[1]), on_output(row[2]), on_output(row[3])});
  }
  for (std::size_t word = 0; word < 4; ++word)
    for (std::uint32_t missing = ~known[word]; missing != 0; missing &= missing - 1) {
      const std::uint32_t bit = missing & ~(missing - 1);
      const auto pivot = std::find_if(rows.begin(), rows.end(), [&](const Parity& row) { return (row[word] & bit) != 0; });
      if (pivot == rows.end()) continue;
      const Parity taken = *pivot;
      rows.erase(pivot);
      for (Parity& row : rows)
        if ((row[word] & bit) != 0)
          for (std::size_t i = 0; i < 4; ++i) row[i] ^= taken[i];
    }
  return rows;
}

}  // namespace lintel::random
