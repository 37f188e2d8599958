#include "report/html.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/text.h"
#include "data/json.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"
#include "report/template.h"

using namespace lintel;
using namespace lintel::report;

namespace {

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

std::string page_of(const model::Run& run, const EvidenceSource& source) {
  const auto page = render_html(run, source);
  REQUIRE_MESSAGE(page.has_value(), page.error().message);
  return *page;
}

std::optional<std::string> sample_evidence(const std::string& sha256, std::size_t) {
  if (sha256 == fixture::hash(1)) return "443 open\n2323 open\n" + fixture::hostile();
  if (sha256 == fixture::hash(2)) return std::string("\x16\x03\x00\x00\x51<b>", 8);
  return std::nullopt;
}

}  // namespace

TEST_CASE("the page of the home is what it was") {
  check_golden("home.html", page_of(fixture::home(), sample_evidence));
}

TEST_CASE("nothing that a device sends becomes markup, script or template") {
  const std::string page = page_of(fixture::home(), sample_evidence);
  CHECK(count_of(page, "<script") == 1);
  CHECK(count_of(page, "</script") == 1);
  CHECK(count_of(page, "</style") == 1);
  CHECK(page.find("<img") == std::string::npos);
  CHECK(page.find("onerror=alert") != std::string::npos);  // shown, as text
  CHECK(page.find("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;") != std::string::npos);
  CHECK(page.find("{{run}} {{{run}}} {{&gt;clause}} [[yes]]") != std::string::npos);
  CHECK(page.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(page.find('\x1b') == std::string::npos);
  CHECK(is_utf8(page));
}

TEST_CASE("the page fetches nothing") {
  const std::string page = page_of(fixture::home(), sample_evidence);
  CHECK(page.find("default-src 'none'") != std::string::npos);
  for (const char* reference : {"src=\"", "@import", "url(", "<link", "<iframe", "href=\"http", "href=\"//"})
    CHECK_MESSAGE(page.find(reference) == std::string::npos, reference);
}

TEST_CASE("every clause and every evidence is in the page once, and every link has its end") {
  const model::Run run = fixture::home();
  const std::string page = page_of(run, sample_evidence);
  for (const auto& clause : run.profile.clauses) CHECK(count_of(page, " id=\"" + anchor("c-", clause.id) + "\"") == 1);
  for (auto at = page.find("href=\"#"); at != std::string::npos; at = page.find("href=\"#", at + 1)) {
    const auto name = page.substr(at + 7, page.find('"', at + 7) - at - 7);
    CHECK_MESSAGE(count_of(page, " id=\"" + name + "\"") == 1, name);
  }
}

TEST_CASE("153 clauses stay under 1.6 MB, 200 clauses on 250 devices under 15 MB") {
  CHECK(page_of(fixture::big(153, 3), no_evidence).size() < 1'600'000);
  std::size_t size = 0;
  REQUIRE(write_html(fixture::big(200, 250), no_evidence, [&](std::string_view piece) -> Result<void> {
    size += piece.size();
    return {};
  }));
  MESSAGE("200 x 250: " << size << " bytes");
  CHECK(size < 15'000'000);
  CHECK(size > 1'000'000);
}

TEST_CASE("write's error ends the page") {
  int calls = 0;
  const auto result = write_html(fixture::home(), no_evidence, [&](std::string_view) -> Result<void> {
    return ++calls == 2 ? Result<void>(fail(ErrorCode::io, "disk full")) : Result<void>();
  });
  REQUIRE(!result);
  CHECK(result.error().message == "disk full");
  CHECK(calls == 2);
}

TEST_CASE("templates: a missing member is an error, and is never taken from further out") {
  const Words words = Words::load().value();
  const auto render = [&](const char* text, const Json& values) {
    return Template::parse(text, words).value().render(values);
  };
  CHECK(render("{{a}}", Json{{"a", "<&>"}}).value() == "&lt;&amp;&gt;");
  CHECK(render("{{#row}}{{a}}{{/row}}", Json{{"a", "outer"}, {"row", {{"a", "inner"}}}}).value() == "inner");
  const auto missing = render("{{#row}}{{a}}{{/row}} {{b}}", Json{{"a", "outer"}, {"row", {{"c", "inner"}}}});
  REQUIRE(!missing);
  CHECK(missing.error().message == "report template: the view has no a, b");
  CHECK(render("{{#list}}[{{.}}]{{/list}}", Json{{"list", {"x", "y"}}}).value() == "[x][y]");
  CHECK(render("{{#gone}}never{{/gone}}{{^gone}}so{{/gone}}", Json{{"gone", nullptr}}).value() == "so");
  CHECK(render("[[yes]]", Json::object()).value() == "<span lang=zh>是</span> <span lang=en>yes</span>");
  CHECK(render("[[yes:en]]", Json::object()).value() == "yes");
}

TEST_CASE("templates: mistakes in them are told") {
  const Words words = Words::load().value();
  CHECK(Template::parse("[[no-such-word]]", words).error().message == "report template: no word 'no-such-word' in words.json");
  CHECK(Template::parse("{{> nowhere}}", words).error().message == "the program was built without reports/nowhere.html");
  CHECK(Template::parse("{{#open}}", words).error().message == "report template: Unclosed section \"open\" at 0");
  CHECK(Template::load("nowhere", words).error().code == ErrorCode::internal);
}
