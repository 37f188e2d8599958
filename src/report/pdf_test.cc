#include "report/pdf.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "base/files.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"
#include "report/html.h"

using namespace lintel;
using namespace lintel::report;

// The real WeasyPrint is run by tests/browser; here stand programs that behave and some that don't.
namespace {

struct Tools {
  TemporaryFolder folder = TemporaryFolder::create().value();
  PdfTools tools;

  std::string script(const std::string& name, const std::string& body) {
    const std::string path = (folder.path() / name).string();
    REQUIRE(write_file(path, "#!/bin/sh\n" + body + "\n"));
    REQUIRE(chmod(path.c_str(), 0755) == 0);
    return path;
  }
  Result<std::string> run() const {
    const Cancel cancel;
    return page_to_pdf("<p>页</p>", tools, Deadline::after(std::chrono::seconds(20)), cancel);
  }
};

Tools good() {
  Tools tools;
  tools.tools.font_match = tools.script("fc-match", "echo 'Noto Sans CJK SC'");
  tools.tools.python = tools.script("python3", "printf '%%PDF-1.7 '; cat");
  return tools;
}

}  // namespace

TEST_CASE("the print page of the home is what it was") {
  const auto page = render_print(fixture::home(), no_evidence);
  REQUIRE_MESSAGE(page.has_value(), page.error().message);
  check_golden("print.html", *page);
  CHECK(page->find("<script") == std::string::npos);
}

TEST_CASE("pdf: what WeasyPrint gives is the PDF") { CHECK(good().run().value() == "%PDF-1.7 <p>页</p>"); }

TEST_CASE("pdf: what is missing is named with its Debian package") {
  Tools tools = good();
  tools.tools.python = "/nowhere/python3";
  CHECK(tools.run().error().message == "no PDF: WeasyPrint is missing; install the Debian package weasyprint");
  tools.tools.python = tools.script("old", "cat >/dev/null; exit 78");
  CHECK(tools.run().error().message == "no PDF: WeasyPrint is missing; install the Debian package weasyprint");
  tools.tools.font_match = tools.script("other", "echo 'DejaVu Sans'");
  CHECK(tools.run().error().message == "no PDF: the font Noto Sans CJK SC is missing; install the Debian package fonts-noto-cjk");
  tools.tools.font_match = "/nowhere/fc-match";
  CHECK(tools.run().error().message == "no PDF: /nowhere/fc-match is missing; install the Debian package fontconfig");
  CHECK(tools.run().error().code == ErrorCode::unsupported);
}

TEST_CASE("pdf: a WeasyPrint that fails, lies or hangs is an error") {
  Tools tools = good();
  tools.tools.python = tools.script("fails", "cat >/dev/null; echo first >&2; echo 'ValueError: broken' >&2; exit 1");
  CHECK(tools.run().error().message == "PDF: WeasyPrint ended with 1: ValueError: broken");
  tools.tools.python = tools.script("lies", "echo hello");
  CHECK(tools.run().error().code == ErrorCode::internal);
  tools.tools.python = tools.script("hangs", "sleep 60");
  const Cancel cancel;
  CHECK(page_to_pdf("", tools.tools, Deadline::after(std::chrono::milliseconds(50)), cancel).error().code == ErrorCode::timeout);
}
