// Each adds a command, with what lies below it, and its options; one file a group. arguments.cc calls them in the order of --help.
#pragma once
#include <CLI/CLI.hpp>

#include "cli/arguments.h"

namespace lintel::cli {

void add_scan(CLI::App& app, Arguments& arguments);
void add_judge(CLI::App& app, Arguments& arguments);
void add_assess(CLI::App& app, Arguments& arguments);
void add_ics(CLI::App& app, Arguments& arguments);
void add_report(CLI::App& app, Arguments& arguments);
void add_export(CLI::App& app, Arguments& arguments);
void add_diff(CLI::App& app, Arguments& arguments);
void add_history(CLI::App& app, Arguments& arguments);
void add_seal(CLI::App& app, Arguments& arguments);
void add_verify(CLI::App& app, Arguments& arguments);
void add_profile(CLI::App& app, Arguments& arguments);
void add_target(CLI::App& app, Arguments& arguments);
void add_probe(CLI::App& app, Arguments& arguments);
void add_random(CLI::App& app, Arguments& arguments);
void add_id(CLI::App& app, Arguments& arguments);
void add_firmware(CLI::App& app, Arguments& arguments);
void add_init(CLI::App& app, Arguments& arguments);

}  // namespace lintel::cli
