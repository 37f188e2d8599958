#include "cli/line_input.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace lintel::cli {

std::optional<std::string> LineInput::next() {
  constexpr std::size_t kMost = 64 << 10;
  for (;;) {
    if (const auto end = waiting_.find('\n'); end != std::string::npos) {
      std::string line = waiting_.substr(0, end);
      waiting_.erase(0, end + 1);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    if (ended_ && !waiting_.empty()) return std::exchange(waiting_, {});
    if (ended_ || waiting_.size() > kMost || !wait_fd(fd_, WaitFor::readable, Deadline::never(), cancel_)) return std::nullopt;
    char piece[4096];
    const ssize_t count = read(fd_, piece, sizeof piece);
    if (count > 0) waiting_.append(piece, static_cast<std::size_t>(count));
    else if (count == 0 || errno != EINTR) ended_ = true;
  }
}

}  // namespace lintel::cli
