#include "cli/main.h"

#include <fcntl.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include "cli/commands.h"
#include "firmware/child/question.h"
#include "firmware/child/serve.h"
#include "firmware/formats/formats.h"
#include "firmware/survey/surveyor.h"

namespace lintel::cli {
namespace {

// A closed descriptor would go to the next file opened, and what is printed would land in that file. Read-only: printing still fails.
void occupy_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd)
    if (fcntl(fd, F_GETFD) < 0) (void)open("/dev/null", O_RDONLY);
}

int dispatch(int argc, char** argv) {
  try {
    const auto parsed = parse_arguments(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    const auto& arguments = std::get<Arguments>(parsed);
    const Console console = make_console(arguments);
    return std::visit([&](const auto& command) { return run_command(command, console); }, arguments.command);
  } catch (const std::exception& error) {
    if (std::ferror(stdout) != 0) return kUsageError;  // fmt::print throws; run() tells
    print_error(fmt::format("internal error: {}; please report it", error.what()));
    return kInternalError;
  }
}

}  // namespace

int run(int argc, char** argv) {
  // A reader that goes away (`lintel ... | head`) must not end a scan halfway; writes report EPIPE instead.
  std::signal(SIGPIPE, SIG_IGN);
  // Past RLIMIT_FSIZE a write fails like on a full disk instead of killing the process.
  std::signal(SIGXFSZ, SIG_IGN);
  occupy_standard_descriptors();
  if (argc > 1 && std::string_view(argv[1]) == firmware::kChildCommand) firmware::serve(argc, argv, firmware::formats(), firmware::all_surveyors);
  const int code = dispatch(argc, argv);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  print_error("standard output can't be written; what was printed is not all");
  return code == 0 || code == 3 ? kUsageError : code;
}

}  // namespace lintel::cli
