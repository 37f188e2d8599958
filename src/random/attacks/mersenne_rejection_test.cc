#include "random/attacks/mersenne_rejection.h"

#include <doctest/doctest.h>

#include <random>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

namespace {

// As Python's randrange: the upper bits of an output, again while they are too large.
std::uint64_t below(std::mt19937& twister, std::uint64_t range, unsigned width) {
  for (;;)
    if (const std::uint64_t value = twister() >> (32 - width); value < range) return value;
}

}  // namespace

TEST_CASE("randint() with values thrown away") {
  std::mt19937 twister(static_cast<unsigned>(from_system()));
  for (const auto& [range, width] : {std::pair<std::uint64_t, unsigned>{1'000'000'000, 30}, {900'000'000, 30}, {100'000'000, 27}}) {
    Stream stream = stream_of(2000, range, 1, [&] { return below(twister, range, width); });
    const auto hit = on(attack_mersenne_rejection, stream);
    REQUIRE(hit);
    CHECK(hit->attack == "mt19937");
    CHECK(hit->predicted_bits >= 64);  // how many are right is luck: all four outputs of a relation must have been kept
  }
}

TEST_CASE("no thrown away twister in chance, nor when each value has a new seed") {
  for (const std::uint64_t range : {std::uint64_t{1'000'000'000}, std::uint64_t{100'000'000}, std::uint64_t{3'000'000'000}}) CHECK_FALSE(on(attack_mersenne_rejection, strong_stream(2000, range)));
  CHECK_FALSE(on(attack_mersenne_rejection, stream_of(2000, 1'000'000'000, 1, [] { return 999'999'999U; })));
  CHECK_FALSE(on(attack_mersenne_rejection, stream_of(2000, 1'000'000'000, 1, [] {
    std::mt19937 twister(static_cast<unsigned>(from_system()));
    return below(twister, 1'000'000'000, 30);
  })));
}
