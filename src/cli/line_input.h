// Lines typed at a terminal, or piped: the terminal itself edits them. Waits without end, until Ctrl-C.
#pragma once
#include <optional>
#include <string>

#include "base/cancel.h"

namespace lintel::cli {

class LineInput {
 public:
  LineInput(int fd, const Cancel& cancel) : fd_(fd), cancel_(cancel) {}
  // The next line without its end; nullopt at the end of input (Ctrl-D), after Ctrl-C, and for a line of more than 64 KiB.
  std::optional<std::string> next();

 private:
  int fd_;
  const Cancel& cancel_;
  std::string waiting_;
  bool ended_ = false;
};

}  // namespace lintel::cli
