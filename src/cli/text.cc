// lintel man, lintel completion: prints what arguments.cc made of its own options.
#include <fmt/core.h>

#include "cli/commands.h"

namespace lintel::cli {

int run_command(const TextCommand& command, const Console&) {
  fmt::print("{}", command.text);
  return 0;
}

}  // namespace lintel::cli
