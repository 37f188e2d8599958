// Writes reports of the hand-made runs, for the tests with browsers and validators and for looking at.
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "base/files.h"
#include "report/formats.h"
#include "report/html.h"
#include "report/nasty_fixture_test.h"
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

// Every run at the edge, in every format that is not a page.
Result<void> write_edges(const std::string& folder) {
  using namespace report::fixture;
  const std::pair<const char*, model::Run> runs[] = {{"hostile", nasty()}, {"lab", with_lab()}, {"interrupted", interrupted()}, {"unjudged", unjudged()}, {"empty", {}}};
  for (const auto& [name, run] : runs)
    for (const report::Format& format : report::formats())
      if (format.write != nullptr)
        TRY(write_file(fmt::format("{}/{}.{}", folder, name, format.ending), [&](const WritePiece& write) { return format.write(run, sample_evidence, {}, write); }));
  return {};
}

// Beside them 50,000 results, and 50,000 failures in SARIF, which has limits.
Result<void> write_formats(const std::string& folder) {
  TRY(write_edges(folder));
  model::Run run = report::fixture::big(200, 250);
  for (const report::Format& format : report::formats())
    if (format.write != nullptr && format.name != "html")
      TRY(write_file(fmt::format("{}/big.{}", folder, format.ending), [&](const WritePiece& write) { return format.write(run, sample_evidence, {}, write); }));
  for (auto& clause : run.verdicts.clauses)
    for (auto& asset : clause.assets) clause.verdict = asset.verdict = asset.checks[0].verdict = asset.checks[0].instances[0].verdict = model::Verdict::fail;
  return write_file(folder + "/failing.sarif", [&](const WritePiece& write) { return report::find_format("sarif")->write(run, sample_evidence, {}, write); });
}

Result<void> write_sample(std::string_view what, const std::string& folder) {
  if (what == "formats") return write_formats(folder);
  if (what == "edges") return write_edges(folder);
  if (what == "html") return write_pages(folder);
  if (what == "big") return write_page(report::fixture::big(200, 250), {}, folder + "/big.html");
  if (what == "device") return write_paper(report::only_asset(report::fixture::typical(), "device-1000"), {}, folder + "/device.pdf");
  if (what == "typical") return write_paper(report::fixture::typical(), {}, folder + "/home.pdf");
  TRY(write_paper(report::fixture::with_lab(), {.depth = report::Depth::summary}, folder + "/summary.pdf"));
  return write_paper(report::fixture::with_lab(), {}, folder + "/home.pdf");
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count == 3 ? arguments[1] : "";
  if (what != "html" && what != "pdf" && what != "typical" && what != "big" && what != "formats" && what != "edges" && what != "device") {
    std::fputs("usage: report_samples html|big|pdf|typical|device|formats|edges FOLDER\n", stderr);
    return 2;
  }
  const auto written = write_sample(what, arguments[2]);
  if (!written) std::fprintf(stderr, "%s\n", written.error().message.c_str());
  return written ? 0 : 1;
}
