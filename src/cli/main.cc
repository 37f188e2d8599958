#include "cli/main.h"

#include <csignal>
#include <exception>

#include "cli/commands.h"

namespace lintel::cli {

int run(int argc, char** argv) {
  // A reader that goes away (`lintel ... | head`) must not end a scan halfway; writes report EPIPE instead.
  std::signal(SIGPIPE, SIG_IGN);
  // Past RLIMIT_FSIZE a write fails like on a full disk instead of killing the process.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const auto parsed = parse_arguments(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    const auto& arguments = std::get<Arguments>(parsed);
    const Console console = make_console(arguments);
    return std::visit([&](const auto& command) { return run_command(command, console); }, arguments.command);
  } catch (const std::exception& error) {
    print_error(fmt::format("internal error: {}; please report it", error.what()));
    return kInternalError;
  }
}

}  // namespace lintel::cli
