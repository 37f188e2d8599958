// What the commands' options have in common: where a command's values go, and the groups of options that several commands take.
#pragma once
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/arguments.h"

namespace lintel::cli {

// The values that a command's options are read into. They live as long as its App, and become arguments.command when the command is given.
template <class Command>
Command& read_into(CLI::App& app, Arguments& arguments) {
  const auto command = std::make_shared<Command>();
  app.final_callback([command, &arguments] { arguments.command = *command; });
  return *command;
}

void add_report_options(CLI::App& app, ReportOptions& options);
void add_gate_options(CLI::App& app, GateOptions& options);
// For commands that only write: the exit code that JUnit and SARIF speak of is the scan's.
void add_gate_shown(CLI::App& app, GateOptions& options);
void add_signing_options(CLI::App& app, SigningOptions& options);
void add_trust_options(CLI::App& app, TrustOptions& options);
void add_profile_trust_options(CLI::App& app, ProfileTrustOptions& options);

}  // namespace lintel::cli
