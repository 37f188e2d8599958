// The command line. One file a command; main.cc only dispatches.
#pragma once

namespace lintel::cli {

// Returns the exit code (docs/exit-codes.md). Never throws.
int run(int argc, char** argv);

}  // namespace lintel::cli
