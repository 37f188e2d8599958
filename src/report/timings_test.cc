#include "report/timings.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "report/columns.h"
#include "report/fixture_test.h"

using namespace lintel;
using namespace lintel::report;

namespace {

model::Observation took(const char* probe, const char* from, const char* to) {
  model::Observation made;
  made.job.probe = probe;
  made.job.asset = "cloud";
  made.job.item = "edge:8443/tcp";
  made.started = fixture::time(from);
  made.finished = fixture::time(to);
  return made;
}

}  // namespace

TEST_CASE("timings: the longest first, a bar where the job ran") {
  model::Run run;
  run.observations = {took("tls", "2026-01-01T00:00:00Z", "2026-01-01T00:00:02Z"), took("ports", "2026-01-01T00:00:02Z", "2026-01-01T00:00:08Z")};
  TerminalOptions options;
  options.width = 73;  // 29 columns of name, 31 of bar
  const std::string text = render_timings(run, options).value();
  const auto lines = split(text, '\n');
  REQUIRE(lines.size() == 5);
  CHECK(lines[1].find("2 ") != std::string::npos);
  CHECK(lines[1].find("8.0 s") != std::string::npos);
  CHECK(lines[2] == "     6.00  " + pad("ports cloud edge:8443/tcp", 29) + "  " + std::string(7, ' ') + "████████████████████████");
  CHECK(lines[3] == "     2.00  " + pad("tls cloud edge:8443/tcp", 29) + "  " + "███████");
}

TEST_CASE("timings: no line is wider than the terminal, whatever the clock did") {
  model::Run run = fixture::home();
  run.observations.push_back(took("backwards", "2026-01-01T00:00:05Z", "2026-01-01T00:00:01Z"));
  run.observations.push_back(took("long", "2020-01-01T00:00:05Z", "2026-01-01T00:00:01Z"));
  for (const std::size_t width : {10u, 60u, 80u, 400u}) {
    TerminalOptions options;
    options.width = width;
    const std::string text = render_timings(run, options).value();
    for (const auto line : split(text, '\n')) CHECK(columns(line) <= std::max<std::size_t>(width, 60));
    CHECK(text.find('\x1b') == std::string::npos);
  }
  CHECK(render_timings(model::Run(), TerminalOptions()).value().empty());
}
