// What holds for every format, and what each says of the home.
#include "report/formats.h"

#include <doctest/doctest.h>

#include <set>

#include "base/text.h"
#include "data/json.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"

using namespace lintel;
using namespace lintel::report;

namespace {

std::string written(const Format& format, const model::Run& run, FormatOptions options = {}) {
  const auto text = render(format.write, run, no_evidence, options);
  REQUIRE_MESSAGE(text.has_value(), format.name << ": " << text.error().message);
  return *text;
}

std::string written(std::string_view name, const model::Run& run, const FormatOptions& options = {}) { return written(*find_format(name), run, options); }

FormatOptions chinese() {
  FormatOptions options;
  options.language = Language::zh;
  return options;
}

// All but PDF, which is made elsewhere.
std::vector<Format> writers() {
  std::vector<Format> list;
  for (const Format& format : formats())
    if (format.write != nullptr) list.push_back(format);
  return list;
}

bool is_text(const Format& format) { return format.name != "xlsx"; }

}  // namespace

TEST_CASE("formats: each has a name, an ending and a media type of its own") {
  std::set<std::string_view> names, endings;
  for (const Format& format : formats()) {
    names.insert(format.name);
    endings.insert(format.ending);
    CHECK(find_format(format.name) == &format);
    CHECK(format.media_type.find('/') != std::string_view::npos);
    CHECK((format.write == nullptr) == (format.name == "pdf"));
  }
  CHECK(names.size() == formats().size());
  CHECK(endings.size() == formats().size());
  CHECK(format_names().size() == formats().size());
  CHECK(find_format("") == nullptr);
}

TEST_CASE("formats: the same run gives the same bytes, and nothing of a device gets out of its text") {
  for (const Format& format : writers()) {
    CAPTURE(format.name);
    for (const FormatOptions& options : {FormatOptions{}, chinese()}) {
      const std::string text = written(format, fixture::home(), options);
      CHECK(text == written(format, fixture::home(), options));
      if (!is_text(format)) continue;
      CHECK(is_utf8(text));
      for (const char* shape : {"\x1b", "\x07", "\xE2\x80\xAE", "\xE2\x80\x8B"})
        if (format.name != "json") CHECK(text.find(shape) == std::string::npos);  // json keeps what it was given, escaped where it must
    }
  }
}

TEST_CASE("formats: a run with nothing in it is a whole document too") {
  for (const Format& format : writers()) {
    CAPTURE(format.name);
    const std::string text = written(format, model::Run{});
    CHECK(!text.empty());
    if (format.media_type.ends_with("json")) CHECK(parse_json(text).has_value());
  }
}

TEST_CASE("formats: write's first error ends the writing") {
  for (const Format& format : writers()) {
    CAPTURE(format.name);
    const auto result = format.write(fixture::home(), no_evidence, {}, [&](std::string_view) -> Result<void> { return fail(ErrorCode::io, "disk full"); });
    REQUIRE(!result);
    CHECK(result.error().message == "disk full");
  }
}

TEST_CASE("formats: what the home looks like in each") {
  const model::Run run = fixture::home();
  check_golden("home.csv", written("csv", run));
  check_golden("home.md", written("markdown", run));
  check_golden("home.zh.md", written("markdown", run, chinese()));
  check_golden("home.sarif", written("sarif", run));
  check_golden("home.junit.xml", written("junit", run));
  check_golden("home.ocsf.json", written("ocsf", run));
  check_golden("home.defectdojo.json", written("defectdojo", run));
}

TEST_CASE("ocsf: an event of a big run is lean") {
  const std::string text = written("ocsf", fixture::big(200, 25));
  MESSAGE("200 x 25: ", text.size(), " bytes");
  CHECK(text.size() < 5'000u * 1'000u);
}

TEST_CASE("xlsx: a zip archive whose entries carry no time of writing") {
  const std::string text = written("xlsx", fixture::home());
  CHECK(text.starts_with("PK\x03\x04"));
  CHECK(text.size() > 5'000);
}

TEST_CASE("csv: no cell is a formula, and quotes stay inside theirs") {
  model::Run run = fixture::home();
  run.profile.clauses[0].text = {"=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"};
  run.profile.clauses[1].text = {"@SUM(1+1)", "-1+1\",\"=2"};
  const std::string text = written("csv", run);
  CHECK(text.find("\"'=cmd|' /C calc'!A0\"") != std::string::npos);
  CHECK(text.find("\"'-1+1\"\",\"\"=2\"") != std::string::npos);
  for (const char* formula : {",\"=", ",\"@", ",\"-", ",\"+"}) CHECK(text.find(formula) == std::string::npos);
}
