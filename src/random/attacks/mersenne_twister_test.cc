#include "random/attacks/mersenne_twister.h"

#include <doctest/doctest.h>

#include <random>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

namespace {

constexpr std::uint64_t kWord = std::uint64_t{1} << 32;

void check_hit(const Stream& stream, double told) {
  CAPTURE(stream.view);
  const auto hit = on(attack_mersenne_twister, stream);
  REQUIRE(hit);
  CHECK(hit->attack == "mt19937");
  CHECK(hit->right == hit->checked);
  CHECK(hit->bits_per_value == told);
}

}  // namespace

TEST_CASE("MT19937 by its words, whole or cut") {
  std::mt19937 twister(static_cast<unsigned>(from_system()));
  check_hit(stream_of(800, kWord, 4, [&] { return twister(); }, "words"), 32);
  check_hit(stream_of(800, kWord / 2, 4, [&] { return twister() >> 1; }, "PHP's mt_rand()"), 31);
  check_hit(stream_of(800, kWord / 2, 4, [&] { return twister() & 0x7FFFFFFFU; }, "lower 31 bits"), 31);
  check_hit(stream_of(800, 1U << 20, 4, [&] { return twister() >> 12; }, "20 bits"), 20);
  check_hit(stream_of(600, std::uint64_t{1} << 53, 1, [&] { const std::uint64_t high = twister() >> 5; return high << 26 | twister() >> 6; }, "Python's random()"), 53);
  check_hit(stream_of(600, 0, 2, [&] { const std::uint64_t low = twister(); return std::uint64_t{twister()} << 32 | low; }, "getrandbits(64)"), 64);
  Stream uuid = stream_of(1200, kWord, 4, [&] { return twister(); }, "UUID of getrandbits(128), last word first");
  uuid.known = {0xFFFFFFFFU, 0x3FFFFFFFU, 0xFFFF0FFFU, 0xFFFFFFFFU};
  for (std::size_t i = 0; i < uuid.values.size(); ++i) uuid.values[i] &= uuid.known[i % 4];
  check_hit(uuid, 32);
}

TEST_CASE("no twister in chance, nor when each value has a new seed") {
  for (const std::uint64_t range : {std::uint64_t{2}, std::uint64_t{16}, std::uint64_t{62}, std::uint64_t{1} << 20, kWord / 2, kWord, std::uint64_t{1} << 53, std::uint64_t{0}})
    CHECK_FALSE(on(attack_mersenne_twister, strong_stream(22'000, range, 4)));
  CHECK_FALSE(on(attack_mersenne_twister, stream_of(22'000, 16, 4, [] { return 7U; })));
  CHECK_FALSE(on(attack_mersenne_twister, stream_of(1500, kWord, 4, [] { return std::mt19937(static_cast<unsigned>(from_system()))(); })));
}
