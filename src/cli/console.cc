#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "report/values.h"

namespace lintel::cli {

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

void print_diagnostics(const std::vector<Diagnostic>& diagnostics) {
  std::size_t errors = 0;
  for (const Diagnostic& one : diagnostics) {
    tell(fmt::format("{}\n", report::plain(to_string(one))));
    errors += one.severity == Severity::error ? 1 : 0;
  }
  if (errors > 0) tell(fmt::format("lintel: {} error{}\n", errors, errors == 1 ? "" : "s"));
}

void print_error(const std::string& message) { tell(fmt::format("lintel: {}\n", report::plain(message))); }

const std::string& choose(const Console& console, const std::string& zh, const std::string& en) {
  return console.language == "en" ? en : zh;
}

}  // namespace lintel::cli
