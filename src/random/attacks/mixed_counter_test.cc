#include "random/attacks/mixed_counter.h"

#include <doctest/doctest.h>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

namespace {

std::uint64_t splitmix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace

TEST_CASE("splitmix64 and counters behind murmur3's finalizer") {
  std::uint64_t state = from_system();
  std::uint32_t counter = static_cast<std::uint32_t>(from_system());
  const auto long_hit = on(attack_mixed_counter, stream_of(100, 0, 2, [&] { return splitmix(state += 0x9E3779B97F4A7C15U); }));
  REQUIRE(long_hit);
  CHECK(long_hit->attack == "splitmix64");
  CHECK(long_hit->right == 97);
  const auto short_hit = on(attack_mixed_counter, stream_of(100, std::uint64_t{1} << 32, 1, [&] {
    std::uint32_t h = ++counter;
    h = (h ^ (h >> 16)) * 0x85EBCA6BU;
    h = (h ^ (h >> 13)) * 0xC2B2AE35U;
    return h ^ (h >> 16);
  }));
  REQUIRE(short_hit);
  CHECK(short_hit->right == 97);
}

TEST_CASE("no mixed counter in chance, in what stands still, nor when each value has a new seed") {
  CHECK_FALSE(on(attack_mixed_counter, strong_stream(4000, 0, 2)));
  CHECK_FALSE(on(attack_mixed_counter, strong_stream(4000, std::uint64_t{1} << 32, 2)));
  CHECK_FALSE(on(attack_mixed_counter, stream_of(4000, 0, 2, [] { return 99U; })));
  CHECK_FALSE(on(attack_mixed_counter, stream_of(4000, 0, 2, [] { return splitmix(from_system()); })));
}
