// Every diagnostic of tests/golden/diagnostics comes out in Chinese: outside of quotes no English sentence is left.
#include "report/messages.h"

#include <doctest/doctest.h>

#include <filesystem>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "data/json.h"
#include "report/words.h"

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
  CHECK(in_chinese("the probe has no fact 'certificate'") == "探针没有事实 'certificate'");
  CHECK(in_chinese("there is no file a list") == "没有文件列表");  // the one thing that can go wrong: a name that is a word of ours, on the screen only
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

namespace {

// The template with 7 in every place.
std::string filled(const std::string& text) {
  std::string made;
  const bool format = text.find("{{") != std::string::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t close = text.find('}', i);
    const std::string inside = text[i] == '{' && close != std::string::npos ? text.substr(i + 1, close - i - 1) : "?";
    const bool place = inside.empty() || inside.front() == ':' || inside.find_first_not_of("0123456789") == std::string::npos;
    if (format && (text.substr(i, 2) == "{{" || text.substr(i, 2) == "}}")) {
      made += text[i++];
    } else if (place) {
      made += "7";
      i = close;
    } else {
      made += text[i];
    }
  }
  return made;
}

}  // namespace

TEST_CASE("a message comes out as its own template says, not as another one that fits too") {
  const auto catalogue = parse_json(report::embedded("messages.json").value());
  REQUIRE(catalogue.has_value());
  std::size_t told = 0;
  for (const auto& [english, chinese] : (*catalogue)["message"].items()) {
    const std::string said = in_chinese(filled(english));
    if (english.front() == '{' && said == filled(english)) continue;  // says too little without a part that is known
    CHECK_MESSAGE(said == filled(chinese.get<std::string>()), english);
    ++told;
  }
  CHECK(told > 900);
}

TEST_CASE("what probes, the judge and the check of a signature say") {
  const auto tells = [](const char* english, const char* chinese) { CHECK(in_chinese(english) == chinese); };
  tells("not known: spoken; probe tls ended timeout: 10.0.0.7:443: accepts connections but answers nothing", "未获知：spoken；探针 tls 的结果：超时：10.0.0.7:443：接受连接但没有应答");
  tells("TLSv1.3: the server chose the group x25519, which was not offered", "TLSv1.3：服务端选择了未提供的群 x25519");
  tells("flow login, step 1 of 2: 10.0.0.7:80: Connection refused", "流程 login，步骤 1/2：10.0.0.7:80：连接被拒绝");
  tells("light_on as bob: HTTP 403", "light_on（身份 bob）：HTTP 403");
  tells("declare `access`, the call by which a user does this", "请声明 `access`（用户进行此操作的调用）");
  tells("certificate has expired (CN=Li, valid until 2026-01-01T00:00:00Z)", "证书已过期（CN=Li，有效期至 2026-01-01T00:00:00Z）");
  tells("revoked at 2026-01-01T00:00:00Z, key compromise, without the date since when", "吊销于 2026-01-01T00:00:00Z，密钥泄露，但没有给出自何时起失效");
  tells("item 1 of `evidence` must be a map, not `photo.txt`", "`evidence` 的第 1 项必须是映射，不能是`photo.txt`");
  tells("http://10.0.0.7/login: Failure when receiving data from the peer", "http://10.0.0.7/login：接收对端数据失败");
  tells("flow login, step 1 of 1: http://10.0.0.7/login: Server returned nothing (no headers, no data)", "流程 login，步骤 1/1：http://10.0.0.7/login：服务器没有返回任何内容");
  tells("host name lamp.example: Name or service not known", "主机名 lamp.example：没有这个名称");
  tells("the seal, bytes 10 to 20 of the file: its last line is not \"end 1 2\"", "封印（文件第 10 至 20 字节）：末行不是“end 1 2”");
  tells("k.json is damaged: /id: is a, not one of b, c", "k.json 已损坏：/id：为 a，不是以下之一：b, c");
  tells("p.p7s: certificate: CN=Li: not issued by a given authority, as of 2026-11-22T03:45:59Z: self-signed certificate (CN=Li)",
        "p.p7s：证书：CN=Li：不是由给定的机构签发（截至 2026-11-22T03:45:59Z）：自签名证书（CN=Li）");
  tells("as is: of (a): b", "as is: of (a): b");  // a device's words
}

TEST_CASE("a message that is made to be hard to read costs no more than another") {
  std::string hostile;
  while (hostile.size() < 7900) hostile += "a: b; c, ";
  CHECK(in_chinese(hostile) == hostile);
  // A list of ours may be long all the same.
  std::string facts = "spoken";
  for (int i = 0; i < 60; ++i) facts += fmt::format(", versions.tls1_{}.offered", i);
  CHECK(in_chinese("not known: " + facts + "; probe tls ended timeout: accepts connections but answers nothing") == "未获知：" + facts + "；探针 tls 的结果：超时：接受连接但没有应答");
}
