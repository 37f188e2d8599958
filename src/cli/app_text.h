// What other programs want to know of the command line: a manual page, and completion for three shells, both made from the options
// themselves, so that they never lag behind. Pure.
#pragma once
#include <string>

namespace CLI {
class App;
}

namespace lintel::cli {

// roff, man(7), section 1.
std::string man_page(const CLI::App& app);

// shell: bash, zsh or fish. Commands, options and their fixed values; files where anything goes.
std::string completion(const CLI::App& app, const std::string& shell);

// Every option can also be given as LINTEL_<COMMAND>_<OPTION>, for example LINTEL_SCAN_ALLOW_OPEN=true, global ones as LINTEL_<OPTION>.
void name_environment(CLI::App& app);
std::string variable_of(const std::string& command, const std::string& option);  // "lintel scan", "allow-open": LINTEL_SCAN_ALLOW_OPEN

}  // namespace lintel::cli
