#include "random/bits/load.h"

#include <doctest/doctest.h>

#include "random/statistics/test_constants.h"

using namespace lintel;
using namespace lintel::random::bits;

namespace {

std::string said(const Result<Sample>& result) { return result ? "" : result.error().message; }
Bits plain(std::size_t size) { return random::statistics::scrambled_bits(size, 5); }

std::string bytes_of(const Bits& bits) {
  std::string bytes;
  for (std::size_t i = 0; i < bits.size; i += 8) bytes += static_cast<char>(window(bits.words, i) >> 56);
  return bytes;
}

}  // namespace

TEST_CASE("the same bits in five forms") {
  const Bits bits = plain(4096);
  const std::string bytes = bytes_of(bits), hex = to_hex(as_bytes(bytes)), base64 = to_base64(as_bytes(bytes));
  std::string digits, octets, folded, wrapped;
  for (std::size_t i = 0; i < bits.size; ++i) {
    digits += bit_at(bits, i) != 0 ? '1' : '0';
    octets += static_cast<char>(bit_at(bits, i));
    if (i % 71 == 0) digits += '\n';
  }
  for (std::size_t i = 0; i < hex.size(); i += 2) folded += hex.substr(i, 2) + (i % 32 == 30 ? "\r\n" : " ");
  for (std::size_t i = 0; i < base64.size(); i += 76) wrapped += base64.substr(i, 76) + "\n";
  const std::pair<std::string, Format> forms[] = {{bytes, Format::binary}, {octets, Format::octets}, {digits, Format::digits}, {hex, Format::hex}, {folded, Format::hex}, {wrapped, Format::base64}};
  for (const auto& [content, format] : forms) {
    CAPTURE(name_of(format));
    const auto guessed = read_sample(content, std::nullopt), forced = read_sample(content, format);
    REQUIRE(guessed);
    REQUIRE(forced);
    CHECK(guessed->format == format);
    CHECK(guessed->bits.size == bits.size);
    CHECK(guessed->bits.words == bits.words);
    CHECK(forced->bits.words == bits.words);
    CHECK(forced->forced);
  }
}

TEST_CASE("identifiers one a line: stamps are left out, spare bits of base64url too") {
  const auto stamped = read_sample("1700000000000001\tdeadbeef\n1700000000000002\tcafe0123\n", std::nullopt);
  REQUIRE(stamped);
  CHECK(stamped->stamped);
  CHECK(stamped->format == Format::hex);
  CHECK(stamped->bits.words[0] == 0xdeadbeefcafe0123);
  CHECK(stamped->lines == std::vector<std::string>{"deadbeef", "cafe0123"});
  const auto base64 = read_sample("-_-_-_-_-w\n_____w\n", std::nullopt);  // 10 and 6 digits: seven and four bytes
  REQUIRE(base64);
  CHECK(base64->format == Format::base64);
  CHECK(base64->bits.size == 88);
  CHECK((base64->bits.words[1] >> 40) == 0xffffff);
}

TEST_CASE("text whose bits are unknown is refused") {
  std::string decimal, letters, words;
  std::uint64_t state = 1;
  for (int i = 0; i < 2000; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    decimal += static_cast<char>('0' + (state >> 33) % 10);
    letters += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"[(state >> 33) % 62];
  }
  CHECK(said(read_sample(decimal, std::nullopt)).starts_with("this is text of 10 different characters"));
  CHECK(said(read_sample(letters, std::nullopt)).starts_with("this is text of 62 different characters"));
  CHECK(said(read_sample("550e8400-e29b-41d4-a716-446655440000!", std::nullopt)).starts_with("this is text of"));
  CHECK(read_sample(decimal, Format::hex)->bits.size == 8000);
  CHECK(said(read_sample("01012\n", Format::digits)) == "line 1, character 5: no digit of digits");
  CHECK(said(read_sample("AAAA=AAA", Format::base64)) == "line 1, character 6: no digit of base64");
}

TEST_CASE("files that are none") {
  CHECK(said(read_sample("", std::nullopt)) == "the file is empty");
  CHECK(said(read_sample("\x1f\x8b\x08\x00\x00", std::nullopt)) == "the file is compressed (gzip): unpack it first; --format binary takes it as it is");
  CHECK(read_sample("\x1f\x8b\x08", Format::binary)->bits.size == 24);
  CHECK(said(read_sample(" \n\n", std::nullopt)) == "there are no bits in the file");
  CHECK(said(read_sample(std::string_view("00\0", 3), Format::hex)) == "there is a NUL in it: this is no text");
  CHECK(said(read_sample(std::string_view("\1\2", 2), Format::octets)) == "byte 2 is neither 0 nor 1");
  CHECK(read_sample("\xff\xfe zz", std::nullopt)->format == Format::binary);
  CHECK(read_sample(std::string_view("a\0b", 3), std::nullopt)->format == Format::binary);
  CHECK(said(read_sample("z", std::nullopt)) == "there are no bits in the file");  // six bits of base64 are no byte
  CHECK(said(load_sample("no/such/file", std::nullopt)).find("no/such/file") != std::string::npos);
  const auto long_line = read_sample(std::string(10'000'000, '0') + "1", std::nullopt);
  REQUIRE(long_line);
  CHECK(long_line->bits.size == 10'000'001);
  CHECK(long_line->lines.empty());
}

TEST_CASE("samples of SP 800-90B") {
  const Bits bits = bits_of(as_bytes("\xa5\x0f"));
  CHECK(symbols_of(bits, Format::binary) == std::vector<std::uint8_t>{0xa5, 0x0f});
  CHECK(symbols_of(bits, Format::digits).size() == 16);
  CHECK(symbols_of(bits, Format::octets)[0] == 1);
}
