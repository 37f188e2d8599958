// Tests of the small things of base/.
#include <doctest/doctest.h>

#include <thread>

#include "base/bytes.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/picture.h"
#include "base/text.h"

using namespace lintel;

TEST_CASE("a cursor never leaves its bytes") {
  const Bytes bytes{1, 2, 3, 4, 5};
  Cursor cursor(bytes);
  CHECK(cursor.u16() == 0x0102);
  CHECK(cursor.u24() == 0x030405);
  CHECK(cursor.at_end());
  CHECK(cursor.u8() == 0);
  CHECK(cursor.failed());
  CHECK(cursor.take(0).empty());
  // A loop over what remains ends at the first failure.
  Cursor list(bytes);
  list.u32();
  CHECK(list.u16() == 0);
  CHECK(list.remaining() == 0);
}

TEST_CASE("hex and base64 go round and refuse what is not theirs") {
  CHECK(to_hex(*from_hex("00fFA1")) == "00ffa1");
  CHECK_FALSE(from_hex("abc"));
  CHECK_FALSE(from_hex("zz"));
  for (const auto* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
    CHECK(as_text(*from_base64(to_base64(as_bytes(text)))) == text);
  CHECK(to_base64(as_bytes("fooba")) == "Zm9vYmE=");
  CHECK_FALSE(from_base64("Zm9vYmE"));
  CHECK_FALSE(from_base64("Z=9v"));
  CHECK_FALSE(from_base64("Zm9*"));
}

TEST_CASE("times need an offset") {
  CHECK(format_time(*parse_time("2026-12-31T23:59:59+08:00")) == "2026-12-31T15:59:59Z");
  CHECK(format_time(*parse_time("2024-02-29T00:00:00.5Z")) == "2024-02-29T00:00:00.500Z");
  for (const auto* text : {"2026-12-31", "2026-12-31T23:59:59", "2026-02-30T00:00:00Z", "2026-12-31T24:00:00Z",
                           "2026-12-31T23:59:59+8", "2026-12-31T23:59:59.Z", "+026-12-31T23:59:59Z"})
    CHECK_MESSAGE(!parse_time(text), text);
}

TEST_CASE("UTF-8 is checked and made printable") {
  CHECK(is_utf8("智能"));
  CHECK_FALSE(is_utf8("\xC0\x80"));
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));
  CHECK(printable("a\x1b[31m\xFF") == "a\uFFFD[31m\uFFFD");
}

TEST_CASE("the nearest name is a hint, not a guess") {
  const std::vector<std::string> names{"obligation", "subject", "text"};
  CHECK(nearest_name("obligatoin", names) == "obligation");
  CHECK_FALSE(nearest_name("zzzzzz", names));
  const std::vector<std::string> clauses = {"7.a", "8.1.4.k", "tcp"};
  CHECK_FALSE(nearest_name("9.9", clauses));
  CHECK(nearest_name("7.b", clauses) == "7.a");
  CHECK(nearest_name("8.1.4.kk", clauses) == "8.1.4.k");
  CHECK(nearest_name("sctp", clauses) == "tcp");
}

TEST_CASE("blank is what nobody sees") {
  for (const char* text : {"", " ", "\t\r\n", "\u3000", " \u00a0\u200b", "\ufeff"}) CHECK_MESSAGE(is_blank(text), text);
  for (const char* text : {"x", " x ", "\u3000灯", "\u00b7", "\xff"}) CHECK_FALSE_MESSAGE(is_blank(text), text);
}

TEST_CASE("a wait ends at its deadline and at a cancel") {
  Cancel cancel;
  CHECK(wait_fd(-1, WaitFor::readable, Deadline::after(std::chrono::milliseconds(5)), cancel).error().code ==
        ErrorCode::timeout);
  std::thread other([&] { cancel.request(); });
  CHECK(wait_fd(-1, WaitFor::readable, Deadline::never(), cancel).error().code == ErrorCode::cancelled);
  other.join();
  CHECK(cancel.requested());
}

TEST_CASE("files have a cap and are written whole") {
  const auto folder = TemporaryFolder::create();
  REQUIRE(folder);
  const auto path = folder->path() / "a";
  REQUIRE(write_file(path, "hello"));
  CHECK(*read_file(path, 5) == "hello");
  CHECK(read_file(path, 4).error().code == ErrorCode::limit);
  CHECK(read_file(folder->path() / "b", 4).error().code == ErrorCode::not_found);
  CHECK(read_file(folder->path(), 4).error().code == ErrorCode::invalid_input);
  CHECK_FALSE(write_file(folder->path() / "none" / "a", "x"));
}

TEST_CASE("a picture is what its bytes say, within caps") {
  const auto number = [](std::uint32_t value) {
    Bytes bytes;
    append_number(bytes, value, 4);
    return std::string(as_text(bytes));
  };
  const auto png = [&](std::uint32_t width, std::uint32_t height) {
    return std::string("\x89PNG\r\n\x1a\n", 8) + number(13) + "IHDR" + number(width) + number(height) + std::string("\x08\x02\0\0\0\0\0\0\0", 9) + number(0) + "IEND" + number(0);
  };
  const auto jpeg = [](std::string_view size) {
    return "\xFF\xD8\xFF\xE0" + std::string("\0\x04zz\xFF\xC0\0\x0B\x08", 9) + std::string(size) + std::string("\x01\x01\x11\0", 4);
  };
  const auto error = [](std::string_view bytes) {
    const auto told = identify_picture(as_bytes(bytes));
    return told ? std::string() : told.error().message;
  };
  CHECK(identify_picture(as_bytes(png(40, 30)))->width == 40);
  CHECK(identify_picture(as_bytes(jpeg("\x02\x03\x04\x05")))->height == 0x203);
  CHECK(identify_picture(as_bytes("<?xml version='1.0'?>\n<!-- c --><svg><a href='#b'/></svg>\n"))->media_type == "image/svg+xml");
  CHECK(error(png(0, 30)) == "the picture is empty or cut off");
  CHECK(error(png(9000, 9000)).find("9000 x 9000 pixels") != std::string::npos);
  CHECK(error(png(1, 20'000)).find("10000 on a side") != std::string::npos);
  CHECK(error(png(4, 4).substr(0, 40)) == "the PNG is damaged or cut off");
  CHECK(error(jpeg("\x02")) == "");  // the next bytes are taken for the size: nothing decodes here
  CHECK(error(std::string("\xFF\xD8\xFF\xDA", 4)) == "the JPEG is damaged or cut off");
  CHECK(error("GIF89a") == "it is no PNG, JPEG or SVG");
  CHECK(error("") == "it is no PNG, JPEG or SVG");
  CHECK(error("<svg><ScRiPt>x</script></svg>").find("<script") != std::string::npos);
  CHECK(error("<svg><image href = \"https://a\"/></svg>") == "the SVG refers to something outside of it");
  CHECK(error("<svg style='fill:url( //a )'></svg>") == "the SVG refers to something outside of it");
  CHECK(error("<svg>\xFF</svg>") == "the SVG is not UTF-8");
  CHECK(error("<!DOCTYPE svg><svg></svg>") == "it is no PNG, JPEG or SVG");
  CHECK(error("<svg>" + std::string(kDrawingCapBytes, ' ') + "</svg>").find("the cap is 262144") != std::string::npos);
  CHECK(error(std::string(kPictureCapBytes + 1, 'x')).find("the cap is 3145728") != std::string::npos);
}
