#include "random/attacks/seeds.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "random/attacks/seeded.h"
#include "random/attacks/test_tokens.h"

using namespace lintel;
using namespace lintel::random;

namespace {

const SeededGenerator& generator(std::string_view part) {
  for (const SeededGenerator& one : seeded_generators())
    if (std::string_view(one.name).find(part) != std::string_view::npos) return one;
  REQUIRE_MESSAGE(false, part);
  return seeded_generators().front();
}

std::string words(const SeededWords& list, std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += big_endian_word(list[i]);
  return bytes;
}

// From the C library itself.
std::string glibc_words(unsigned seed, std::size_t count) {
  srandom(seed);
  std::string bytes;
  while (count-- > 0) bytes += big_endian_word(static_cast<std::uint32_t>(::random()));
  return bytes;
}

}  // namespace

TEST_CASE("generators give after a seed what the real ones give") {
  for (int i = 0; i < 200; ++i) {
    const auto seed = static_cast<std::uint32_t>(from_system());
    const SeededGenerator& glibc = generator("glibc");
    CHECK(words(glibc.all(seed), 4) == glibc_words(seed, 4));
    CHECK(glibc.first(seed) == glibc.all(seed)[0]);
    std::mt19937 twister(seed);
    for (const std::uint32_t word : generator("32 bits").all(seed)) CHECK(word == twister());
  }
  // Given by Python 3.11, PHP 8.2, .NET Framework 4.8 and OpenJDK 17.
  CHECK(to_hex(as_bytes(words({generator("Python").all(12345)[3], generator("Python").all(12345)[2], generator("Python").all(12345)[1], generator("Python").all(12345)[0]}, 4))) ==
        "d1f6f86c029a7245bb91433a6aa79987");
  const SeededWords wide = generator("Python").all(1'795'248'640'123);
  CHECK(to_hex(as_bytes(words({wide[3], wide[2], wide[1], wide[0]}, 4))) == "a4c9631ef35755a39e1410bded125d14");
  CHECK(generator("PHP").all(12345)[0] == 1996335345);
  CHECK(generator("PHP").all(12345)[1] == 1911592690);
  CHECK(generator(".NET").all(42)[0] == 1434747710);
  CHECK(generator(".NET").all(42)[1] == 302596119);
  CHECK(generator(".NET").all(0)[0] == 1559595546);
  CHECK(static_cast<std::int32_t>(generator("Random(seed) of Java").all(42)[0]) == -1170105035);
  CHECK(static_cast<std::int32_t>(generator("Random(seed) of Java").all(42)[1]) == 234785527);
}

TEST_CASE("seeded with the time for each identifier") {
  const auto check = [](const std::string& name, std::int64_t tick, std::size_t count) {
    CAPTURE(name);
    const auto hit = search_time_seeds(tokens_of(100, [&](std::int64_t us) { return words(generator(name).all(static_cast<std::uint64_t>(us / tick)), count); }), {});
    REQUIRE(hit);
    CHECK(hit->attack == "time-seed");
    CHECK(hit->generator.find(generator(name).name) == 0);
    CHECK(hit->right * 10 >= hit->checked * 9);
  };
  check("Random(seed) of Java", 1000, 4);
  check("nextLong", 1000, 4);
  check("glibc", 1'000'000, 4);
  check("glibc", 1'000'000, 2);
  check("PHP", 1'000'000, 4);
  check("Python", 1000, 4);
  check(".NET", 1'000'000, 4);
}

TEST_CASE("seeded with any number: wide words by one meeting, narrow ones by neighbours") {
  // With 20,000 identifiers one in 215,000 guesses meets one: twenty meetings are due.
  Budget budget;
  budget.trials = 1U << 20;
  const auto wide = tokens_of(20'000, [](std::int64_t) { return glibc_words(static_cast<unsigned>(from_system()), 4); });
  const auto hit = search_any_seeds(wide, budget);
  REQUIRE(hit);
  CHECK(hit->attack == "time-seed");
  CHECK(hit->predicted_bits >= 64);
  std::uint32_t clock = static_cast<std::uint32_t>(from_system());
  const auto mixed = search_any_seeds(tokens_of(20'000, [&](std::int64_t) { return glibc_words(clock += static_cast<std::uint32_t>(from_system() % 900), 2); }), budget);
  REQUIRE(mixed);
  CHECK(mixed->generator.find("mixed numbers") != std::string::npos);
}

TEST_CASE("no seed in chance, and none when it has 64 bits of chance") {
  Budget small;
  small.trials = 1U << 12;
  for (const std::size_t bytes : {std::size_t{8}, std::size_t{16}, std::size_t{32}}) {
    const auto tokens = strong_tokens(200, bytes);
    CHECK_FALSE(search_time_seeds(tokens, {}));
    CHECK_FALSE(search_any_seeds(tokens, small));
  }
  CHECK_FALSE(search_time_seeds(tokens_of(200, [](std::int64_t) { return words(generator("Java").all(from_system()), 4); }), {}));
  CHECK_FALSE(search_time_seeds({}, {}));
}
