// JSON from strangers: an answer or an error, never an exception.
#include "data/json.h"

#include <doctest/doctest.h>

using namespace lintel;

TEST_CASE("text that is no JSON, or more than we take, is an error") {
  struct Row {
    std::string text, message;
  };
  const Row rows[] = {
      {"", "not JSON at byte 1"},
      {"{\"a\":1,}", "not JSON at byte 8"},
      {"\"\xff\"", "not JSON at byte 2"},
      {"1 2", "not JSON at byte 3"},
      {"1e999", "the JSON has a number that is too large"},
      {"[-88E0222004444]", "the JSON has a number that is too large"},
      {std::string(101, '[') + std::string(101, ']'), "JSON is nested deeper than 100"},
  };
  for (const Row& row : rows) {
    const auto value = parse_json(row.text);
    REQUIRE_FALSE(value);
    CHECK(value.error().message == row.message);
  }
  CHECK(parse_json(std::string(100, '[') + "1" + std::string(100, ']')));
  CHECK(parse_json("[1e308, 1e-999, 99999999999999999999]"));
}
