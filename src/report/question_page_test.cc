#include "report/question_page.h"

#include <doctest/doctest.h>

#include "report/columns.h"
#include "base/text.h"
#include "report/fixture_test.h"

using namespace lintel;
using namespace lintel::report;

TEST_CASE("a question's page: all there is to know, no wider than the terminal, nothing hostile") {
  model::Run run = fixture::home();
  const Words words = Words::load().value();
  model::Clause clause = run.profile.clauses[0];
  clause.attest = fixture::question();
  clause.attest->bench.en += fixture::hostile();
  model::AssetVerdict verdict = fixture::on_asset("lamp", model::Verdict::fail, model::Reason::fail_assert);
  model::CheckResult check{"no.such", model::Obligation::shall, model::Verdict::fail, model::Reason::fail_assert, {}};
  model::Instance instance;
  instance.item = "edge";
  instance.verdict = model::Verdict::fail;
  instance.assertions.push_back(fixture::assertion(model::Kleene::yes, "a", {"要求", "expected"}, {"无关", "beside the point"}));
  instance.assertions.push_back(fixture::assertion(model::Kleene::no, "b", {"要求", "expected"}, {"端口 23 开放", "port 23 is open"}));
  check.instances.push_back(instance);
  verdict.checks.push_back(check);
  const model::Attestation answer{clause.id, "lamp", model::Verdict::pass, fixture::hostile(), "Li", fixture::time("2026-11-01T00:00:00Z"), std::nullopt, {}};
  const model::Statement statement{clause.id, "", model::Support::not_applicable, "", "no radio"};
  QuestionPage page{run, clause, run.target.assets[0], verdict, &answer, true, &statement, 3, 41};
  TerminalOptions options, narrow_options;
  narrow_options.width = 40;
  narrow_options.language = Language::zh;
  const std::string text = render_question(page, words, options);
  for (const char* part : {"[3/41] ", "An unsigned package is refused", "Recording or log", "Change one byte", "port 23 is open", "not applicable · no radio",
                           "out of date", "no answer changes that"})
    CHECK_MESSAGE(text.find(part) != std::string::npos, part);
  CHECK(text.find("beside the point") == std::string::npos);
  for (const std::string& whole : {text, render_question(page, words, narrow_options)}) {
    CHECK(whole.find('\x1b') == std::string::npos);
    CHECK(is_utf8(whole));
  }
  const std::string narrow = render_question(page, words, narrow_options);
  for (const auto& line : split(narrow, '\n')) CHECK(columns(line) <= 40);
  options.colour = Colour::on;
  CHECK(render_question(page, words, options).starts_with("\x1b[1m["));
  page.answer = nullptr;
  verdict.checks.clear();
  CHECK(render_question(page, words, options).find("no probe looked at this") != std::string::npos);
}
