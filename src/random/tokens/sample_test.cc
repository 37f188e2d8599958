// Sample files, good ones and hostile ones.
#include "random/tokens/sample.h"

#include <doctest/doctest.h>

using namespace lintel;
using namespace lintel::random::tokens;

TEST_CASE("one identifier a line, with or without times") {
  const auto plain = parse_sample("\xEF\xBB\xBF" "abc\r\n\n  \ndef\n");
  REQUIRE(plain);
  REQUIRE(plain->size() == 2);
  CHECK(plain->front().value == "abc");
  CHECK_FALSE(plain->front().unix_us);
  const auto timed = parse_sample("1795248543719814\tab\tc\n1795248543719815\td e");
  REQUIRE(timed);
  CHECK(timed->at(0).value == "ab\tc");
  CHECK(timed->at(0).unix_us == 1795248543719814);
  CHECK(timed->at(1).value == "d e");
  CHECK(parse_sample("x")->size() == 1);
}

TEST_CASE("what is no sample is refused with its place") {
  const auto message = [](std::string_view text) {
    const auto sample = parse_sample(text);
    return sample ? std::string("accepted") : sample.error().message;
  };
  CHECK(message("") == "no identifier in the file: it takes one a line, or `unix_us TAB id`");
  CHECK(message("\n\r\n") == "no identifier in the file: it takes one a line, or `unix_us TAB id`");
  CHECK(message(std::string_view("a\nb\0c\n", 6)) == "line 2: a NUL byte; identifiers are text, write bytes in hexadecimal");
  CHECK(message("a\n\xff\xfe\n") == "line 2: bytes that are no UTF-8; identifiers are text, write bytes in hexadecimal");
  CHECK(message("\x1f\x8b\x08") == "the file is compressed; unpack it first");
  CHECK(message("1\ta\nb\n") == "line 2: no time before the identifier, unlike the first line");
  CHECK(message("b\n1\ta\n") == "line 2: a time before the identifier, unlike the first line");
  CHECK(message("1\t \n") == "line 1: a time without an identifier");
  CHECK(message("1\tsha256:00\n") == "line 1: a digest, as a run keeps them; only the identifiers themselves can be judged");
  CHECK(message(std::string(10'000'000, 'a')) == "line 1: 10000000 bytes; an identifier may have 65536");
  std::string many;
  for (std::size_t i = 0; i <= kMostIds; ++i) many += "a\n";
  CHECK(message(many) == "line 1000001: more than 1000000 identifiers");
}

TEST_CASE("percent escapes") {
  CHECK(percent_decoded("s%3Aab%2B%2f") == "s:ab+/");
  for (const char* text : {"100%", "%zz", "a%2", "plain"}) CHECK(percent_decoded(text) == text);
}
