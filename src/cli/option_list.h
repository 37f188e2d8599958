// The command line as CLI11 holds it, in the words of those who describe it: manual page and completion. Pure.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace lintel::cli {

std::vector<const CLI::App*> commands_of(const CLI::App& app);
std::string path_of(const CLI::App& app);  // "lintel profile show"
// The command and all below it, in the order of --help.
void walk(const CLI::App& app, const std::function<void(const CLI::App&)>& visit);

std::vector<const CLI::Option*> named_options(const CLI::App& app);
std::vector<std::string> spellings(const CLI::Option& option);  // "-o", "--out"
bool takes_value(const CLI::Option& option);
// The fixed values of an option, from its own check; empty: anything.
std::vector<std::string> values_of(const CLI::Option& option);

}  // namespace lintel::cli
