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

}  // namespace lintel::cli
