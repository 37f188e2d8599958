#include "data/yaml.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace lintel;

static std::string refusal(std::string_view source) {
  std::vector<Diagnostic> diagnostics;
  const auto tree = yaml::parse(source, "x", diagnostics);
  CHECK(tree.has_value() == diagnostics.empty());
  return diagnostics.empty() ? "" : to_string(diagnostics.front());
}

TEST_CASE("a tree keeps order, kinds and places") {
  std::vector<Diagnostic> diagnostics;
  const auto tree = yaml::parse("a: 1\n名: [x, \"1\", ]\nm:\n  k: |\n    two\n    lines\n  n:\nz: ~\n", "x", diagnostics);
  REQUIRE(tree);
  std::string seen;
  const auto walk = [&](auto& self, yaml::Node node) -> void {
    seen += fmt::format("{}:{}", node.mark().line, node.mark().column);
    if (node.kind() == yaml::Kind::null) seen += " null";
    if (node.kind() == yaml::Kind::scalar) seen += fmt::format(" {}{}", node.quoted() ? "'" : "", node.text());
    seen += "|";
    node.each_item([&](yaml::Node item) { self(self, item); });
    node.each_entry([&](yaml::Node key, yaml::Node value) { self(self, key), self(self, value); });
  };
  walk(walk, tree->root());
  CHECK(seen == "1:1|1:1 a|1:4 1|2:1 名|2:4|2:5 x|2:8 '1|3:1 m|4:3|4:3 k|4:6 'two\nlines\n|7:3 n|7:3 null|8:1 z|8:4 null|");
  CHECK(tree->root().find("名")->item(1)->text() == "1");
  CHECK(!tree->root().find("名")->item(2));
  CHECK(!tree->root().find("k"));
}

TEST_CASE("what YAML can do and Lintel refuses") {
  CHECK(refusal("a: &x 1\n") == "x:1:4: error E010: anchors are refused (remove the `&...` and write values out where they are used)");
  CHECK(refusal("a: &x 1\nb: *x\n").starts_with("x:1:4: error E010"));
  CHECK(refusal("b: *x\n") == "x:1:4: error E010: aliases are refused (write the value out, or quote text that starts with `*`)");
  CHECK(refusal("a:\n  <<: {b: 1}\n") == "x:2:3: error E011: merge keys are refused (write the entries out)");
  CHECK(refusal("a: !!str 1\n").starts_with("x:1:4: error E012: tags are refused"));
  CHECK(refusal("a: ! 1\n").starts_with("x:1:4: error E012"));
  CHECK(refusal("a: !x [1]\n").starts_with("x:1:4: error E012"));
  CHECK(refusal("a: 1\nb: 2\na: 3\n") == "x:3:1: error E013: key `a` stands twice in one map (the first is on line 1)");
  CHECK(refusal("? [a]\n: 1\n").starts_with("x:1:3: error E014: a key must be a text"));
  CHECK(refusal("{[a]: 1}\n").starts_with("x:1:2: error E014"));
  CHECK(refusal("a: 1\n---\nb: 1\n") == "x:2:1: error E009: a second document in the file (one file, one document; remove the `---`)");
  CHECK(refusal("") == "x:1:1: error E008: the document is empty (the first line says what it is, like `lintel: target/1`)");
  CHECK(refusal("# nothing\n").starts_with("x:1:1: error E008"));
  CHECK(refusal("---\n...\n").starts_with("x:1:1: error E008"));
  CHECK(refusal("\xEF\xBB\xBF" "a: 1\n") == "x:1:1: error E004: the file starts with a byte order mark (save it as UTF-8 without one)");
  CHECK(refusal("a: 1\n\tb: 2\n") == "x:2:1: error E006: a tab in the indentation (indent with spaces)");
  CHECK(refusal("a: 1\nb: \xC4\xE3\n") == "x:2:4: error E003: byte 0xC4 is not UTF-8 (save the file as UTF-8)");
  CHECK(refusal(std::string_view("a: 1\0\n", 6)).starts_with("x:1:5: error E005: control character U+0000"));
  CHECK(refusal(std::string(yaml::kMaxBytes + 1, '#')).starts_with("x: error E002: the file has 4194305 bytes; 4194304 are the limit"));
  CHECK(refusal(std::string(61, '[') + std::string(61, ']')).starts_with("x:1:61: error E015: nested deeper than 60"));
  CHECK(refusal(std::string(60, '[') + std::string(60, ']')) == "");
  std::string many = "[";
  for (int i = 0; i < 500'001; ++i) many += "1,";
  CHECK(refusal(many + "]").find("error E016: more than 500000 values") != std::string::npos);
}

TEST_CASE("syntax errors are told in our words, with their place") {
  CHECK(refusal("a: [1, 2\nb: 3\n") == "x:1:4: error E007: `[` is not closed where line 2 goes on (close it, or put a comma between the entries)");
  CHECK(refusal("a: 'x\n") == "x:1:4: error E007: a quoted text does not end (close the quote)");
  CHECK(refusal("a: \"x\\\"\n").ends_with("a quoted text does not end (close the quote)"));
  CHECK(refusal("a: 'it''s'\nb: \"\\\\\"") == "");
  CHECK(refusal("a: b: c\n") == "x:1:5: error E007: a `:` where no key can stand (quote text that holds `: `, or check the indentation)");
  CHECK(refusal("a:\n  b: 1\n c: 2\n").find("x:3:2: error E007") == 0);
  CHECK(refusal("a: @x\n") == "x:1:4: error E007: text can't start with this character (quote it)");
}

TEST_CASE("an alias bomb costs nothing") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    bomb += fmt::format("a{0}: &a{0} [", i);
    for (int j = 0; j < 10; ++j) bomb += fmt::format("*a{},", i - 1);
    bomb += "]\n";
  }
  std::vector<Diagnostic> diagnostics;
  CHECK(!yaml::parse(bomb, "x", diagnostics));
  CHECK(diagnostics.size() == yaml::kMaxDiagnostics);
}
