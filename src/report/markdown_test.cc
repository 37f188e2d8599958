#include "report/markdown.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "report/fixture_test.h"

using namespace lintel;
using namespace lintel::report;

TEST_CASE("markdown: text from outside is no markup, link, mention or cell") {
  CHECK(markdown_text("a|b") == "a&#124;b");
  CHECK(markdown_text("<img src=x>") == "&lt;img src=x&gt;");
  CHECK(markdown_text("[x](http://e)") == "\\[x\\](http:<!-- -->//e)");
  CHECK(markdown_text("@ops #12 www.e.com `c` *b* _i_ ~s~ \\") == "@<!-- -->ops #<!-- -->12 www<!-- -->.e.com \\`c\\` \\*b\\* \\_i\\_ \\~s\\~ \\\\");
  CHECK(markdown_text("one\n\n# two") == "one #<!-- --> two");
}

TEST_CASE("markdown: every row of a table has the cells of its head") {
  const std::string text = render(write_markdown, fixture::home(), no_evidence, {}).value();
  std::size_t cells = 0;
  int rows = 0;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t here = static_cast<std::size_t>(std::count(line.begin(), line.end(), '|'));
    if (!line.starts_with("|")) {
      CHECK(here == 0);
      cells = 0;
      continue;
    }
    if (cells == 0) cells = here;
    CHECK(here == cells);
    ++rows;
  }
  CHECK(rows > 20);
}

TEST_CASE("markdown: a big run stays under what GitHub shows") {
  const std::string text = render(write_markdown, fixture::big(200, 250), no_evidence, {}).value();
  CHECK(text.size() < 1'000'000);
  CHECK(text.find("\n… +") != std::string::npos);
}
