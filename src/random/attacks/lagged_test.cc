#include "random/attacks/lagged.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>

#include "random/attacks/test_streams.h"

using namespace lintel::random;

namespace {

constexpr std::uint64_t kWord = std::uint64_t{1} << 32;

// The state of Go's source filled by chance: how it is seeded doesn't matter.
class GoSource {
 public:
  GoSource() { for (auto& word : words_) word = from_system(); }
  std::uint64_t next() {
    tap_ = tap_ == 0 ? 606 : tap_ - 1;
    feed_ = feed_ == 0 ? 606 : feed_ - 1;
    return words_[feed_] += words_[tap_];
  }
  std::uint64_t int63() { return next() & 0x7FFFFFFFFFFFFFFFU; }

 private:
  std::array<std::uint64_t, 607> words_{};
  std::size_t tap_ = 0, feed_ = 334;
};

// Knuth's subtractive generator as .NET runs it.
class DotNetRandom {
 public:
  DotNetRandom() { for (auto& word : words_) word = static_cast<std::int64_t>(from_system() % 2147483647); }
  std::uint64_t next() {
    one_ = one_ >= 55 ? 1 : one_ + 1;
    two_ = two_ >= 55 ? 1 : two_ + 1;
    std::int64_t value = words_[one_] - words_[two_];
    if (value < 0) value += 2147483647;
    return static_cast<std::uint64_t>(words_[one_] = value);
  }

 private:
  std::array<std::int64_t, 56> words_{};
  std::size_t one_ = 0, two_ = 21;
};

void check_hit(const Stream& stream, std::string_view attack) {
  CAPTURE(stream.view);
  const auto hit = on(attack_lagged, stream);
  REQUIRE(hit);
  CHECK(hit->attack == attack);
  CHECK(hit->right * 100 >= hit->checked * 99);
}

}  // namespace

TEST_CASE("random() of this machine's C library") {
  srandom(static_cast<unsigned>(from_system()));
  check_hit(stream_of(400, kWord, 4, [] { return static_cast<std::uint64_t>(::random()); }, "words"), "glibc additive feedback");
  check_hit(stream_of(2000, 62, 16, [] { return static_cast<std::uint64_t>(::random() % 62); }, "% 62"), "glibc additive feedback");
  check_hit(stream_of(2000, 16, 32, [] { return static_cast<std::uint64_t>(::random() % 16); }, "% 16"), "glibc additive feedback");
  check_hit(stream_of(2000, 36, 16, [] { return static_cast<std::uint64_t>(static_cast<double>(::random()) / 2147483648.0 * 36); }, "scaled to 36"), "glibc additive feedback");
}

TEST_CASE("math/rand of Go") {
  GoSource go;
  std::uint64_t held = 0;
  int left = 0;
  check_hit(stream_of(1400, 0, 2, [&] { return go.next(); }, "Uint64"), "lagged additive");
  check_hit(stream_of(1400, std::uint64_t{1} << 63, 1, [&] { return go.int63(); }, "Int63"), "lagged additive");
  check_hit(stream_of(3000, 52, 16, [&] { return (go.int63() >> 32) % 52; }, "Intn(52)"), "lagged additive");
  check_hit(stream_of(16'000, 256, 16, [&] {
    if (left == 0) held = go.int63(), left = 7;
    --left;
    const std::uint64_t byte = held & 0xFF;
    held >>= 8;
    return byte;
  }, "Read"), "lagged additive");
}

TEST_CASE("System.Random of .NET") {
  DotNetRandom net;
  check_hit(stream_of(400, kWord, 4, [&] { return net.next(); }, "Next()"), "lagged subtractive");
  check_hit(stream_of(400, 1'000'000'000, 1, [&] { return net.next() % 1'000'000'000; }, "% 10^9"), "lagged subtractive");
  check_hit(stream_of(2000, 62, 16, [&] { return static_cast<std::uint64_t>(static_cast<double>(net.next()) / 2147483647.0 * 62); }, "Next(62)"), "lagged subtractive");
}

TEST_CASE("no lags in chance, nor when each value has a new seed") {
  for (const std::uint64_t range : {std::uint64_t{2}, std::uint64_t{10}, std::uint64_t{52}, std::uint64_t{62}, std::uint64_t{256}, std::uint64_t{1'000'000'000}, kWord, std::uint64_t{0}})
    CHECK_FALSE(on(attack_lagged, strong_stream(8000, range, 4)));
  CHECK_FALSE(on(attack_lagged, stream_of(2000, 2, 4, [] { return 0U; })));
  CHECK_FALSE(on(attack_lagged, stream_of(4000, kWord, 4, [] { srandom(static_cast<unsigned>(from_system())); return static_cast<std::uint64_t>(::random()); })));
}
