#include "report/terminal.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "report/columns.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"

using namespace lintel;
using namespace lintel::report;

TEST_CASE("terminal text is what it was") {
  const model::Run run = fixture::home();
  TerminalOptions options;
  options.files = {"/tmp/home.lintel", "/tmp/home.html"};
  check_golden("terminal.en.txt", render_terminal(run, options).value());
  options.language = Language::zh;
  options.width = 100;
  check_golden("terminal.zh.txt", render_terminal(run, options).value());
  options.width = 44;
  options.colour = Colour::on;
  check_golden("terminal.narrow.txt", render_terminal(run, options).value());
}

TEST_CASE("no line of the terminal is wider than the terminal, and no control character of a device comes through") {
  const model::Run run = fixture::home();
  for (const std::size_t width : {40u, 60u, 80u, 132u}) {
    for (const Language language : {Language::en, Language::zh}) {
      TerminalOptions options;
      options.width = width;
      options.language = language;
      const std::string text = render_terminal(run, options).value();
      for (const auto line : split(text, '\n')) CHECK_MESSAGE(columns(line) <= width, line);
      CHECK(text.find('\x1b') == std::string::npos);
      CHECK(text.find('\x07') == std::string::npos);
      CHECK(text.find("\xE2\x80\xAE") == std::string::npos);
      CHECK(is_utf8(text));
    }
  }
}

TEST_CASE("columns: wide characters count two, combining marks none") {
  CHECK(columns("abc") == 3);
  CHECK(columns("云平台") == 6);
  CHECK(columns("e\u0301") == 1);
  CHECK(cut("云平台", 5) == "云平…");
  CHECK(cut("云平台", 6) == "云平台");
  CHECK(cut("云平台", 4) == "云…");
  CHECK(pad("云", 4) == "云  ");
  CHECK(pad_left("7", 3) == "  7");
}

TEST_CASE("wrap breaks at spaces and between wide characters") {
  CHECK(wrap("one two three", 8) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("云平台只开放", 6) == std::vector<std::string>{"云平台", "只开放"});
  CHECK(wrap("abcdefghij", 4) == std::vector<std::string>{"abcd", "efgh", "ij"});
  CHECK(wrap("", 4) == std::vector<std::string>{""});
  CHECK(wrap("a\nb", 4) == std::vector<std::string>{"a", "b"});
  CHECK(wrap("实测结果：流程", 8) == std::vector<std::string>{"实测结", "果：流程"});  // no line begins with what closes or ends with what opens
  CHECK(wrap("甲乙（丙）。", 6) == std::vector<std::string>{"甲乙", "（丙）", "。"});
  CHECK(wrap("甲乙 (丙丁", 7) == std::vector<std::string>{"甲乙", "(丙丁"});
  CHECK(wrap("：：：", 2) == std::vector<std::string>{"：", "：", "："});
}

TEST_CASE("progress: redrawn on a terminal, plain lines otherwise") {
  const Progress progress{12, 34, "tls", "cloud", "edge:8443/tcp"};
  CHECK(format_progress(progress, ProgressStyle::line, 80) == "[12/34] tls cloud edge:8443/tcp\n");
  CHECK(format_progress(progress, ProgressStyle::redraw, 80) == "\r\x1b[2K[12/34] tls cloud edge:8443/tcp");
  CHECK(format_progress(progress, ProgressStyle::redraw, 24) == "\r\x1b[2K[12/34] tls cloud edge…");
  CHECK(format_progress({1, 2, "tls", "云", "\x1b[31m"}, ProgressStyle::line, 80) == "[1/2] tls 云 \uFFFD[31m\n");
}
