#include "random/bits/bits.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace lintel;
using namespace lintel::random::bits;

TEST_CASE("bits keep their order and end in zeros") {
  const std::string bytes = "\xa5\xff\x01";
  const Bits all = bits_of(as_bytes(bytes)), some = bits_of(as_bytes(bytes), 11);
  CHECK(all.size == 24);
  CHECK(all.words[0] == 0xa5ff010000000000);
  CHECK(some.words[0] == 0xa5e0000000000000);
  CHECK(bit_at(all, 0) == 1);
  CHECK(bit_at(all, 1) == 0);
  CHECK(bit_at(all, 23) == 1);
  CHECK(all.words.size() == 3);
}

TEST_CASE("appending, slicing, windows and counting agree bit for bit") {
  Bits whole;
  std::string text;
  std::uint64_t state = 7;
  for (std::size_t count : {1, 64, 63, 2, 17, 0, 5, 64, 64, 33, 31, 3}) {
    state = state * 6364136223846793005 + 1442695040888963407;
    append_bits(whole, state, count);
    for (std::size_t i = count; i-- > 0;) text += (state >> i & 1) != 0 ? '1' : '0';
  }
  REQUIRE(whole.size == text.size());
  for (std::size_t i = 0; i < text.size(); ++i) CHECK(bit_at(whole, i) == static_cast<unsigned>(text[i] - '0'));
  for (std::size_t first = 0; first < text.size(); first += 13)
    for (std::size_t end = first; end <= text.size(); end += 29) {
      const auto ones = static_cast<std::size_t>(std::count(text.begin() + static_cast<long>(first), text.begin() + static_cast<long>(end), '1'));
      CHECK(count_ones(whole.words, first, end) == ones);
      const Bits part = slice(whole, first, end - first);
      CHECK(part.size == end - first);
      CHECK(count_ones(part.words, 0, part.size) == ones);
      CHECK(part.words.back() == 0);
    }
  for (std::size_t at = 0; at < text.size(); ++at) CHECK((window(whole.words, at) >> 63) == static_cast<unsigned>(text[at] - '0'));
  CHECK(window(whole.words, whole.size) == 0);
}
