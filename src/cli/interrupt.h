// Ctrl-C and SIGTERM as a Cancel. The second signal ends the process at once, as the shell's user expects.
#pragma once
#include "base/cancel.h"

namespace lintel::cli {

// While one lives, SIGINT and SIGTERM request its cancel. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  const Cancel& cancel() const { return cancel_; }

 private:
  Cancel cancel_;
};

}  // namespace lintel::cli
