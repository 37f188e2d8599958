#include "random/attacks/pcg32.h"

#include <doctest/doctest.h>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

namespace {

// PCG32 as its paper defines it.
std::uint32_t pcg32(std::uint64_t& state, std::uint64_t increment) {
  const std::uint64_t old = state;
  state = old * 6364136223846793005U + increment;
  const auto folded = static_cast<std::uint32_t>(((old >> 18) ^ old) >> 27);
  const auto rotation = static_cast<unsigned>(old >> 59);
  return (folded >> rotation) | (folded << ((32 - rotation) & 31U));
}

}  // namespace

TEST_CASE("PCG32 with any increment") {
  for (int round = 0; round < 20; ++round) {
    std::uint64_t state = from_system();
    const std::uint64_t increment = round == 0 ? 1442695040888963407U : from_system() | 1U;
    const auto hit = on(attack_pcg32, stream_of(1000, std::uint64_t{1} << 32, 4, [&] { return pcg32(state, increment); }));
    REQUIRE(hit);
    CHECK(hit->attack == "pcg32");
    CHECK(hit->right * 100 >= hit->checked * 95);
    CHECK(hit->bits_per_value == 32);
  }
}

TEST_CASE("no PCG32 in chance, nor when each value has a new seed") {
  CHECK_FALSE(on(attack_pcg32, strong_stream(8000, std::uint64_t{1} << 32, 4)));
  CHECK_FALSE(on(attack_pcg32, stream_of(8000, std::uint64_t{1} << 32, 4, [] { return 0U; })));
  CHECK_FALSE(on(attack_pcg32, stream_of(8000, std::uint64_t{1} << 32, 4, [] { std::uint64_t state = from_system(); return pcg32(state, 1); })));
}
