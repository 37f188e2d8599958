// Each fast count against the plain way of counting.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include "random/statistics/counting.h"
#include "random/statistics/fourier.h"
#include "random/statistics/linear.h"
#include "random/statistics/patterns.h"
#include "random/statistics/second_level.h"
#include "random/statistics/test_constants.h"
#include "random/statistics/walk.h"

using namespace lintel::random::bits;
using namespace lintel::random::statistics;

namespace {

std::size_t plain_complexity(const Bits& bits) {  // Massey 1969, one bit at a time
  const std::size_t n = bits.size;
  std::vector<int> c(n + 1, 0), b(n + 1, 0);
  c[0] = b[0] = 1;
  std::size_t length = 0, back = 1;
  for (std::size_t i = 0; i < n; ++i, ++back) {
    unsigned wrong = 0;
    for (std::size_t j = 0; j <= length; ++j) wrong ^= static_cast<unsigned>(c[j]) & bit_at(bits, i - j);
    if (wrong == 0) continue;
    const std::vector<int> old = c;
    for (std::size_t j = 0; j + back <= n; ++j) c[j + back] ^= b[j];
    if (2 * length > i) continue;
    length = i + 1 - length;
    b = old;
    back = 0;
  }
  return length;
}

std::size_t plain_longest(const Bits& bits, std::size_t first, std::size_t length) {
  std::size_t longest = 0, run = 0;
  for (std::size_t i = first; i < first + length; ++i) longest = std::max(longest, run = bit_at(bits, i) != 0 ? run + 1 : 0);
  return longest;
}

}  // namespace

TEST_CASE("power spectra are those of the definition, whatever the length divides by") {
  for (const std::size_t size : {2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 30, 37, 49, 62, 74, 97, 100, 128, 202, 210, 250}) {
    CAPTURE(size);
    const Bits bits = scrambled_bits(size, size);
    const std::vector<double> power = power_spectrum(plan_fourier(size), bits);
    REQUIRE(power.size() == size / 2);
    for (std::size_t k = 0; k < power.size(); ++k) {
      std::complex<double> sum;
      for (std::size_t i = 0; i < size; ++i) sum += std::polar(bit_at(bits, i) != 0 ? 1.0 : -1.0, -2 * M_PI * static_cast<double>(i * k % size) / static_cast<double>(size));
      CHECK(std::fabs(power[k] - std::norm(sum)) < 1e-9);
    }
  }
  CHECK(power_spectrum(plan_fourier(1), scrambled_bits(1, 1)).empty());
}

TEST_CASE("linear complexity is Massey's") {
  CHECK(linear_complexity(bits_of_text("1101011110001"), 0, 13) == 4);  // SP 800-22, 2.10.8
  CHECK(linear_complexity(bits_of_text("0000000"), 0, 7) == 0);
  CHECK(linear_complexity(bits_of_text("0000001"), 0, 7) == 7);
  CHECK(linear_complexity(bits_of_text("1111111"), 0, 7) == 1);
  for (std::size_t size = 1; size < 300; size += 7) {
    CAPTURE(size);
    const Bits bits = scrambled_bits(size + 40, size);
    CHECK(linear_complexity(bits, 33, size) == plain_complexity(slice(bits, 33, size)));
  }
  Bits sparse;
  append_bits(sparse, 1, 64);
  append_bits(sparse, 1, 64);
  append_bits(sparse, 0, 64);
  append_bits(sparse, 5, 64);
  CHECK(linear_complexity(sparse, 0, 256) == plain_complexity(sparse));
}

TEST_CASE("rank of 32 x 32 bits") {
  std::array<std::uint32_t, 32> rows{};
  CHECK(rank32(rows) == 0);
  for (unsigned i = 0; i < 32; ++i) rows[i] = 1U << i | 1U << (31 - i) | 1U;
  CHECK(rank32(rows) == 16);
  for (unsigned i = 0; i < 32; ++i) rows[i] = 0xffffffffU << i;
  CHECK(rank32(rows) == 32);
  rows[5] = rows[9] ^ rows[20];
  CHECK(rank32(rows) == 31);
}

