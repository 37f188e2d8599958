// What identifiers are read as: formats, parts, streams.
#include "random/tokens/decode.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace lintel;
using namespace lintel::random;
using namespace lintel::random::tokens;

namespace {

using Ids = std::vector<std::string>;

Layout layout_of_one(const std::string& id) { return layout_of({id}, std::int64_t{1'795'249'609'000'000}); }

const Stream* view_of(const std::vector<Stream>& streams, std::string_view view) {
  const auto found = std::find_if(streams.begin(), streams.end(), [&](const Stream& stream) { return stream.view == view; });
  return found == streams.end() ? nullptr : &*found;
}

std::vector<Stream> all_streams(const Ids& ids) {
  const Layout layout = layout_of(ids, {});
  std::vector<Stream> streams;
  for (const Part& part : parts_of(layout.core, layout))
    for (Stream& stream : streams_of(part, layout)) streams.push_back(std::move(stream));
  return streams;
}

using Values = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("formats") {
  CHECK(layout_of_one("15218b8d-6b1c-43ba-a4bb-96cf1e5dc66c").uuid_version == 4);
  CHECK(layout_of_one("e156220f-e582-11f1-8256-029ced8fd03c").uuid_version == 1);
  CHECK(layout_of_one("15218b8d6b1c43baa4bb96cf1e5dc66c").uuid_version == 0);  // a single one may be luck
  CHECK(layout_of(Ids(8, "15218B8D6B1C43BAA4BB96CF1E5DC66C"), {}).uuid_version == 4);
  CHECK(layout_of_one("15218b8d-6b1c-43ba-c4bb-96cf1e5dc66c").format == Format::plain);
  CHECK(layout_of_one("01M7YKE4DZVVN45PKHWVJMMSB1").format == Format::ulid);
  CHECK(layout_of_one("71M7YKE4DZVVN45PKHWVJMMSB1").format == Format::plain);
  CHECK(layout_of_one("6b0155c4641625acd3198be1").format == Format::object_id);
  CHECK(layout_of_one("ffff55c4641625acd3198be1").format == Format::plain);
  CHECK(layout_of_one("Fe26.2**4a3c*x*y**6d*z").format == Format::sealed);

  const Layout express = layout_of({"s:AAAA.9UgOJ4JknKGvtel1fDxOVn/4qDQWF7CvA9ftCalHv48", "s:BBBB.QSEoxcAndDzLXEDX1UbsGyS4L6NxoaUFTO1Miw1Tkm8"}, {});
  CHECK(express.format == Format::signed_id);
  CHECK(express.has_signature);
  CHECK(express.core == Ids{"AAAA", "BBBB"});
}

TEST_CASE("readable state: members that are neither constant nor a time are what is judged") {
  // {"sub":"user1","iat":1795249609,"exp":1795253209} and user2
  const Layout jwt = layout_of({"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c2VyMSIsImlhdCI6MTc5NTI0OTYwOSwiZXhwIjoxNzk1MjUzMjA5fQ.5_5RyYa1Sqk8BystawmDsB5bnY9clf3BBsT6xonek3Q",
                                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c2VyMiIsImlhdCI6MTc5NTI0OTYwOSwiZXhwIjoxNzk1MjUzMjA5fQ.v2btiXQa0mBp8vsbZ2qMWeeKbJ-ez2EVNT97N87nbO4"},
                               std::int64_t{1'795'249'609'000'000});
  CHECK(jwt.format == Format::jwt);
  CHECK(jwt.has_signature);
  CHECK(jwt.members == Ids{"sub"});
  CHECK(jwt.core == Ids{"user1", "user2"});
  // {"v":1,"_expire":1795335972658,"_maxAge":86400000} and another _expire: no identifier at all
  const Layout koa = layout_of({"eyJ2IjoxLCJfZXhwaXJlIjoxNzk1MzM1OTcyNjU4LCJfbWF4QWdlIjo4NjQwMDAwMH0=", "eyJ2IjoxLCJfZXhwaXJlIjoxNzk1MzM1OTcyNjY0LCJfbWF4QWdlIjo4NjQwMDAwMH0="},
                               std::int64_t{1'795'249'572'663'869});
  CHECK(koa.format == Format::state);
  CHECK(koa.core.empty());
  const Layout flask = layout_of({"eyJ1aWQiOjJ9.awFWAg.PHlDAV7N9YKL-gFFH89VMOTKRrg", "eyJ1aWQiOjN9.awFWAg.eq3lTQRN23PADgfqRiYsEWLDsh4"}, {});
  CHECK(flask.format == Format::signed_state);
  CHECK(flask.core == Ids{"2", "3"});
}

TEST_CASE("words of hexadecimal identifiers, in every order") {
  const auto streams = all_streams({"0123456789abcdef", "fedcba9876543210"});
  const Stream* words = view_of(streams, "words of 32 bits, highest byte first, first one first");
  REQUIRE(words != nullptr);
  CHECK(words->values == Values{0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210});
  CHECK(words->per_id == 2);
  CHECK(words->range == std::uint64_t{1} << 32);
  CHECK(view_of(streams, "words of 32 bits, lowest byte first, last one first")->values == Values{0xefcdab89, 0x67452301, 0x10325476, 0x98badcfe});
  CHECK(view_of(streams, "words of 64 bits, highest byte first")->range == 0);
  CHECK(view_of(streams, "hexadecimal number")->values == Values{0x0123456789abcdef, 0xfedcba9876543210});
  CHECK(view_of(streams, "hexadecimal digits")->per_id == 16);
  CHECK(view_of(streams, "bytes, first one first")->values.front() == 1);
}

TEST_CASE("the bits that a UUID sets itself are not the generator's") {
  const auto streams = all_streams({"15218b8d-6b1c-43ba-a4bb-96cf1e5dc66c"});
  const Stream* words = view_of(streams, "words of 32 bits, highest byte first, first one first");
  REQUIRE(words != nullptr);
  CHECK(words->known == Values{0xffffffff, 0xffff0fff, 0x3fffffff, 0xffffffff});
  CHECK(words->values == Values{0x15218b8d, 0x6b1c03ba, 0x24bb96cf, 0x1e5dc66c});
  const Stream* digits = view_of(streams, "hexadecimal digits without the version");
  CHECK(digits->per_id == 31);
  CHECK(digits->known[15] == 3);
  CHECK(digits->values[15] == (0xa & 3));
}

TEST_CASE("decimal numbers, fields, fractions") {
  const auto numbers = all_streams({"1945722891", "70376430"});
  CHECK(view_of(numbers, "decimal number")->values == Values{1945722891, 70376430});
  CHECK(view_of(all_streams({"000123", "999456"}), "decimal number")->range == 1'000'000);
  CHECK(view_of(all_streams({"000123", "999456"}), "decimal fields of 3 digits")->values == Values{0, 123, 999, 456});
  // 20 digits do not fit into 64 bits.
  CHECK(view_of(all_streams({"59267149885073308361", "10917033154675432215"}), "decimal number") == nullptr);
  const auto fractions = all_streams({"0.6691780304307806", "0.9745612921626279"});
  const Stream* fraction = view_of(fractions, "part 2: decimal fraction");
  REQUIRE(fraction != nullptr);
  CHECK(fraction->slack == 0);
  CHECK(static_cast<double>(fraction->values.front()) / 9007199254740992.0 == 0.6691780304307806);
  CHECK(view_of(all_streams({"6b0151e837ba11.25436626", "6b0151e8381fd5.00749476"}), "tail of uniqid as a fraction: decimal fraction")->values.front() == static_cast<std::uint64_t>(0.125436626 * 9007199254740992.0));
}

TEST_CASE("a fraction with an exponent among others is a value that is not known") {
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(i == 7 ? "37001234567890E-4" : std::to_string(1000000000000000 + 89999999999999 * static_cast<std::int64_t>(i)));
  const auto streams = all_streams(ids);
  const Stream* fraction = view_of(streams, "decimal fraction");
  REQUIRE(fraction != nullptr);
  CHECK(fraction->values[7] == kUnknownValue);
  CHECK(fraction->values[8] != kUnknownValue);
}

TEST_CASE("JavaScript's fractions to the base 36") {
  const auto streams = all_streams({"rjwc7nknjsk", "samlhxid4c"});
  const Stream* fraction = view_of(streams, "fraction to the base 36");
  REQUIRE(fraction != nullptr);
  CHECK(fraction->values[0] == static_cast<std::uint64_t>(9007199254740992.0 * (27.0 / 36 + 19.0 / 36 / 36 + 32.0 / 46656 + 12.0 / 1679616 + 7.0 / 60466176 + 23.0 / 2176782336 + 20.0 / 78364164096 + 23.0 / 2821109907456 + 19.0 / 101559956668416 + 28.0 / 3656158440062976 + 20.0 / 131621703842267136)));
  const auto pasted = all_streams({"1b65if8ktmh3gorf3l58mr", "mh4t5qyfe6wbosg3fftwx"});
  const Stream* two = view_of(pasted, "two fractions to the base 36");
  REQUIRE(two != nullptr);
  CHECK(two->per_id == 2);
  CHECK(two->values[0] != kUnknownValue);
  CHECK(two->values[2] == kUnknownValue);
}

TEST_CASE("alphabets in the orders that programs use") {
  std::mt19937 random(7);
  const std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  Ids ids;
  Values drawn;
  for (int i = 0; i < 500; ++i) {
    std::string id;
    for (int k = 0; k < 16; ++k) {
      drawn.push_back(random() % 52);
      id += letters[drawn.back()];
    }
    ids.push_back(id);
  }
  const Stream* found = nullptr;
  const auto streams = all_streams(ids);
  for (const Stream& stream : streams)
    if (stream.values == drawn) found = &stream;
  REQUIRE(found != nullptr);
  CHECK(found->range == 52);
  CHECK(found->view == "characters as digits a...Z of 52");
}

TEST_CASE("digests") {
  CHECK(digest_in("00112233445566778899aabbccddeeff").size() == 16);
  CHECK(digest_in("15218b8d-6b1c-43ba-a4bb-96cf1e5dc66c").size() == 16);
  CHECK(digest_in("AAAAAAAAAAAAAAAAAAAAAAAAAAA=").size() == 20);
  CHECK(digest_in("0011").empty());
  CHECK(digest_in("").empty());
}
