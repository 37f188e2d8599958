#include "random/attacks/v8_random.h"

#include <doctest/doctest.h>

#include <cmath>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

namespace {

constexpr std::uint64_t kFraction = std::uint64_t{1} << 53;

// Math.random(): xorshift128+ with V8's shifts, 64 results at a time, last one first; starts at any place of a store.
class MathRandom {
 public:
  MathRandom() {
    for (std::uint64_t skip = from_system() % 200; skip > 0; --skip) next();
  }
  double next() {
    if (left_ == 0) {
      for (double& made : store_) {
        std::uint64_t s1 = a_;
        const std::uint64_t s0 = b_;
        a_ = s0;
        s1 ^= s1 << 23;
        s1 ^= s1 >> 17;
        s1 ^= s0;
        s1 ^= s0 >> 26;
        b_ = s1;
        made = static_cast<double>(a_ >> 12) / 4503599627370496.0;
      }
      left_ = 64;
    }
    return store_[--left_];
  }

 private:
  std::uint64_t a_ = from_system(), b_ = from_system();
  double store_[64] = {};
  std::size_t left_ = 0;
};

void check_hit(const Stream& stream, double told) {
  CAPTURE(stream.view);
  const auto hit = on(attack_v8_random, stream);
  REQUIRE(hit);
  CHECK(hit->attack == "xorshift128+");
  CHECK(hit->right == hit->checked);
  CHECK(hit->bits_per_value == doctest::Approx(told).epsilon(0.1));
}

Stream digits(unsigned range, std::size_t count, const char* view) {
  MathRandom math;
  return stream_of(count, range, 16, [&] { return static_cast<std::uint64_t>(math.next() * range); }, view);
}

}  // namespace

TEST_CASE("Math.random() by fractions, words and digits") {
  MathRandom math;
  Stream base36 = stream_of(700, kFraction, 1, [&] { return static_cast<std::uint64_t>(math.next() * 9007199254740992.0) + from_system() % 5 - 2; }, "toString(36)");
  base36.slack = 4;
  check_hit(base36, 48);
  check_hit(stream_of(800, std::uint64_t{1} << 32, 4, [&] { return static_cast<std::uint64_t>(math.next() * 4294967296.0); }, "words"), 32);
  check_hit(digits(16, 1500, "hexadecimal digits"), 4);
  check_hit(digits(64, 1500, "nanoid/non-secure"), 6);
  check_hit(digits(62, 1500, "letters and digits"), 4);
  check_hit(digits(36, 1500, "base 36"), 3.5);
}

TEST_CASE("UUIDs from a template, and values that are not known") {
  MathRandom math;
  std::size_t n = 0;
  Stream uuid = stream_of(31 * 60, 16, 31, [&] { return static_cast<std::uint64_t>(math.next() * 16) & (n++ % 31 == 15 ? 3U : 15U); }, "digits of a UUID");
  uuid.known.assign(31, 15);
  uuid.known[15] = 3;
  check_hit(uuid, 4);
  Stream gaps = stream_of(900, kFraction, 1, [&] { const double value = math.next(); return from_system() % 4 == 0 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(value * 9007199254740992.0); }, "gaps");
  gaps.slack = 4;
  check_hit(gaps, 48);
}

TEST_CASE("no Math.random() in chance, nor when each value has a new state") {
  for (const std::uint64_t range : {std::uint64_t{2}, std::uint64_t{10}, std::uint64_t{16}, std::uint64_t{36}, std::uint64_t{62}, std::uint64_t{64}, std::uint64_t{1} << 32, kFraction})
    CHECK_FALSE(on(attack_v8_random, strong_stream(8000, range, 4)));
  CHECK_FALSE(on(attack_v8_random, stream_of(3000, 16, 16, [] { return static_cast<std::uint64_t>(MathRandom().next() * 16); })));
  CHECK_FALSE(on(attack_v8_random, stream_of(3000, 16, 16, [] { return 3U; })));
}
