#include "report/lines.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "report/fixture_test.h"
#include "report/identity.h"

using namespace lintel;
using namespace lintel::report;

TEST_CASE("every verdict of the run shows in a line, in the order of the profile") {
  const model::Run run = fixture::home();
  const RunIndex index(run, Words::load().value(), {});
  std::vector<std::string> lines;
  std::set<std::string> explained, fingerprints;
  REQUIRE(for_each_line(index, [&](const Line& line) -> Result<void> {
    lines.push_back(fmt::format("{} {} {} {} {}{}", line.row.clause->id, line.asset != nullptr ? line.asset->asset : "-",
                                line.check != nullptr ? line.check->check : "-", line.instance != nullptr ? line.instance->item : "-",
                                model::name_of(line.verdict), line.waiver != nullptr ? " waived" : line.advisory ? " advisory" : ""));
    if (line.asset != nullptr && line.verdict == line.asset->verdict) explained.insert(line.row.clause->id + " " + line.asset->asset);
    fingerprints.insert(fingerprint_of(run, line));
    return {};
  }));
  const std::vector<std::string> wanted = {"7.e cloud tls.no-ssl edge:8443/tcp fail", "7.e cloud tls.modern edge:8443/tcp pass advisory",
                                           "7.e bridge tls.no-ssl 127.0.10.2:443/tcp inconclusive"};
  const auto first = std::find(lines.begin(), lines.end(), wanted[0]);
  REQUIRE(lines.end() - first >= 3);
  CHECK(std::vector<std::string>(first, first + 3) == wanted);
  CHECK(std::find(lines.begin(), lines.end(), "6.2.3 cloud - - fail") != lines.end());
  CHECK(std::find(lines.begin(), lines.end(), "9.c - - - not_tested") != lines.end());
  for (const auto& clause : run.verdicts.clauses)
    for (const auto& asset : clause.assets) CHECK(explained.contains(clause.clause + " " + asset.asset));
  CHECK(fingerprints.size() == lines.size());
}

TEST_CASE("a finding says something safe in both languages") {
  const model::Run run = fixture::home();
  const RunIndex index(run, Words::load().value(), {});
  REQUIRE(for_each_line(index, [&](const Line& line) -> Result<void> {
    for (const Language language : {Language::zh, Language::en}) {
      const std::string text = finding_of(index, line, language);
      CHECK(!text.empty());
      CHECK(is_utf8(text));
      CHECK(text.find_first_of("\n\x1b\x07") == std::string::npos);
    }
    if (line.row.clause->id == "7.e" && line.verdict == model::Verdict::fail)
      CHECK(finding_of(index, line, Language::en) == "Expected: SSL 3.0 is refused; Observed: SSL 3.0 is accepted with TLS_RSA_WITH_RC4_128_SHA");
    if (line.row.clause->id == "6.2.3") CHECK(finding_of(index, line, Language::en).ends_with(": 7.e"));
    return {};
  }));
}

TEST_CASE("the demand of the clause is the severity of its failure") {
  model::Clause clause;
  clause.obligation = model::Obligation::shall_not;
  CHECK(severity_of(clause, false) == Severity::high);
  CHECK(severity_of(clause, true) == Severity::medium);
  clause.obligation = model::Obligation::should;
  CHECK(severity_of(clause, true) == Severity::medium);
  clause.obligation = model::Obligation::may;
  CHECK(severity_of(clause, true) == Severity::low);
}

TEST_CASE("ids come from what they stand for, and where a part ends counts") {
  CHECK(uuid({"a", "bc"}) == uuid({"a", "bc"}));
  CHECK(uuid({"a", "bc"}) != uuid({"ab", "c"}));
  CHECK(uuid({"a"})[14] == '5');
  CHECK(uuid({"a"}).size() == 36);
}
