// Tests of the small things of base/.
#include <doctest/doctest.h>

#include <thread>

#include "base/bytes.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/files.h"
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
