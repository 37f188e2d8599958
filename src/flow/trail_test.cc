// Records as applications export them: lists, lines, and times in the forms that occur.
#include "flow/trail.h"

#include <doctest/doctest.h>

using namespace lintel;

TEST_CASE("an export is a list, a list somewhere, or lines") {
  const std::string list = R"([{"a": 1}, 2, {"a": 3}])";
  CHECK(flow::read_trail(list, "")->records.size() == 2);
  CHECK(flow::read_trail(list, "")->unreadable == 1);
  CHECK(flow::read_trail(R"({"data": {"list": [{"a": 1}]}})", "/data/list")->records.size() == 1);
  CHECK(flow::read_trail("{\"a\": 1}\n\nnonsense\n{\"a\": 2}\n", "")->records.size() == 2);
  CHECK(flow::read_trail("", "")->records.empty());
  CHECK(flow::read_trail("[]", "")->records.empty());
  CHECK_FALSE(flow::read_trail("<html>", "").has_value());
  CHECK_FALSE(flow::read_trail("{}", "/list").has_value());
}

TEST_CASE("what is new, and what stands in a record") {
  const auto before = *flow::read_trail(R"([{"n": 1}, {"n": 2}])", "");
  const auto after = *flow::read_trail(R"([{"n": 1}, {"n": 2, "changed": true}, {"n": 3}])", "");
  const auto fresh = flow::new_records(after, flow::known_records(before));
  REQUIRE(fresh.size() == 2);
  CHECK(flow::text_at(*fresh[1], "/n") == "3");
  CHECK(flow::text_at(*fresh[1], "/m").empty());
  CHECK(flow::text_at(*fresh[1], "").empty());
}

TEST_CASE("times as platforms write them") {
  CHECK(format_time(flow::moment_of("2026-11-21T10:00:00+08:00")->time) == "2026-11-21T02:00:00Z");
  CHECK(format_time(flow::moment_of("1763719200")->time) == "2025-11-21T10:00:00Z");
  CHECK(format_time(flow::moment_of("1763719200123")->time) == "2025-11-21T10:00:00.123Z");
  CHECK(flow::moment_of("2026-11-21 10:00:00")->zone == false);
  CHECK(flow::moment_of("2026-11-21 10:00:00Z")->zone);
  for (const char* bad : {"", "yesterday", "99999999999999999999", "-1", "2026-11-21"}) CHECK_FALSE(flow::moment_of(bad).has_value());

  const flow::Span span{*parse_time("2026-11-21T10:00:00Z"), *parse_time("2026-11-21T10:01:00Z")};
  CHECK(flow::nearness("2026-11-21T10:00:30Z", span) == "near");
  CHECK(flow::nearness("2026-11-21T12:00:30Z", span) == "off");
  CHECK(flow::nearness("2026-11-21 18:00:30", span) == "unknown");  // perhaps China's clocks
  CHECK(flow::nearness("soon", span) == "unknown");
}
