// What makes a report one that a laboratory signs; views, choices and languages of it.
#include <doctest/doctest.h>

#include "base/text.h"
#include "data/json.h"
#include "report/html.h"
#include "report/lab_fixture_test.h"
#include "report/view_lab.h"

using namespace lintel;
using namespace lintel::report;

namespace {

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}
bool has(const std::string& page, std::string_view words) { return page.find(words) != std::string::npos; }

using Render = Result<std::string> (*)(const model::Run&, const EvidenceSource&, const ReportChoice&);
std::string page_of(Render render, const model::Run& run, const ReportChoice& choice = {}) {
  const auto page = render(run, fixture::lab_evidence, choice);
  REQUIRE_MESSAGE(page.has_value(), page.error().message);
  return *page;
}
constexpr Render kForms[] = {render_html, render_print};

void check_links(const std::string& page) {
  for (auto at = page.find("href=\"#"); at != std::string::npos; at = page.find("href=\"#", at + 1)) {
    const auto name = page.substr(at + 7, page.find('"', at + 7) - at - 7);
    CHECK_MESSAGE(count_of(page, " id=\"" + name + "\"") == 1, name);
  }
}

}  // namespace

TEST_CASE("what the laboratory gave is in HTML and print") {
  const model::Run run = fixture::with_lab();
  for (const Render render : kForms) {
    const std::string page = page_of(render, run);
    for (const char* words : {"LAB-2026-0001", "TLP:AMBER", "Sample laboratory", "示例检测机构", "1 Some Road", "L0000", "Sample customer", "2026-11-22", "2027-11-22", "LAB-2026-0000",
                              "The model was wrong", "Model corrected", "LAMP-1", "A2", "2.4.1", "SN-1", "02:00:00:00:00:01", "Undamaged", "2026-11-01", "Wang Li", "Engineer",
                              "23 °C", "Another laboratory", "X-1", "An opinion of ours", "Experience"})
      CHECK_MESSAGE(has(page, words), words);
    CHECK(count_of(page, "<img src=\"data:image/png;base64,") == 1);
    CHECK(count_of(page, "<img src=\"data:image/svg+xml;base64,") == 1);
    CHECK(has(page, "LR-20261121-9F86D081") == false);  // the laboratory's number stands everywhere
    CHECK(has(page, "not stated"));  // who reviewed, the place of work
    CHECK(count_of(page, "<script>alert") == 0);
    CHECK(is_utf8(page));
    check_links(page);
  }
}

TEST_CASE("without a laboratory nothing is made up") {
  const std::string page = page_of(render_html, fixture::home());
  CHECK(has(page, "LR-20261121-9F86D081"));
  CHECK(count_of(page, "class=\"none\"") > 10);
  CHECK(has(page, "<img") == false);
  check_links(page);
}

TEST_CASE("a picture that is not what it says is not shown") {
  const std::string png = fixture::photo_png(), script = "<svg><script>alert(1)</script></svg>", cut = png.substr(0, 30), text = "GIF89a";
  for (const std::string& content : {script, cut, text, std::string()}) {
    const model::Photo photo = fixture::photo("x.png", content, {});
    CHECK(picture_uri(photo.file, [&](const std::string&, std::size_t) { return std::optional(content); }).is_null());
  }
  const model::Photo photo = fixture::photo("x.png", png, {});
  CHECK(picture_uri(photo.file, no_evidence).is_null());
  CHECK(picture_uri(photo.file, [&](const std::string&, std::size_t) { return std::optional(fixture::logo_svg()); }).is_null());  // another hash
  CHECK(picture_uri(photo.file, [&](const std::string&, std::size_t) { return std::optional(png); }).is_string());
  model::Run run = fixture::with_lab();
  run.lab->laboratory.logo->file.sha256 = fixture::hash(50);
  CHECK(count_of(page_of(render_html, run), "the picture can&#39;t be shown") == 1);
}

