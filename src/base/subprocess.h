// Runs another program and takes what it says: arguments as a list (no shell), input and output in memory with caps, a deadline, and
// the run's stop button. The program and what it started never outlive the call. Thread-safe.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/error.h"

namespace lintel {

struct Command {
  std::vector<std::string> arguments;  // the first is looked up in PATH unless it holds a slash
  std::string_view input;              // given on standard input, then closed
  std::size_t output_cap_bytes = 1 << 20;
  std::size_t errors_cap_bytes = 64 << 10;  // more of standard error is read and dropped
  std::function<void(std::string_view)> watch_errors{};  // called with each piece of it as it comes, by the calling thread
};

struct Finished {
  int exit_code = 0;   // 128 + n when signal n ended it
  std::string output;  // standard output
  std::string errors;  // standard error
};

// Blocks until the program ends. It sees PATH, HOME, TMPDIR, locale, cache and font settings of the environment and nothing
// else: secrets given to us by variables stay ours.
// Errors: not_found (no such program), permission, limit (output_cap_bytes), timeout, cancelled, io. An exit code other than 0 is
// no error here.
Result<Finished> run_command(const Command& command, Deadline deadline, const Cancel& cancel);

}  // namespace lintel
