#include "firmware/survey/shell.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

// "3 telnetd -l /bin/sh; 4? ftpd": line, a question mark when guarded, words.
std::string read(std::string_view script) {
  std::string text;
  for (const ShellCommand& command : commands_of(script)) text += (text.empty() ? "" : "; ") + std::to_string(command.line) + (command.guarded ? "? " : " ") + join(command.words, " ");
  return text;
}

}  // namespace

TEST_CASE("commands at the beginning of a line and behind separators") {
  CHECK(read("#!/bin/sh\ntelnetd &\na; b | c\n  d -x 'e f' \"g\"\n") == "2 telnetd; 3 a; 3 b; 3 c; 4 d -x e f g");
  CHECK(read("a && b || c; d\n") == "1 a; 1? b; 1? c; 1 d");
  CHECK(read("a \\\n  -b\nc") == "1 a -b; 3 c");
  CHECK(read("( a; b )\n{ c; }\nd &\n") == "1 a; 1 b; 2 c; 3 d");
}

TEST_CASE("comments, here-documents, texts and redirections are no commands") {
  CHECK(read("# telnetd\na # telnetd\na#b\n") == "2 a; 3 a#b");
  CHECK(read("cat <<EOF > /tmp/x\ntelnetd\nEOF\nb\n") == "1 cat; 4 b");
  CHECK(read("cat <<-'E O'\n\ttelnetd\n\tE O\nb") == "1 cat; 4 b");
  CHECK(read("echo \"\ntelnetd\n\"; b") == "1 echo \ntelnetd\n; 3 b");
  CHECK(read("a > /dev/null 2>&1 < x &> y\n>z b 2>&-\n") == "1 a; 2 b");
  CHECK(read("a $(telnetd; b) `telnetd` ${x:-telnetd}\n") == "1 a $(telnetd; b) `telnetd` ${x:-telnetd}");
}

TEST_CASE("if, while, case and groups behind && guard") {
  CHECK(read("if [ -f /x ]; then\n a\nelif b; then c; else d; fi; e\n") == "1 [ -f /x ]; 2? a; 3? b; 3? c; 3? d; 3 e");
  CHECK(read("while read x; do a; done\nfor i in 1 2; do b; done\nc\n") == "1 read x; 1? a; 2 b; 3 c");
  CHECK(read("while true; do a; done; if false; then b; else c; fi\n") == "1 true; 1 a; 1 false; 1? c");
  CHECK(read("[ -x a ] && {\n b\n}\nc\n") == "1 [ -x a ]; 2? b; 4 c");
  CHECK(read("case $X in a|b) c ;; (d) e;; esac; f\n") == "1? c; 1? e; 1 f");
}

TEST_CASE("an init script runs with start: other branches, and functions nobody calls, do not") {
  CHECK(read("case \"$1\" in\n start|boot)\n  a\n  ;;\n stop)\n  b\n ;;\n *) c; exit 1;;\nesac\nd\n") == "3 a; 10 d");
  CHECK(read("start_service() {\n a\n}\nstop() { b; }\nhelp ()\n{\n c\n}\nhelp2() { d; }\n[ -f x ] && help2\n") == "2 a; 9? d; 10 [ -f x ]; 10? help2");
  CHECK(read("PROG=/usr/sbin/x\nstart() { $PROG -f; ${PROG}d; \"$PROG\" $y; }\n") == "2 /usr/sbin/x -f; 2 /usr/sbin/xd; 2 /usr/sbin/x $y");
}

TEST_CASE("what follows an exit is not run") {
  CHECK(read("a\nexit 0\ntelnetd\n") == "1 a; 2 exit 0");
  CHECK(read("[ -f x ] && exit 0\ntelnetd\n") == "1 [ -f x ]; 1? exit 0; 2 telnetd");
  CHECK(read("(exit 1)\na\nf() { return; b; }\nf\n") == "1 exit 1; 2 a; 3 return; 4 f");
}

TEST_CASE("hostile scripts end, in time") {
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string unit : {"(", "{ ", "if ", "case ", "$(", "${", "`", "\"", "'", "<<E ", "<<E\n", "a() { ", "a=$a$a; ", "fi ", ";;", ")", "\\", "a \n", "|| ", "case x in ", "x=y ", "for "}) {
    std::string script;
    while (script.size() < 256 * 1024) script += unit;
    CHECK(commands_of(script).size() <= 20'000);
  }
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
  CHECK(commands_of("").empty());
  CHECK(commands_of(std::string_view("\0\xff a\0b", 7)).size() <= 1);
}
