// Writes reports of the hand-made runs, for the tests with browsers and validators and for looking at.
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "base/files.h"
#include "report/formats.h"
#include "report/html.h"
#include "report/lab_fixture_test.h"
#include "report/pdf.h"

using namespace lintel;

namespace {

std::optional<std::string> sample_evidence(const std::string& sha256, std::size_t cap_bytes) {
  if (sha256 == report::fixture::hash(1)) return "443 open\n2323 open\n" + report::fixture::hostile();
  if (sha256 == report::fixture::hash(2)) return std::string("\x16\x03\x00\x00\x51\x02\x00\x00\x4d\x03\x00", 11);
  return report::fixture::lab_evidence(sha256, cap_bytes);
}

Result<void> write_page(const model::Run& run, const report::ReportChoice& choice, const std::string& path) {
  const std::string page = TRY(report::render_html(run, sample_evidence, choice));
  return write_file(path, page);
}

// The page that holds everything, and those that leave something out.
Result<void> write_pages(const std::string& folder) {
  using report::Depth, report::Language;
  const model::Run run = report::fixture::with_lab();
  TRY(write_page(run, {}, folder + "/home.html"));
  TRY(write_page(run, {.language = Language::en}, folder + "/home.en.html"));
  TRY(write_page(run, {.language = Language::zh}, folder + "/home.zh.html"));
  TRY(write_page(run, {.depth = Depth::summary}, folder + "/home.summary.html"));
  return write_page(run, {.depth = Depth::manager}, folder + "/home.manager.html");
}

Result<void> write_paper(const model::Run& run, const report::ReportChoice& choice, const std::string& path) {
  const Cancel cancel;
  return report::write_pdf(run, sample_evidence, choice, path, Deadline::after(std::chrono::minutes(4)), cancel);
}

// The formats that tests/exchange reads, of a run with hostile text, one with 50,000 results and one with nothing in it.
Result<void> write_formats(const std::string& folder) {
  const std::pair<const char*, model::Run> runs[] = {{"hostile", report::fixture::home()}, {"big", report::fixture::big(200, 250)}, {"empty", {}}};
  for (const auto& [name, run] : runs)
    for (const report::Format& format : report::formats())
      if (format.write != nullptr && format.name != "html")
        TRY(write_file(fmt::format("{}/{}.{}", folder, name, format.ending), [&](const WritePiece& write) { return format.write(run, sample_evidence, {}, write); }));
  return {};
}

Result<void> write_sample(std::string_view what, const std::string& folder) {
  if (what == "formats") return write_formats(folder);
  if (what == "html") return write_pages(folder);
  if (what == "big") return write_page(report::fixture::big(200, 250), {}, folder + "/big.html");
  if (what == "typical") return write_paper(report::fixture::typical(), {}, folder + "/home.pdf");
  TRY(write_paper(report::fixture::with_lab(), {.depth = report::Depth::summary}, folder + "/summary.pdf"));
  return write_paper(report::fixture::with_lab(), {}, folder + "/home.pdf");
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count == 3 ? arguments[1] : "";
  if (what != "html" && what != "pdf" && what != "typical" && what != "big" && what != "formats") {
    std::fputs("usage: report_samples html|big|pdf|typical|formats FOLDER\n", stderr);
    return 2;
  }
  const auto written = write_sample(what, arguments[2]);
  if (!written) std::fprintf(stderr, "%s\n", written.error().message.c_str());
  return written ? 0 : 1;
}
