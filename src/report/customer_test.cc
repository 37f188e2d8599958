// What the customer supplied, in every report: marked as theirs, with its hash, the contradictions in a section of their own.
#include <doctest/doctest.h>

#include "data/json.h"
#include "report/fixture_test.h"
#include "report/html.h"
#include "report/json.h"
#include "report/terminal.h"
#include "report/view_parts.h"

using namespace lintel;
using namespace lintel::report;

namespace {

model::Run home_with_ics() {
  model::Run run = fixture::home();
  const std::string clause = run.profile.clauses[0].id, asset = run.target.assets[0].id;
  run.ics.emplace();
  run.ics->source = {"ics.yaml", "application/yaml", fixture::hash(77), 900, {}, true};
  run.ics->supplied_by = "Lamps Ltd. <b>";
  run.ics->supplied_on = fixture::time("2026-10-20T01:00:00Z");
  run.ics->rows.push_back({clause, asset, model::Support::yes, fixture::hostile(), ""});
  run.ics->rows.push_back({clause, "", model::Support::not_applicable, "", "no radio"});
  run.ixit.emplace();
  run.ixit->source = {"ixit.yaml", "application/yaml", fixture::hash(78), 900, {}, true};
  run.ixit->supplied_by = "Lamps Ltd.";
  run.ixit->tables.push_back({"AuthMech", {"认证机制", "Authentication mechanisms"}, "Chip Ltd.", {{"AuthMech-1", asset, {clause}, false, {{"Factor", fixture::hostile()}}}}});
  run.verdicts.contradictions.push_back({model::ContradictionKind::supported_fails, clause, asset, model::Support::yes, fixture::hostile(), model::Verdict::fail, {"tls.no-ssl"}, {}});
  run.verdicts.contradictions.push_back({model::ContradictionKind::ixit_disagrees, clause, asset, model::Support::yes, "", model::Verdict::fail, {}, {"AuthMech/AuthMech-1"}});
  return run;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("pages show contradictions, ICS and IXIT as supplied by the customer") {
  const model::Run run = home_with_ics();
  for (const auto& page : {*render_html(run, no_evidence), *render_print(run, no_evidence)}) {
    for (const char* part : {"id=\"contradictions\"", "id=\"ics\"", "id=\"ixit\"", "supplied by the customer", "由委托方提供", "AuthMech/AuthMech-1", "认证机制",
                             "Chip Ltd.", "not in the product as delivered", "stated as supported, but found to fail", "tls.no-ssl", "no radio"})
      CHECK_MESSAGE(has(page, part), part);
    CHECK(has(page, fixture::hash(77)));
    CHECK(has(page, fixture::hash(78)));
    CHECK(has(page, "Lamps Ltd. &lt;b&gt;"));
    CHECK_FALSE(has(page, "<script>alert"));
    CHECK_FALSE(has(page, "\x1b"));
  }
  CHECK(*render_html(run, no_evidence) == *render_html(run, no_evidence));
}

TEST_CASE("the terminal tells contradictions in both languages") {
  const model::Run run = home_with_ics();
  TerminalOptions options;
  const std::string english = *render_terminal(run, options);
  CHECK(has(english, "Statements that contradict what was found (2)"));
  CHECK(has(english, "AuthMech/AuthMech-1"));
  CHECK_FALSE(has(english, "\x1b"));
  options.language = Language::zh;
  CHECK(has(*render_terminal(run, options), "声明与实测的矛盾 (2)"));
}

TEST_CASE("the JSON export holds all of it, and nothing when there is no ICS") {
  const model::Run run = home_with_ics();
  const Json exported = *parse_json(render_json(run));
  CHECK(exported["ics"]["rows"].size() == 2);
  CHECK(exported["ics"]["source"]["sha256"] == fixture::hash(77));
  CHECK(exported["ixit"]["tables"][0]["rows"][0]["implemented"] == false);
  CHECK(exported["verdicts"]["contradictions"].size() == 2);
  const Json without = *parse_json(render_json(fixture::home()));
  CHECK_FALSE(without.contains("ics"));
  CHECK_FALSE(without.contains("ixit"));
  CHECK_FALSE(without["verdicts"].contains("contradictions"));
  CHECK_FALSE(has(*render_html(fixture::home(), no_evidence), "id=\"contradictions\""));
}

TEST_CASE("20,000 statements stay a page that opens") {
  model::Run run = home_with_ics();
  for (int i = 0; i < 20'000; ++i) run.ics->rows.push_back({"1.1", "", model::Support::yes, std::string(2000, 'x'), ""});
  CHECK(render_html(run, no_evidence)->size() < 3u << 20);
}
