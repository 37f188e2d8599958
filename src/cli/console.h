// What a person sees: language, colour and width of the terminal, diagnostics, and messages for scripts on standard error.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/arguments.h"
#include "data/diagnostic.h"

namespace lintel::cli {

struct Console {
  std::string language = "zh";
  bool colour = false;       // of standard output
  bool live = false;         // standard error is a terminal: progress may redraw one line
  int width = 100;           // columns of standard output; 100 when it is no terminal
  bool quiet = false;
  bool json = false;         // the result as JSON instead of text (json_output.h)
};

// Looks at the file descriptors, NO_COLOR, TERM and the arguments.
Console make_console(const Arguments& arguments);

// Puts text on standard error. A full or closed one is no reason to end a scan.
void tell(std::string_view text);
// The language of the two below, zh (as it begins) or en: told once, before the first message.
void speak(const std::string& language);
// One diagnostic a line, then a count, on standard error.
void print_diagnostics(const std::vector<Diagnostic>& diagnostics);
void print_error(const std::string& message);   // "lintel: message"
// Chooses by the console's language.
const std::string& choose(const Console& console, const std::string& zh, const std::string& en);

}  // namespace lintel::cli