TEST_CASE("one language: no word of the other in what is ours, the same facts") {
  const model::Run run = fixture::with_lab();
  for (const Render render : kForms) {
    const std::string en = page_of(render, run, {.language = Language::en}), zh = page_of(render, run, {.language = Language::zh});
    CHECK(has(en, "<html lang=\"en\">"));
    CHECK(has(zh, "<html lang=\"zh-CN\">"));
    for (const char* words : {"检测报告", "示例检测机构", "符合", "委托方", "证据清单", "开放端口都在已声明"}) {
      CHECK_MESSAGE(has(zh, words), words);
      CHECK_MESSAGE(!has(en, words), words);
    }
    for (const char* words : {"Test report", "Sample laboratory", "Evidence register", "every open port is one of"}) {
      CHECK_MESSAGE(has(en, words), words);
      CHECK_MESSAGE(!has(zh, words), words);
    }
    check_links(en);
    CHECK(has(en, "<span lang=zh>") == false);
  }
}

TEST_CASE("views: summary and manager leave out and say so") {
  const model::Run run = fixture::with_lab();
  for (const Render render : kForms) {
    const std::string whole = page_of(render, run);
    CHECK(!has(whole, "This is an extract"));
    const std::string summary = page_of(render, run, {.depth = Depth::summary}), manager = page_of(render, run, {.depth = Depth::manager});
    CHECK(has(summary, "This is an extract"));
    CHECK(has(summary, "Summary view"));
    CHECK(has(manager, "Manager view"));
    CHECK(summary.size() < manager.size());
    CHECK(manager.size() < whole.size());
    for (const std::string* page : {&summary, &manager}) {
      CHECK(has(*page, "LAB-2026-0001"));
      CHECK(!has(*page, "Evidence register</span>"));
      CHECK(!has(*page, "id=\"evidence\""));
      check_links(*page);
    }
    CHECK(has(manager, "Close the port, or declare what it is for."));
    CHECK(has(manager, "the platform operator"));
    CHECK(has(manager, "the laboratory"));
  }
}

TEST_CASE("only some verdicts, only one asset; the statement stays that of the whole") {
  const model::Run run = fixture::with_lab();
  const std::string failing = page_of(render_html, run, {.only = {model::Verdict::fail}});
  CHECK(count_of(failing, "<details class=\"clause fail\"") == count_of(page_of(render_html, run), "<details class=\"clause fail\""));
  CHECK(count_of(failing, "<details class=\"clause pass\"") == 0);
  CHECK(has(failing, "Lists only clauses with these verdicts"));
  check_links(failing);

  const std::string lamp = page_of(render_html, run, {.asset = "lamp"});
  CHECK(has(lamp, "About one asset only"));
  CHECK(has(lamp, "id=\"c-8.1.4.k\""));
  CHECK(!has(lamp, "id=\"c-7.e\""));
  CHECK(has(lamp, "Not conformant"));  // the run's, although nothing of the lamp fails
  CHECK(!has(lamp, "Cloud platform"));
  check_links(lamp);
  const model::Run part = only_asset(run, "bridge");
  for (const auto& clause : part.verdicts.clauses) {
    REQUIRE(clause.assets.size() == 1);
    CHECK(clause.verdict == clause.assets[0].verdict);
  }
  const auto missing = render_html(run, no_evidence, {.asset = "nobody"});
  CHECK(missing.error().code == ErrorCode::not_found);
}

TEST_CASE("a laboratory's document goes round as JSON, in both of its forms") {
  const model::Lab lab = *fixture::with_lab().lab;
  const Json json = lab;
  CHECK(dump_json(Json(json.get<model::Lab>())) == dump_json(json));
  model::Lab written;
  from_json(*parse_json(R"({"laboratory": {"name": {"zh": "甲", "en": "A"}, "logo": {"file": "logo.svg"}}})"), written);
  CHECK(written.laboratory.logo->file.name == "logo.svg");
  CHECK(model::pictures(written).size() == 1);
}
