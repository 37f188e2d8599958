#include "random/attacks/counter.h"

#include <doctest/doctest.h>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

TEST_CASE("counters in all their dresses are foretold") {
  std::uint64_t n = from_system() % 1'000'000, k = from_system() % 1000;
  const std::uint64_t stride = 2 + from_system() % 100'000, mask = from_system() & 0xFFFFFFFFU;
  const auto reversed = [](std::uint64_t value) { std::uint64_t turned = 0; for (int bit = 0; bit < 32; ++bit) turned |= (value >> bit & 1U) << (31 - bit); return turned; };
  const Stream plain = stream_of(200, std::uint64_t{1} << 32, 1, [&] { return n++; });
  const Stream strided = stream_of(200, 0, 1, [&] { return n += stride; });
  const Stream multiplied = stream_of(200, 2'176'782'336U, 1, [&] { return ++k * 1'234'567'891 % 2'147'483'629; });
  const Stream masked = stream_of(200, std::uint64_t{1} << 32, 1, [&] { return ++n ^ mask; });
  const Stream mirrored = stream_of(200, std::uint64_t{1} << 32, 1, [&] { return reversed(++n & 0xFFFFFFFFU); });
  for (const Stream* stream : {&plain, &strided, &multiplied, &masked, &mirrored}) {
    const auto hit = on(attack_counter, *stream);
    REQUIRE(hit);
    CHECK(hit->predicted_bits >= 64);
    CHECK(hit->right * 10 >= hit->checked * 8);
    CHECK(hit->attack == (stream == &strided || stream == &multiplied ? "linear" : "sequential"));
  }
  CHECK(on(attack_counter, plain)->right == 198);
}

TEST_CASE("no counter: chance, what stands still, what grows by chance") {
  std::uint64_t clock = 1'795'248'543'719;
  CHECK_FALSE(on(attack_counter, strong_stream(2000, std::uint64_t{1} << 32)));
  CHECK_FALSE(on(attack_counter, stream_of(2000, std::uint64_t{1} << 32, 1, [] { return 77U; })));
  CHECK_FALSE(on(attack_counter, stream_of(2000, std::uint64_t{1} << 48, 1, [&] { return clock += from_system() % 5000; })));
}
