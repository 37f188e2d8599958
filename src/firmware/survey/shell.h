// Reads a shell script as far as it takes to say which programs it starts: simple commands with their words, and whether something stands
// before them that may keep them from running. Nothing is executed. Time and memory are linear in the text; what nests too deep ends it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lintel::firmware {

struct ShellCommand {
  std::size_t line = 0;             // from 1
  std::vector<std::string> words;   // without quotes; variables that the script itself sets are filled in, others stay: "$port"
  bool guarded = false;             // within an if, while or case, or behind && or ||
};

// The commands of a script that is run with the argument "start", in their order. Left out: comments, here-documents, redirections, what stands
// in $(...), what follows an exit, the branches of `case "$1"` for other words than start and boot, and functions that nobody calls. Functions
// that an init system calls by name (start, start_service, boot) count as called.
std::vector<ShellCommand> commands_of(std::string_view script);

}  // namespace lintel::firmware
