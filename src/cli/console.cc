#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "report/messages.h"
#include "report/values.h"

namespace lintel::cli {
namespace {

// Standard error is one for the whole program, and so is its language: what can fail deep below a command has no console at hand.
bool chinese = true;

std::string chinese_line(const Diagnostic& one) {
  const std::string place = one.mark.line > 0 ? fmt::format("{}:{}:{}", one.file, one.mark.line, one.mark.column) : one.file;
  return fmt::format("{}: {} {}: {}{}", place, one.severity == Severity::error ? "错误" : "警告", one.code, report::in_chinese(one.message),
                     one.hint.empty() ? "" : "（" + report::in_chinese(one.hint) + "）");
}

}  // namespace

Console make_console(const Arguments& arguments) {
  Console console;
  console.language = arguments.language;
  console.quiet = arguments.quiet;
  console.json = arguments.json;
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::strcmp(term, "dumb") == 0;
  const char* no_colour = std::getenv("NO_COLOR");  // no-color.org: any non-empty value
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  switch (arguments.colour) {
    case Colour::always: console.colour = true; break;
    case Colour::never: console.colour = false; break;
    case Colour::automatic: console.colour = terminal && !dumb && (no_colour == nullptr || *no_colour == 0); break;
  }
  console.live = isatty(STDERR_FILENO) == 1 && !dumb;
  winsize size{};
  if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) console.width = size.ws_col;
  return console;
}

void tell(std::string_view text) { (void)std::fwrite(text.data(), 1, text.size(), stderr); }

void speak(const std::string& language) { chinese = language == "zh"; }

void print_diagnostics(const std::vector<Diagnostic>& diagnostics) {
  std::size_t errors = 0;
  for (const Diagnostic& one : diagnostics) {
    tell(report::plain(chinese ? chinese_line(one) : to_string(one)) + "\n");
    errors += one.severity == Severity::error ? 1 : 0;
  }
  if (errors > 0) tell(chinese ? fmt::format("lintel: {} 个错误\n", errors) : fmt::format("lintel: {} error{}\n", errors, errors == 1 ? "" : "s"));
}

void print_error(const std::string& message) { tell(fmt::format("lintel: {}\n", report::plain(chinese ? report::in_chinese(message) : message))); }

const std::string& choose(const Console& console, const std::string& zh, const std::string& en) {
  return console.language == "en" ? en : zh;
}

}  // namespace lintel::cli
