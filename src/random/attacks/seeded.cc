#include "random/attacks/seeded.h"

#include <cstddef>
#include <vector>

namespace lintel::random {
namespace {

template <SeededWords (*All)(std::uint64_t)>
std::uint32_t first_of(std::uint64_t seed) { return All(seed)[0]; }

// glibc: r[i] = 16807 r[i-1] mod 2^31 - 1 up to 33 (31 and on repeat the first), then r[i] = r[i-3] + r[i-31]; 310 are thrown away.
constexpr std::int64_t kGlibcModulus = 2147483647;

void glibc_start(std::uint64_t seed, std::span<std::uint32_t, 31> r) {
  std::int64_t word = static_cast<std::int32_t>(static_cast<std::uint32_t>(seed));
  if (word == 0) word = 1;
  r[0] = static_cast<std::uint32_t>(word);
  for (std::size_t i = 1; i < 31; ++i) {
    word = 16807 * word % kGlibcModulus;
    if (word < 0) word += kGlibcModulus;
    r[i] = static_cast<std::uint32_t>(word);
  }
}

// The sum being linear, the first output is one of the 31 words with fixed factors.
std::uint32_t glibc_first(std::uint64_t seed) {
  static const auto factors = [] {
    std::array<std::uint32_t, 31> made{};
    for (std::size_t k = 0; k < 31; ++k) {
      std::vector<std::uint32_t> r(345);
      for (std::size_t i = 0; i < 34; ++i) r[i] = i % 31 == k;
      for (std::size_t i = 34; i < r.size(); ++i) r[i] = r[i - 3] + r[i - 31];
      made[k] = r[344];
    }
    return made;
  }();
  std::array<std::uint32_t, 31> r;
  glibc_start(seed, r);
  std::uint32_t sum = 0;
  for (std::size_t k = 0; k < 31; ++k) sum += factors[k] * r[k];
  return sum >> 1;
}

SeededWords glibc(std::uint64_t seed) {
  std::array<std::uint32_t, 344 + kSeededWords> r;
  glibc_start(seed, std::span(r).first<31>());
  for (std::size_t i = 31; i < 34; ++i) r[i] = r[i - 31];
  for (std::size_t i = 34; i < r.size(); ++i) r[i] = r[i - 3] + r[i - 31];
  SeededWords words;
  for (std::size_t i = 0; i < kSeededWords; ++i) words[i] = r[344 + i] >> 1;
  return words;
}

// java.util.Random's documented algorithm.
SeededWords java(std::uint64_t seed) {
  std::uint64_t state = (seed ^ 0x5DEECE66DU) & 0xFFFFFFFFFFFFU;
  SeededWords words;
  for (auto& word : words) {
    state = (state * 0x5DEECE66DU + 0xBU) & 0xFFFFFFFFFFFFU;
    word = static_cast<std::uint32_t>(state >> 16);
  }
  return words;
}

// nextLong adds the second word with its sign.
SeededWords java_long(std::uint64_t seed) {
  SeededWords words = java(seed);
  for (std::size_t i = 0; i < kSeededWords; i += 2) words[i] -= words[i + 1] >> 31;
  return words;
}

// MT19937, Matsumoto and Nishimura: init_genrand, init_by_array.
using Twister = std::array<std::uint32_t, 624>;

std::uint32_t twisted(const Twister& x, std::size_t i) {
  const std::uint32_t joined = (x[i] & 0x80000000U) | (x[i + 1] & 0x7FFFFFFFU);
  std::uint32_t y = x[i + 397] ^ joined >> 1 ^ ((joined & 1U) != 0 ? 0x9908B0DFU : 0U);
  y ^= y >> 11;
  y ^= y << 7 & 0x9D2C5680U;
  y ^= y << 15 & 0xEFC60000U;
  return y ^ y >> 18;
}

void twister_start(std::uint32_t seed, Twister& x, std::size_t words) {
  x[0] = seed;
  for (std::size_t i = 1; i < words; ++i) x[i] = 1812433253U * (x[i - 1] ^ x[i - 1] >> 30) + static_cast<std::uint32_t>(i);
}

template <unsigned Drop>
SeededWords twister(std::uint64_t seed) {
  Twister x;
  twister_start(static_cast<std::uint32_t>(seed), x, 397 + kSeededWords);
  SeededWords words;
  for (std::size_t i = 0; i < kSeededWords; ++i) words[i] = twisted(x, i) >> Drop;
  return words;
}

// Python seeds with the number's words as a key.
SeededWords python(std::uint64_t seed) {
  static const Twister start = [] {
    Twister made;
    twister_start(19650218U, made, made.size());
    return made;
  }();
  Twister x = start;
  const std::array<std::uint32_t, 2> key{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  const std::size_t length = key[1] != 0 ? 2 : 1;
  std::size_t i = 1, j = 0;
  const auto wrap = [&] {
    if (++i < x.size()) return;
    x[0] = x.back();
    i = 1;
  };
  for (std::size_t k = 0; k < x.size(); ++k) {
    x[i] = (x[i] ^ (x[i - 1] ^ x[i - 1] >> 30) * 1664525U) + key[j] + static_cast<std::uint32_t>(j);
    wrap();
    if (++j == length) j = 0;
  }
  for (std::size_t k = 1; k < x.size(); ++k) {
    x[i] = (x[i] ^ (x[i - 1] ^ x[i - 1] >> 30) * 1566083941U) - static_cast<std::uint32_t>(i);
    wrap();
  }
  x[0] = 0x80000000U;
  SeededWords words;
  for (std::size_t w = 0; w < kSeededWords; ++w) words[w] = twisted(x, w);
  return words;
}

// System.Random with a seed: Knuth's subtractive generator as .NET's reference source has it.
SeededWords dotnet(std::uint64_t seed) {
  constexpr std::int32_t kMost = 2147483647;
  std::array<std::int32_t, 56> table{};
  const auto given = static_cast<std::int32_t>(static_cast<std::uint32_t>(seed));
  const std::int32_t positive = given == INT32_MIN ? kMost : given < 0 ? -given : given;
  const auto difference = [](std::int32_t a, std::int32_t b) { return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b)); };
  std::int32_t mj = difference(161803398, positive), mk = 1;
  table[55] = mj;
  for (std::size_t i = 1; i < 55; ++i) {
    table[21 * i % 55] = mk;
    mk = difference(mj, mk);
    if (mk < 0) mk += kMost;
    mj = table[21 * i % 55];
  }
  for (int k = 1; k < 5; ++k)
    for (std::size_t i = 1; i < 56; ++i) {
      table[i] = difference(table[i], table[1 + (i + 30) % 55]);
      if (table[i] < 0) table[i] += kMost;
    }
  SeededWords words;
  for (std::size_t i = 0; i < kSeededWords; ++i) {
    std::int32_t value = difference(table[1 + i], table[22 + i]);
    if (value == kMost) --value;
    if (value < 0) value += kMost;
    table[1 + i] = value;
    words[i] = static_cast<std::uint32_t>(value);
  }
  return words;
}

}  // namespace

std::span<const SeededGenerator> seeded_generators() {
  static const SeededGenerator list[] = {
      {"new Random(seed) of Java", first_of<java>, java, true, 1},
      {"new Random(seed) of Java, nextLong()", first_of<java_long>, java_long, true, 1},
      {"srand(seed), rand() of glibc", glibc_first, glibc, false, 10},
      {"new Random(seed) of .NET", first_of<dotnet>, dotnet, false, 40},
      {"mt_srand(seed), mt_rand() of PHP", first_of<twister<1>>, twister<1>, false, 80},
      {"MT19937 with a seed of 32 bits", first_of<twister<0>>, twister<0>, false, 80},
      {"random.seed(number) of Python", first_of<python>, python, true, 400},
  };
  return list;
}

}  // namespace lintel::random
