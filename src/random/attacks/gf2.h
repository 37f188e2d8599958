// Linear algebra over two elements: the shortest shift register of a bit sequence (Berlekamp 1968, Massey 1969), and equations in 128 unknowns.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "random/attacks/modular.h"

namespace lintel::random {

// bit[i] = sum of bit[i - tap].
struct Register {
  std::size_t length = 0;
  std::vector<std::size_t> taps;
  std::uint8_t next(std::span<const std::uint8_t> bits, std::size_t i) const {  // Requires: i >= length
    std::uint8_t sum = 0;
    for (const std::size_t tap : taps) sum = static_cast<std::uint8_t>(sum ^ bits[i - tap]);
    return sum;
  }
};

// Quadratic: 320 bits take some microseconds, 40,000 some tens of milliseconds.
Register shortest_register(std::span<const std::uint8_t> bits);

// Equations sum of unknowns = bit, eliminated as they come.
class Equations128 {
 public:
  // False: it contradicts the ones before.
  bool add(Wide unknowns, bool sum);
  std::size_t redundant() const { return redundant_; }  // equations that followed from the others, and held
  std::size_t rank() const { return rank_; }
  Wide solution() const;  // unknowns that nothing determines are 0

 private:
  std::array<Wide, 128> rows_{};   // by highest unknown
  std::array<bool, 128> sums_{};
  std::size_t rank_ = 0, redundant_ = 0;
};

inline int highest_bit(Wide value) {
  const auto high = static_cast<std::uint64_t>(value >> 64), low = static_cast<std::uint64_t>(value);
  return high != 0 ? 127 - std::countl_zero(high) : 63 - std::countl_zero(low);  // -1 for 0
}
inline bool odd(Wide value) { return ((std::popcount(static_cast<std::uint64_t>(value >> 64)) + std::popcount(static_cast<std::uint64_t>(value))) & 1) != 0; }

}  // namespace lintel::random
