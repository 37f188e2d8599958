#include "random/attacks/linear.h"

#include <doctest/doctest.h>

#include <bit>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

TEST_CASE("shift registers, and two whose output is scrambled") {
  std::uint32_t lfsr = static_cast<std::uint32_t>(from_system()) | 1U, x32 = static_cast<std::uint32_t>(from_system()) | 1U;
  std::uint64_t x64 = from_system() | 1U, s[4] = {from_system(), from_system(), from_system(), from_system()};
  const Stream galois = stream_of(800, std::uint64_t{1} << 32, 4, [&] {
    for (int i = 0; i < 32; ++i) lfsr = (lfsr & 1U) != 0 ? lfsr >> 1 ^ 0xA3000000U : lfsr >> 1;
    return lfsr;
  });
  const Stream xorshift32 = stream_of(800, std::uint64_t{1} << 32, 4, [&] {
    x32 ^= x32 << 13;
    x32 ^= x32 >> 17;
    return x32 ^= x32 << 5;
  });
  const Stream star = stream_of(800, 0, 2, [&] {
    x64 ^= x64 >> 12;
    x64 ^= x64 << 25;
    x64 ^= x64 >> 27;
    return x64 * 0x2545F4914F6CDD1DU;
  });
  const Stream star_star = stream_of(2400, 0, 2, [&] {
    const std::uint64_t result = std::rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = std::rotl(s[3], 45);
    return result;
  });
  const std::pair<const Stream*, const char*> expected[] = {{&galois, "GF2 linear"}, {&xorshift32, "GF2 linear"}, {&star, "xorshift64*"}, {&star_star, "xoshiro256**"}};
  for (const auto& [stream, attack] : expected) {
    const auto hit = on(attack_linear, *stream);
    REQUIRE(hit);
    CHECK(hit->attack == attack);
    CHECK(hit->right == hit->checked);
    CHECK(hit->bits_per_value == (stream->range == 0 ? 64 : 32));
  }
}

TEST_CASE("no shift register: chance, constants, counters and clocks beside chance") {
  std::uint64_t quarters = 0;  // of milliseconds: the clock of ULIDs whose constant bytes are cut off, read from its lowest byte
  for (int round = 0; round < 4; ++round)
    CHECK_FALSE(on(attack_linear, stream_of(2000, 0, 1, [&] {
      const std::uint64_t ms = (quarters += from_system() % 5) / 4;
      return from_system() << 16 | (ms & 0xFF) << 8 | (ms >> 8 & 0xFF);
    })));
  for (const std::uint64_t range : {std::uint64_t{2}, std::uint64_t{16}, std::uint64_t{62}, std::uint64_t{1} << 32, std::uint64_t{0}}) CHECK_FALSE(on(attack_linear, strong_stream(8000, range, 4)));
  std::uint64_t n = 5;
  CHECK_FALSE(on(attack_linear, stream_of(4000, std::uint64_t{1} << 32, 1, [&] { return (from_system() & 0xFFFF0000U) | (n++ & 0xFFFFU); })));
  CHECK_FALSE(on(attack_linear, stream_of(4000, std::uint64_t{1} << 32, 1, [&] { return (from_system() & 0xFFFF0000U) | 0x1234U; })));
}
