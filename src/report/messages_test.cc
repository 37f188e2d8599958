// Every diagnostic of tests/golden/diagnostics comes out in Chinese: outside of quotes no English sentence is left.
#include "report/messages.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/files.h"
#include "base/text.h"

using namespace lintel;
using report::in_chinese;
namespace fs = std::filesystem;

namespace {

// Three English words in a row outside of quotes, where there are any.
std::string english_left(std::string_view text) {
  std::string run;
  int words = 0;
  char quote = 0;
  bool inside_word = false;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (inside_word && c == '\'');
    if (letter) {
      words += inside_word ? 0 : 1;
      run += c;
      if (words >= 3) return run;
    } else if (c == ' ' && words > 0) {
      run += c;
    } else {
      run.clear();
      words = 0;
      if (c == '`' || c == '"' || c == '\'') quote = c;
    }
    inside_word = letter;
  }
  return "";
}

struct Parts {
  std::string message, hint;
};

// Of "file:1:2: error E012: message (hint)".
Parts parts_of(std::string_view line) {
  for (const std::string_view kind : {": error ", ": warning "})
    if (const auto at = line.find(kind); at != std::string_view::npos) {
      line.remove_prefix(at + kind.size() + 6);
      break;
    }
  if (!line.ends_with(")")) return {std::string(line), ""};
  int depth = 0;
  for (std::size_t i = line.size(); i-- > 1;) {
    depth += line[i] == ')' ? 1 : line[i] == '(' ? -1 : 0;
    if (depth == 0) return line[i - 1] == ' ' ? Parts{std::string(line.substr(0, i - 1)), std::string(line.substr(i + 1, line.size() - i - 2))} : Parts{std::string(line), ""};
  }
  return {std::string(line), ""};
}

}  // namespace

TEST_CASE("messages are led back to the template they were made of") {
  CHECK(in_chinese("lamp.yaml exists; name another file") == "lamp.yaml 已存在；请指定其他文件");
  CHECK(in_chinese("the run has no clause 1.bb; did you mean 1.b?") == "该运行没有条款 1.bb；是否指 1.b？");
  CHECK(in_chinese("`zh` is missing in this text") == "此文本中缺少 `zh`");
  CHECK(in_chinese("can't open /x/y.yaml: No such file or directory") == "无法打开 /x/y.yaml：没有该文件或文件夹");
  CHECK(in_chinese("home.lintel: the file is damaged: a table is missing") == "home.lintel：文件已损坏：缺少表");
  CHECK(in_chinese("nothing` `\n {} {0} {{") == "nothing` `\n {} {0} {{");
  CHECK(in_chinese("") == "");
  const std::string long_one(100000, ':');
  CHECK(in_chinese(long_one) == long_one);
}

TEST_CASE("what was filled in stays as it is") {
  CHECK(in_chinese("`{0}{}` is missing in this text") == "此文本中缺少 `{0}{}`");
  CHECK(in_chinese("there is no file a list") == "没有文件 列表");  // the one thing that can go wrong: a name that is a word of ours, on the screen only
}

TEST_CASE("every diagnostic of a document has its Chinese") {
  std::size_t lines = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(LINTEL_SOURCE_DIR) / "tests/golden/diagnostics")) {
    if (entry.path().extension() != ".txt") continue;
    const auto text = read_file(entry.path(), 1 << 20);
    REQUIRE(text);
    for (const std::string_view line : split(*text, '\n')) {
      if (line.empty()) continue;
      const Parts parts = parts_of(line);
      const std::string message = in_chinese(parts.message), hint = in_chinese(parts.hint);
      CHECK_MESSAGE(message != parts.message, entry.path().string(), ": ", parts.message);
      CHECK_MESSAGE(english_left(message) == "", entry.path().string(), ": ", message);
      CHECK_MESSAGE(english_left(hint) == "", entry.path().string(), ": ", hint);
      ++lines;
    }
  }
  CHECK(lines > 400);
}
