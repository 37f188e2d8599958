// Options from elsewhere than the command line: a file (TOML) and LINTEL_ variables. Both say where a mistake is: file and line, or the
// variable. Pure but for the environment.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Config;
}

namespace lintel::cli {

// Every option can also be given as LINTEL_<COMMAND>_<OPTION>, for example LINTEL_SCAN_ALLOW_OPEN=true, global ones as LINTEL_<OPTION>.
void name_environment(CLI::App& app);

// Reads the file of --config; refuses what no option is called, or takes. app outlives it.
std::shared_ptr<CLI::Config> config_file(const CLI::App& app);

// A variable that is set to what its option does not take: "LINTEL_COLOUR: green is none of auto, always, never".
std::optional<std::string> wrong_variable(const CLI::App& app);
// Variables that look like a mistyped name of one: a warning each.
std::vector<std::string> mistyped_variables(const CLI::App& app);

}  // namespace lintel::cli