TEST_CASE("patterns, on a ring, in a line and side by side") {
  const Bits bits = scrambled_bits(1003, 4);
  for (const std::size_t length : {1, 2, 5, 9}) {
    std::vector<std::uint32_t> ring(std::size_t{1} << length, 0), line = ring, blocks = ring;
    for (std::size_t i = 0; i < bits.size; ++i) {
      std::size_t value = 0;
      for (std::size_t j = 0; j < length; ++j) value = value << 1 | bit_at(bits, (i + j) % bits.size);
      ++ring[value];
      if (i >= 100 && i + length <= 600) ++line[value];
      if (i % length == 0 && i + length <= bits.size) ++blocks[value];
    }
    CHECK(ring_patterns(bits, length) == ring);
    CHECK(line_patterns(bits, 100, 600, length) == line);
    CHECK(block_patterns(bits, length) == blocks);
    CHECK(shorter(ring_patterns(bits, length + 1)) == ring);
  }
}

TEST_CASE("runs, changes, derivatives") {
  const Bits bits = scrambled_bits(997, 11);
  Bits ones;
  for (int i = 0; i < 20; ++i) append_bits(ones, ~std::uint64_t{0}, 64);
  CHECK(longest_run(ones, 3, 1000) == 1000);
  CHECK(longest_run(inverted(ones), 3, 1000) == 0);
  for (std::size_t first = 0; first < 800; first += 61) CHECK(longest_run(bits, first, 130) == plain_longest(bits, first, 130));
  std::size_t differing = 0, changes = 0;
  for (std::size_t i = 0; i + 1 < bits.size; ++i) changes += bit_at(bits, i) != bit_at(bits, i + 1) ? 1 : 0;
  for (std::size_t i = 0; i + 70 < bits.size; ++i) differing += bit_at(bits, i) != bit_at(bits, i + 70) ? 1 : 0;
  CHECK(count_changes(bits) == changes);
  CHECK(count_differing(bits, 70) == differing);
  const Bits next = derivative(bits);
  CHECK(next.size == 996);
  CHECK(count_ones(next.words, 0, next.size) == changes);
  CHECK(next.words.back() == 0);
  CHECK(count_ones(inverted(bits).words, 0, 997) == 997 - count_ones(bits.words, 0, 997));
}

TEST_CASE("the walk and its excursions") {
  const Bits bits = scrambled_bits(20011, 3);
  Walk plain;
  Excursions counted;
  std::array<std::uint64_t, 9> here{};
  const auto close = [&] {
    ++counted.cycles;
    for (std::size_t x = 0; x < 9; ++x) ++counted.classes[x][std::min<std::uint64_t>(here[x], 5)];
    here = {};
  };
  for (std::size_t i = 0; i < bits.size; ++i) {
    plain.end += bit_at(bits, i) != 0 ? 1 : -1;
    plain.high = std::max(plain.high, plain.end);
    plain.low = std::min(plain.low, plain.end);
    if (plain.end == 0) close();
    if (plain.end != 0 && std::abs(plain.end) <= 9) ++counted.visits[static_cast<std::size_t>(plain.end + 9)];
    if (plain.end != 0 && std::abs(plain.end) <= 4) ++here[static_cast<std::size_t>(plain.end + 4)];
  }
  if (plain.end != 0) close();
  const Walk seen = walk(bits);
  CHECK(seen.end == plain.end);
  CHECK(seen.high == plain.high);
  CHECK(seen.low == plain.low);
  const Excursions found = excursions(bits);
  CHECK(found.cycles == counted.cycles);
  CHECK(found.visits == counted.visits);
  CHECK(found.classes == counted.classes);
  CHECK(std::fabs(stray_probability(10, 4) - 0.4116588) < 1e-6);  // SP 800-22, 2.13.4
}

TEST_CASE("rules over many p-values") {
  CHECK(passing_range(1000).least == doctest::Approx(980.5607));
  CHECK(passing_range(1000).most == doctest::Approx(999.4393));
  const std::vector<double> even = {0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 1.0};
  CHECK(tenths(even) == std::array<std::size_t, 10>{1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  CHECK(uniformity(even) == 1);
  CHECK(uniformity(std::vector<double>(10, 0.5)) < 1e-14);
  CHECK(holm(std::vector<double>{0.01, 0.04, 0.03, 0.005}) == std::vector<double>{0.03, 0.06, 0.06, 0.02});  // Holm's rule by hand
  CHECK(holm(std::vector<double>{0.9, 0.8}) == std::vector<double>{1, 1});
  CHECK(holm({}).empty());
}
