// What no attack may ever hit: strong identifiers in any alphabet, with constant, shared and slowly growing parts; and samples that are no samples.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "random/attacks/test_tokens.h"

using namespace lintel;
using namespace lintel::random;

namespace {

void check_nothing(const std::vector<Stream>& streams) {
  for (const Attack& attack : attacks()) {
    if (attack.on_streams == nullptr) continue;
    const auto hit = attack.on_streams(streams, {});
    CAPTURE(attack.name);
    CHECK_MESSAGE(!hit, (hit ? hit->generator + " in " + hit->view : ""));
  }
}

void check_nothing(const std::vector<Token>& tokens) {
  Budget small;
  small.trials = 1U << 12;  // of the deep ones
  for (const Attack& attack : attacks()) {
    if (attack.on_tokens == nullptr) continue;
    const auto hit = attack.on_tokens(tokens, small);
    CAPTURE(attack.name);
    CHECK_MESSAGE(!hit, (hit ? hit->generator : ""));
  }
}

}  // namespace

TEST_CASE("every attack has a name of its own and looks at one kind of sample") {
  std::set<std::string_view> names;
  bool deep = false;
  for (const Attack& attack : attacks()) {
    CHECK(names.insert(attack.name).second);
    CHECK((attack.on_streams == nullptr) != (attack.on_tokens == nullptr));
    CHECK_FALSE((deep && attack.cost == Cost::quick));  // cheap ones first
    deep = attack.cost == Cost::deep;
  }
  CHECK(names.size() >= 15);
}

TEST_CASE("strong numbers of any range") {
  std::vector<Stream> streams;
  for (const std::uint64_t range : {std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{10}, std::uint64_t{16}, std::uint64_t{26}, std::uint64_t{32}, std::uint64_t{36}, std::uint64_t{52}, std::uint64_t{58},
                                    std::uint64_t{62}, std::uint64_t{64}, std::uint64_t{100}, std::uint64_t{256}, std::uint64_t{1000}, std::uint64_t{65536}, std::uint64_t{1'000'000}, std::uint64_t{1'000'000'000},
                                    std::uint64_t{1} << 31, std::uint64_t{1} << 32, std::uint64_t{1} << 48, std::uint64_t{1} << 53, std::uint64_t{1} << 63, std::uint64_t{0}})
    streams.push_back(strong_stream(range != 0 && range < 300 ? 24'000 : 6'000, range, 4));
  check_nothing(streams);
}

TEST_CASE("strong numbers beside constant, shared, copied and unevenly spread ones") {
  std::vector<Stream> streams;
  for (const std::uint64_t range : {std::uint64_t{2}, std::uint64_t{10}, std::uint64_t{16}, std::uint64_t{36}, std::uint64_t{62}, std::uint64_t{64}, std::uint64_t{65536}, std::uint64_t{1} << 32, std::uint64_t{0}}) {
    const auto draw = [range] { return range == 0 ? from_system() : from_system() % range; };
    const std::uint64_t constant = draw();
    const std::uint64_t pool[] = {draw(), draw(), draw(), draw()};
    std::size_t n = 0;
    std::uint64_t copied = 0;
    streams.push_back(stream_of(16'000, range, 8, [&] { return n++ % 8 < 3 ? constant : draw(); }, "a constant beginning"));
    streams.push_back(stream_of(16'000, range, 8, [&] { return n++ % 8 < 4 ? pool[n / 4000 % 4] : draw(); }, "a beginning that changes now and then"));
    streams.push_back(stream_of(16'000, range, 8, [&] { return n++ % 2 == 0 ? copied = draw() : copied; }, "each value twice"));
    streams.push_back(stream_of(16'000, range, 8, [&] { return std::min(draw(), draw()); }, "rather small ones"));
    streams.push_back(stream_of(16'000, range, 8, [&] { return pool[from_system() % 4]; }, "one of four"));
    streams.push_back(stream_of(16'000, range, 8, [&] { return constant; }, "always the same"));
  }
  check_nothing(streams);
}

TEST_CASE("strong numbers that somebody sorted, all or in two lists by turns") {
  for (int round = 0; round < 4; ++round) {
    Stream sorted = strong_stream(2000, std::uint64_t{1} << 32), nearly = sorted, turns = sorted, small = strong_stream(2000, 65536);
    std::sort(sorted.values.begin(), sorted.values.end());
    std::sort(small.values.begin(), small.values.end());
    nearly.values = sorted.values;
    for (std::size_t i = 0; i + 7 < 2000; i += 40) std::swap(nearly.values[i], nearly.values[i + 7]);
    for (std::size_t i = 0; i < 2000; ++i) turns.values[i] = sorted.values[i % 2 * 1000 + i / 2];
    check_nothing(std::vector<Stream>{sorted, nearly, turns, small});
  }
}

TEST_CASE("strong identifiers, and samples that are none") {
  for (const std::size_t bytes : {std::size_t{8}, std::size_t{16}, std::size_t{20}, std::size_t{32}, std::size_t{64}}) check_nothing(strong_tokens(300, bytes));
  check_nothing(std::vector<Token>{});
  check_nothing(std::vector<Stream>{});
  check_nothing(std::vector<Stream>(3));
  check_nothing(std::vector<Token>{{"", {}, {}}, {"", {}, {}}});
  check_nothing(std::vector<Token>{{std::string(100'000, 'a'), 1, {}}, {std::string("\0\xFF", 2), -5, {}}, {"x", INT64_MAX, std::string(64, 'd')}, {"y", INT64_MIN, std::string(16, 'd')}});
}

TEST_CASE("a budget is spent in rounds that grow and end at the whole") {
  for (const std::uint64_t trials : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 12, std::uint64_t{1} << 22, (std::uint64_t{1} << 22) + 1, std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
    Budget budget;
    budget.trials = trials;
    std::uint64_t round = budget.first_round();
    CHECK(round <= std::uint64_t{1} << 22);
    for (int rounds = 0; round < trials; ++rounds) {
      const std::uint64_t next = budget.next_round(round);
      REQUIRE(next > round);
      REQUIRE(rounds < 12);
      round = next;
    }
    CHECK(round == trials);
  }
}
