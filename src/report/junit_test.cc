#include "report/junit.h"

#include <doctest/doctest.h>

#include "report/fixture_test.h"

using namespace lintel;
using namespace lintel::report;

namespace {

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

std::string junit_of(const model::Run& run) { return render(write_junit, run, no_evidence, {}).value(); }

}  // namespace

TEST_CASE("junit: red is what fails the gate; waived and advisory failures are skipped") {
  model::Run run = fixture::home();
  for (auto& verdict : run.verdicts.clauses) verdict.waiver.reset();
  const std::string before = junit_of(run);
  CHECK(occurrences(before, "<failure ") >= 3);
  CHECK(occurrences(before, "<testcase ") == occurrences(before, "<failure ") + occurrences(before, "<error ") + occurrences(before, "<skipped>") +
                                                 occurrences(before, "\"/>\n<testcase") + occurrences(before, "\"/>\n</testsuite") + occurrences(before, "<system-out>"));
  for (auto& verdict : run.verdicts.clauses)
    if (verdict.clause == "A.1") verdict.waiver = model::Waiver{"A.1", "", "fixed in 2.5", "Zhao", run.started, run.finished, ""};
  const std::string after = junit_of(run);
  CHECK(occurrences(after, "<failure ") == occurrences(before, "<failure ") - 1);
  CHECK(after.find("<skipped>waived (fixed in 2.5; Expires ") != std::string::npos);
}

TEST_CASE("junit: characters that XML has no place for are replaced") {
  model::Run run = fixture::home();
  run.target.id = "a\x01\x1b]]>\xEF\xBF\xBE\xEF\xBF\xBF\xFF\"'<&";
  const std::string text = junit_of(run);
  CHECK(text.find("\xEF\xBF\xBE") == std::string::npos);
  CHECK(text.find("\xEF\xBF\xBF") == std::string::npos);
  CHECK(text.find("]]>") == std::string::npos);
  CHECK(text.find_first_of("\x01\x1b\xFF") == std::string::npos);
}
