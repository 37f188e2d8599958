#include "random/attacks/unknown_lcg.h"

#include <doctest/doctest.h>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

namespace {

Stream congruential(unsigned __int128 a, unsigned __int128 c, unsigned __int128 m, std::uint64_t range) {
  std::uint64_t state = from_system() % static_cast<std::uint64_t>(m - 1) + 1;
  return stream_of(100, range, 4, [&] { return state = static_cast<std::uint64_t>((a * state + c) % m); });
}

}  // namespace

TEST_CASE("factor, increment and modulus come from the values") {
  const std::uint64_t words = std::uint64_t{1} << 32;
  for (const Stream& stream : {congruential(16807, 0, 2'147'483'647, words), congruential(1664525, 1013904223, words, words), congruential(48271, 12345, 4'294'967'291, words),
                               congruential(6364136223846793005U, 1442695040888963407U, static_cast<unsigned __int128>(1) << 64, 0)}) {
    const auto hit = on(attack_unknown_lcg, stream);
    REQUIRE(hit);
    CHECK(hit->attack == "lcg");
    CHECK(hit->right == hit->checked);
    CHECK(hit->checked == 84);
  }
}

TEST_CASE("no congruence in chance, in repeated values, or when each value has a new seed") {
  CHECK_FALSE(on(attack_unknown_lcg, strong_stream(8000, std::uint64_t{1} << 32, 4)));
  CHECK_FALSE(on(attack_unknown_lcg, strong_stream(4000, 0, 2)));
  CHECK_FALSE(on(attack_unknown_lcg, stream_of(8000, std::uint64_t{1} << 32, 4, [] { return (from_system() * 1664525 + 1013904223) & 0xFFFFFFFFU; })));
  const std::uint64_t pair[] = {from_system(), from_system()};
  std::size_t i = 0;
  CHECK_FALSE(on(attack_unknown_lcg, stream_of(4000, 0, 2, [&] { return pair[i++ % 2]; })));
}
