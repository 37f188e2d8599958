// Writes the report of the hand-made run, for the browser test and for looking at: report_samples FOLDER [big]
#include <cstdio>
#include <string>

#include "base/files.h"
#include "report/fixture_test.h"
#include "report/html.h"

using namespace lintel;

namespace {

std::optional<std::string> sample_evidence(const std::string& sha256, std::size_t) {
  if (sha256 == report::fixture::hash(1)) return "443 open\n2323 open\n" + report::fixture::hostile();
  if (sha256 == report::fixture::hash(2)) return std::string("\x16\x03\x00\x00\x51\x02\x00\x00\x4d\x03\x00", 11);
  return std::nullopt;
}

Result<void> write_all(const std::string& folder, bool big) {
  const model::Run run = big ? report::fixture::big(153, 4) : report::fixture::home();
  const std::string page = TRY(report::render_html(run, sample_evidence));
  return write_file(folder + "/home.html", page);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fputs("usage: report_samples FOLDER [big]\n", stderr);
    return 2;
  }
  const auto written = write_all(arguments[1], count > 2);
  if (!written) std::fprintf(stderr, "%s\n", written.error().message.c_str());
  return written ? 0 : 1;
}
