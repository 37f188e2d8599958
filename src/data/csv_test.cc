#include "data/csv.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"

using namespace lintel;

namespace {

// Records as "line:field|field", a record that the end of the file ended with "!"; an error as its message.
std::string read(std::string_view text, std::size_t piece = 1 << 20) {
  std::string out;
  CsvReader reader([&](const CsvRecord& record) -> Result<void> {
    out += fmt::format("{}:", record.line);
    for (std::size_t i = 0; i < record.fields.size(); ++i) out += fmt::format("{}{}", i == 0 ? "" : "|", record.fields[i]);
    out += record.ends ? " " : "! ";
    return {};
  });
  for (std::size_t at = 0; at < text.size(); at += piece)
    if (const auto done = reader.feed(as_bytes(text.substr(at, piece))); !done) return done.error().message;
  if (const auto done = reader.finish(); !done) return done.error().message;
  return std::string(trim(out));
}

}  // namespace

TEST_CASE("records, in pieces of any size") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},
      {"a,b\n1,2\n", "1:a|b 2:1|2"},
      {"\xEF\xBB\xBF" "a,b\r\n1,2\r\n", "1:a|b 2:1|2"},
      {"a\n1", "1:a 2:1!"},
      {"\xEF\xBB", "line 1: not UTF-8; save the file as UTF-8"},
      {"a,b\n\n\r\n1,2\n", "1:a|b 4:1|2"},
      {"a,\n,b\n,\n", "1:a| 2:|b 3:|"},
      {"\"a,b\",\"say \"\"hi\"\"\"\n", "1:a,b|say \"hi\""},
      {"\"two\nlines\",x\nnext,y\n", "1:two\nlines|x 3:next|y"},
      {"\"\"\n", "1:"},
      {"\"a\r\nb\"\r\n", "1:a\r\nb"},
      {"\xE7\x81\xAF,\xE4\xBA\xA7\n", "1:\xE7\x81\xAF|\xE4\xBA\xA7"},
      {"=cmd|' /C calc'!A0\n", "1:=cmd|' /C calc'!A0"},
      {"a\nb\"c\n", "line 2: a quote inside a field that does not begin with one"},
      {"a\n\"b\"c\n", "line 2: a quoted field goes on behind its closing quote"},
      {"a\n1,\"b\nc\n", "line 2: the quoted field that begins here does not end"},
      {"a\rb\n", "line 1: a carriage return without a line feed"},
      {"a\r", "line 1: a carriage return without a line feed"},
      {std::string_view("a\n1\0\n", 5), "line 2: a NUL byte"},
      {std::string_view("a\n\"1\0\"\n", 7), "line 2: a NUL byte"},
      {"\xFF\xFE" "a", "the file is UTF-16; save it as UTF-8"},
      {"a\n\xB2\xFA\xCF\xDF\n", "line 2: not UTF-8; save the file as UTF-8"},
  };
  for (const auto& [text, wanted] : rows)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{1} << 20}) {
      CAPTURE(text);
      CAPTURE(piece);
      if (wanted.empty()) CHECK(read(text, piece).empty());
      else CHECK(read(text, piece).find(trim(wanted)) != std::string::npos);
    }
}

TEST_CASE("what is too long is refused where it begins") {
  CHECK(read("a\n" + std::string(kCsvRecordCapBytes + 1, 'x')) == "line 2: a record of more than 1048576 bytes");
  CHECK(read("a\n\"" + std::string(kCsvRecordCapBytes, '\n') + "x\"", 4096) == "line 2: a record of more than 1048576 bytes");
  CHECK(read(std::string(kCsvFieldCap, ',')) == "line 1: a record of more than 1000 fields");
}

TEST_CASE("the visitor's error ends the reading") {
  CsvReader reader([](const CsvRecord& record) -> Result<void> { return fail(ErrorCode::cancelled, "at {}", record.line); });
  const auto done = reader.feed(as_bytes("a,b,c\nd\n"));
  REQUIRE(!done);
  CHECK(done.error().message == "at 1");
}
