#include "random/attacks/mersenne_bits.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <utility>
#include <vector>

#include "random/attacks/gf2.h"
#include "random/attacks/mersenne_recurrence.h"
#include "random/attacks/mersenne_relations.h"
#include "random/attacks/test_streams.h"

using namespace lintel::random;

namespace {

void check_hit(const Stream& stream, double told) {
  CAPTURE(stream.view);
  CAPTURE(stream.values.size());
  const auto hit = on(attack_mersenne_bits, stream);
  REQUIRE(hit);
  CHECK(hit->attack == "mt19937");
  CHECK(hit->right == hit->checked);
  CHECK(hit->predicted_bits >= 64);
  CHECK(hit->bits_per_value == told);
}

std::mt19937 seeded() { return std::mt19937(static_cast<unsigned>(from_system())); }
std::uint64_t scaled(std::uint64_t word, std::uint64_t range) { return word * range >> 32; }

}  // namespace

TEST_CASE("the recurrence is the one of MT19937") {
  std::mt19937 twister = seeded();
  std::vector<std::uint8_t> bits(2 * 19937 + 2);
  for (auto& bit : bits) bit = twister() >> 9 & 1U;
  const Register found = shortest_register(bits);
  CHECK(found.length == 19937);
  CHECK(std::is_permutation(found.taps.begin(), found.taps.end(), std::begin(kMersenneTaps), std::end(kMersenneTaps)));
}

TEST_CASE("relations hold for other seeds, and one seen bit of k needs 19,937 / k outputs") {
  for (const auto& [mask, stride] : {std::pair{0xF0000000U, 1U}, {0x0000000FU, 1U}, {0xF0000000U, 2U}, {0xFFFF0000U, 1U}, {0x00F00000U, 1U}}) {
    std::mt19937 twister = seeded();
    std::vector<std::uint32_t> outputs(12'000);
    for (auto& output : outputs) {
      twister.discard(stride - 1);
      output = static_cast<std::uint32_t>(twister());
    }
    const auto relations = twister_relations(mask, stride, 10'000);
    REQUIRE(relations.size() == static_cast<std::size_t>(std::popcount(mask)));
    std::size_t sum = 0;
    for (const auto& relation : relations) {
      sum += relation.size() - 1;
      CHECK(relation[0] != 0);
      for (std::size_t i = relation.size(); i < outputs.size(); i += 89) {
        std::uint32_t bits = 0;
        for (std::size_t d = 0; d < relation.size(); ++d) bits ^= relation[d] & outputs[i - d];
        REQUIRE(std::popcount(bits) % 2 == 0);
      }
    }
    CHECK(sum == 19'937);
  }
}

TEST_CASE("MT19937 by any one bit of 20,000 outputs, also of every second one") {
  std::mt19937 twister = seeded();
  check_hit(stream_of(22'000, 16, 32, [&] { return twister() & 15U; }, "mt_rand(0, 15)"), 4);
  check_hit(stream_of(22'000, 62, 20, [&] { return twister() % 62; }, "% 62"), 1);
  check_hit(stream_of(22'000, 62, 20, [&] { return scaled(twister(), 62); }, "scaled to 62"), 1);
  check_hit(stream_of(22'000, 16, 32, [&] { twister(); return twister() >> 28; }, "floor(random() * 16)"), 4);
}

TEST_CASE("MT19937 by few bits of few outputs") {
  std::mt19937 twister = seeded();
  check_hit(stream_of(5'200, 16, 32, [&] { return twister() >> 28; }, "getrandbits(4)"), 4);
  check_hit(stream_of(5'200, 16, 32, [&] { twister(); return twister() >> 28; }, "floor(random() * 16)"), 4);
  check_hit(stream_of(7'000, 16, 32, [&] { return twister() & 15U; }, "mt_rand() & 15"), 4);
  check_hit(stream_of(5'200, 32, 22, [&] { return twister() >> 27; }, "32 letters"), 5);
  check_hit(stream_of(4'400, 64, 22, [&] { return twister() & 63U; }, "64 letters, no more than five relations are short enough"), 5);
  check_hit(stream_of(10'400, 36, 22, [&] { return scaled(twister(), 36); }, "36 letters, scaled"), 2);
  check_hit(stream_of(10'400, 36, 22, [&] { return twister() % 36; }, "36 letters, remainder"), 2);
  check_hit(stream_of(3'200, 256, 16, [&] { return twister() >> 24; }, "bytes"), 8);
  check_hit(stream_of(1'600, 65'536, 8, [&] { return twister() & 0xFFFFU; }, "mt_rand() & 0xffff"), 16);
  check_hit(stream_of(1'600, 1U << 31, 4, [&] { return twister() & 0x7FFFFFFFU; }, "mt_rand() & 0x7fffffff"), 16);
  Stream uuid = stream_of(16'000, 65'536, 8, [&] { return twister() & 0xFFFFU; }, "UUID of mt_rand(0, 65535)");
  uuid.known = {0xFFFF, 0xFFFF, 0xFFFF, 0x0FFF, 0x3FFF, 0xFFFF, 0xFFFF, 0xFFFF};
  for (std::size_t i = 0; i < uuid.values.size(); ++i) uuid.values[i] &= uuid.known[i % 8];
  check_hit(uuid, 12);
  // Some outputs are lost on the way.
  std::size_t given = 0;
  check_hit(stream_of(16'000, 16, 32, [&] { if (++given == 3'000) twister(); return twister() >> 28; }, "one lost"), 4);
}

TEST_CASE("no twister in chance, in counters, nor when each value has a new seed") {
  for (const std::size_t count : {std::size_t{1'600}, std::size_t{6'000}, std::size_t{16'000}, std::size_t{22'000}})
    for (const std::uint64_t range : {std::uint64_t{2}, std::uint64_t{16}, std::uint64_t{36}, std::uint64_t{62}, std::uint64_t{64}, std::uint64_t{256}, std::uint64_t{1} << 16, std::uint64_t{1} << 32})
      CHECK_FALSE(on(attack_mersenne_bits, strong_stream(count, range, 4)));
  for (const unsigned shift : {0U, 3U}) {
    std::uint64_t at = from_system() & 0xFFFFU;
    CHECK_FALSE(on(attack_mersenne_bits, stream_of(16'000, 65'536, 1, [&] { return (at += 1U << shift) & 0xFFFFU; }, "counter")));
  }
  CHECK_FALSE(on(attack_mersenne_bits, stream_of(6'000, 16, 4, [] { return 7U; })));
  CHECK_FALSE(on(attack_mersenne_bits, stream_of(6'000, 16, 4, [] { return std::mt19937(static_cast<unsigned>(from_system()))() >> 28; })));
}
