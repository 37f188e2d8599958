#include "random/attacks/truncated_lcg.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

namespace {

// java.util.Random as its documentation defines it.
class JavaRandom {
 public:
  explicit JavaRandom(std::uint64_t seed) : seed_((seed ^ 0x5DEECE66DU) & kMask) {}
  std::int32_t next(int bits) {
    seed_ = (seed_ * 0x5DEECE66DU + 0xBU) & kMask;
    return static_cast<std::int32_t>(static_cast<std::int64_t>(seed_) >> (48 - bits));
  }
  std::uint64_t next_long() {
    const auto high = static_cast<std::uint64_t>(static_cast<std::int64_t>(next(32)));
    return (high << 32) + static_cast<std::uint64_t>(static_cast<std::int64_t>(next(32)));
  }
  std::uint64_t next_int(std::int32_t bound) {
    if ((bound & -bound) == bound) return static_cast<std::uint64_t>((static_cast<std::int64_t>(bound) * next(31)) >> 31);
    for (;;) {
      const std::int32_t bits = next(31), value = bits % bound;
      if (static_cast<std::int64_t>(bits) - value + bound - 1 <= INT32_MAX) return static_cast<std::uint64_t>(value);
    }
  }
  std::uint64_t next_double() {  // times 2^53
    const auto high = static_cast<std::uint64_t>(next(26)) << 27;
    return high + static_cast<std::uint64_t>(next(27));
  }

 private:
  static constexpr std::uint64_t kMask = (std::uint64_t{1} << 48) - 1;
  std::uint64_t seed_;
};

constexpr std::uint64_t kWord = std::uint64_t{1} << 32, kFraction = std::uint64_t{1} << 53;

void check_hit(const Stream& stream, std::string_view attack, double told) {
  CAPTURE(stream.view);
  const auto hit = on(attack_truncated_lcg, stream);
  REQUIRE(hit);
  CHECK(hit->attack == attack);
  CHECK(hit->right * 100 >= hit->checked * 99);
  CHECK(hit->bits_per_value == doctest::Approx(told).epsilon(0.03));
}

}  // namespace

TEST_CASE("java.util.Random in all its forms") {
  JavaRandom java(from_system());
  check_hit(stream_of(400, kWord, 4, [&] { return static_cast<std::uint32_t>(java.next(32)); }, "nextInt()"), "lcg48", 32);
  check_hit(stream_of(400, 0, 2, [&] { return java.next_long(); }, "nextLong()"), "lcg48", 64);
  check_hit(stream_of(2000, 62, 20, [&] { return java.next_int(62); }, "nextInt(62)"), "lcg48", 5.95);
  check_hit(stream_of(2000, 36, 20, [&] { return java.next_int(36); }, "nextInt(36)"), "lcg48", 5.17);
  check_hit(stream_of(2000, 16, 32, [&] { return java.next_int(16); }, "nextInt(16)"), "lcg48", 4);
  check_hit(stream_of(2000, 1'000'000, 3, [&] { return java.next_int(1'000'000); }, "nextInt(1000000)"), "lcg48", 19.9);
  check_hit(stream_of(2000, kFraction, 1, [&] { return java.next_double(); }, "nextDouble()"), "lcg48", 26);
  check_hit(stream_of(2000, 62, 16, [&] { return static_cast<std::uint64_t>(static_cast<double>(java.next_double()) / 9007199254740992.0 * 62); }, "floor(random() * 62)"), "lcg48", 5.95);
}

TEST_CASE("drand48, lrand48 and mrand48 of this machine's C library") {
  srand48(static_cast<long>(from_system() & 0x7FFFFFFF));
  check_hit(stream_of(300, kFraction, 1, [] { return static_cast<std::uint64_t>(drand48() * 9007199254740992.0); }, "drand48"), "lcg48", 53);
  check_hit(stream_of(300, kWord / 2, 2, [] { return static_cast<std::uint64_t>(lrand48()); }, "lrand48"), "lcg48", 31);
  check_hit(stream_of(300, kWord, 2, [] { return static_cast<std::uint32_t>(mrand48()); }, "mrand48"), "lcg48", 32);
  Stream printed = stream_of(300, kFraction, 1, [] { return static_cast<std::uint64_t>(std::floor(drand48() * 1e8) / 1e8 * 9007199254740992.0); }, "eight decimals");
  printed.slack = 90'071'993;
  check_hit(printed, "lcg48", 25.6);
}

TEST_CASE("rand() of C libraries") {
  std::uint64_t state = from_system();
  const auto bits = [&](std::uint64_t a, std::uint64_t c, unsigned shift, unsigned width) {
    state = a * state + c;
    return state >> shift & ((std::uint64_t{1} << width) - 1);
  };
  check_hit(stream_of(400, 65536, 8, [&] { return bits(214013, 2531011, 16, 15); }, "Microsoft"), "lcg truncated", 15);
  check_hit(stream_of(2000, 62, 16, [&] { return bits(214013, 2531011, 16, 15) % 62; }, "Microsoft % 62"), "lcg truncated", 5.95);
  check_hit(stream_of(400, 16, 32, [&] { return bits(1103515245, 12345, 16, 15) % 16; }, "ISO C % 16"), "lcg truncated low bits", 4);
  check_hit(stream_of(400, 65536, 8, [&] { return bits(1664525, 1013904223, 16, 16); }, "Numerical Recipes"), "lcg truncated", 16);
  check_hit(stream_of(400, kWord, 4, [&] { return bits(6364136223846793005U, 1, 32, 31); }, "newlib"), "lcg64 truncated", 31);
  check_hit(stream_of(400, kWord, 4, [&] { return bits(6364136223846793005U, 1, 33, 31); }, "musl"), "lcg64 truncated", 31);
}

TEST_CASE("lcg_value() of PHP") {
  std::int64_t first = static_cast<std::int64_t>(from_system() % 2147483562) + 1, second = static_cast<std::int64_t>(from_system() % 2147483398) + 1;
  Stream stream = stream_of(300, kFraction, 1, [&] {
    first = first * 40014 % 2147483563;
    second = second * 40692 % 2147483399;
    const std::int64_t z = first - second;
    return static_cast<std::uint64_t>(static_cast<double>(z < 1 ? z + 2147483562 : z) * 4.656613e-10 * 9007199254740992.0);
  }, "lcg_value");
  check_hit(stream, "combined LCG", 22.3);
}

TEST_CASE("no congruential generator in chance, nor when each value has a new seed") {
  for (const std::uint64_t range : {std::uint64_t{2}, std::uint64_t{10}, std::uint64_t{16}, std::uint64_t{62}, std::uint64_t{65536}, kWord / 2, kWord, kFraction, std::uint64_t{0}})
    CHECK_FALSE(on(attack_truncated_lcg, strong_stream(8000, range, 4)));
  CHECK_FALSE(on(attack_truncated_lcg, stream_of(8000, kWord, 4, [] { return static_cast<std::uint32_t>(JavaRandom(from_system()).next(32)); })));
  CHECK_FALSE(on(attack_truncated_lcg, stream_of(8000, 62, 4, [] { return JavaRandom(from_system()).next_int(62); })));
}
