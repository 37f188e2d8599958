#include "report/view.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "data/json.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"
#include "report/values.h"

using namespace lintel;
using namespace lintel::report;

namespace {

Json whole_view(const RunIndex& index) {
  Json view = document_view(index);
  std::size_t excerpts = 5;
  const EvidenceSource source = [](const std::string& sha256, std::size_t) -> std::optional<std::string> {
    if (sha256 == fixture::hash(1)) return "443 open\n2323 open\n" + fixture::hostile();
    if (sha256 == fixture::hash(2)) return std::string("\x16\x03\x00\x00\x51<b>", 8);
    return std::nullopt;
  };
  for (const auto& row : index.clauses()) view["clauses"].push_back(clause_view(index, row, source, excerpts));
  return view;
}

const Json& clause_of(const Json& view, const std::string& id) {
  for (const Json& clause : view["clauses"])
    if (clause["id"] == id) return clause;
  static const Json none;
  return none;
}

}  // namespace

TEST_CASE("view of the home is what it was") {
  const model::Run run = fixture::home();
  const RunIndex index(run, Words::load().value(), {});
  check_golden("view.json", pretty_json(whole_view(index)) + "\n");
}

TEST_CASE("a clause without a verdict is not tested, one outside the profile is still shown") {
  const model::Run run = fixture::home();
  const RunIndex index(run, Words::load().value(), {});
  const Json view = whole_view(index);
  CHECK(clause_of(view, "9.c")["verdict"]["code"] == "not_tested");
  CHECK(clause_of(view, "9.c")["reason"]["code"] == "not_run");
  CHECK(clause_of(view, "Z.9")["verdict"]["code"] == "inconclusive");
  CHECK(view["totals"]["total"] == "15");
}

TEST_CASE("shall and should are counted apart, open questions and causes are listed") {
  const model::Run run = fixture::home();
  const RunIndex index(run, Words::load().value(), {});
  const Json view = whole_view(index);
  const Json& not_tested = view["totals"]["cells"][3];
  CHECK(not_tested["mandatory"] == "3");
  CHECK(not_tested["advisory"] == "1");
  CHECK(view["totals"]["waived"] == "1");
  std::vector<std::string> open;
  for (const Json& each : view["questions"]) open.push_back(each["id"]);
  CHECK(open == std::vector<std::string>{"6.1.1", "7.f", "9.a"});
  CHECK(view["questions"][1]["expired"] == true);
  CHECK(view["inconclusive"].size() == 3);
  CHECK(view["waivers"][1]["expired"] == true);
  CHECK(view["grades"][1]["reached"].is_null());
  CHECK(view["number"] == "LR-20261121-9F86D081");
}

TEST_CASE("a failing check tells what was expected and seen, decisive first, with its evidence") {
  const model::Run run = fixture::home();
  const RunIndex index(run, Words::load().value(), {});
  const Json view = whole_view(index);
  const Json& instance = clause_of(view, "6.1.4.a")["assets"][0]["checks"][0]["instances"][0];
  CHECK(instance["assertions"][0]["holds"]["code"] == "no");
  CHECK(instance["assertions"][0]["observed"]["zh"] == "未声明而开放：2323");
  CHECK(instance["assertions"][0]["steps"][0]["numbers"] == Json::array({"E1"}));
  CHECK(instance["evidence"][0]["sha256"] == fixture::hash(1));
  CHECK(instance["evidence"][0]["excerpt"].get<std::string>().starts_with("443 open\n2323 open\n"));
  const Json& binary = clause_of(view, "7.e")["assets"][0]["checks"][0]["instances"][0]["evidence"][0];
  CHECK(binary["excerpt"] == "0000  16 03 00 00 51 3c 62 3e\n…\n");
}

TEST_CASE("caps: what is left out is counted") {
  const model::Run run = fixture::big(4, 40);
  const RunIndex index(run, Words::load().value(), {});
  const Json view = whole_view(index);
  const Json& clause = view["clauses"][1];
  CHECK(clause["assets"].size() == 10);
  std::size_t named = 0;
  for (const Json& group : clause["beyond"]) named += std::stoul(group["count"].get<std::string>());
  CHECK(named == 30);
  CHECK(clause["assets"][0]["verdict"]["code"] == "fail");
}

TEST_CASE("text from outside can neither reorder nor hide what stands around it") {
  const std::string shown = plain(fixture::hostile());
  CHECK(shown.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(shown.find("\\u{202e}txt.exe\\u{200b}") != std::string::npos);
  CHECK(shown.find('\x1b') == std::string::npos);
  CHECK(is_utf8(shown));
  CHECK(plain("云平台", 7) == "云平…");
  CHECK(one_line("  a \n\t b ") == "a b");
}

TEST_CASE("values") {
  CHECK(format_duration(std::chrono::milliseconds(820)) == "820 ms");
  CHECK(format_duration(std::chrono::milliseconds(185'400)) == "3 min 05 s");
  CHECK(format_duration(std::chrono::milliseconds(12'460)) == "12.4 s");
  CHECK(format_duration(std::chrono::hours(2)) == "2 h 00 min");
  CHECK(format_size(512) == "512 B");
  CHECK(format_size(1434) == "1.4 KiB");
  CHECK(format_count(65535) == "65\u00A0535");
  CHECK(format_count(-1234567) == "-1\u00A0234\u00A0567");
  CHECK(format_when(WallTime{}) == "–");
  CHECK(format_when(*parse_time("2026-11-21T10:00:00.5Z")) == "2026-11-21 10:00:00 UTC");
}
