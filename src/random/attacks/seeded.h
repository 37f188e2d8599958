// The first numbers that generators give after seeding: what a program hands out when it seeds for every request.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace lintel::random {

inline constexpr std::size_t kSeededWords = 4;
using SeededWords = std::array<std::uint32_t, kSeededWords>;

struct SeededGenerator {
  const char* name;
  std::uint32_t (*first)(std::uint64_t seed);      // quicker than all
  SeededWords (*all)(std::uint64_t seed);
  bool wide = false;  // takes seeds of more than 32 bits
  unsigned cost = 1;  // of first(), in tens of nanoseconds
};

std::span<const SeededGenerator> seeded_generators();

}  // namespace lintel::random
