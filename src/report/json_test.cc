#include "report/json.h"

#include <doctest/doctest.h>

#include "base/files.h"
#include "data/json.h"
#include "data/schema.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"

using namespace lintel;
using namespace lintel::report;

TEST_CASE("the export of the home is what it was") { check_golden("home.json", render_json(fixture::home())); }

TEST_CASE("the pieces make the whole document, and nothing of the run is left out") {
  for (const model::Run& run : {fixture::home(), fixture::big(7, 3), model::Run{}}) {
    const auto parsed = parse_json(render_json(run));
    REQUIRE(parsed);
    // Through text, because a dump replaces bytes that are no UTF-8.
    CHECK(dump_json(*parsed) == dump_json(parse_json(dump_json(Json(run))).value()));
  }
}

TEST_CASE("the export fits its schema and comes back as the same run") {
  const Json document = parse_json(read_file(LINTEL_SOURCE_DIR "/docs/schemas/run.schema.json", 1 << 20).value()).value();
  const auto schema = schema::Schema::load(document, "run");
  REQUIRE(schema);
  for (const model::Run& run : {fixture::home(), fixture::big(7, 3)}) {
    const std::string text = render_json(run);
    const Json parsed = parse_json(text).value();
    for (const auto& violation : schema::validate(parsed, schema->root())) FAIL_CHECK(violation.pointer << ": " << violation.message);
    model::Run back;
    from_json(parsed, back);
    CHECK(render_json(back) == text);
  }
}

TEST_CASE("write's error ends the export") {
  int calls = 0;
  const auto result = write_json(fixture::big(60, 20), [&](std::string_view) -> Result<void> {
    ++calls;
    return fail(ErrorCode::io, "disk full");
  });
  REQUIRE(!result);
  CHECK(result.error().message == "disk full");
  CHECK(calls == 1);
}
