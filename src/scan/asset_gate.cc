#include "scan/asset_gate.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace lintel::scan {

AssetGate::AssetGate(int connections, std::chrono::milliseconds gap)
    : connections_(std::max(1, connections)), gap_(gap),
      free_(eventfd(static_cast<unsigned>(connections_), EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) {}

AssetGate::~AssetGate() {
  if (free_ >= 0) close(free_);
}

Result<void> AssetGate::enter(Deadline deadline, const Cancel& cancel) {
  if (free_ < 0) return fail(ErrorCode::limit, "no file descriptor is free on this machine");
  while (true) {
    auto waited = wait_fd(free_, WaitFor::readable, deadline, cancel);
    if (!waited && waited.error().code == ErrorCode::timeout)
      return fail(ErrorCode::timeout, "no connection became free in time (the target allows {})", connections_);
    if (!waited) return waited;
    std::uint64_t one = 0;
    if (read(free_, &one, sizeof one) == sizeof one) return {};  // else another job was faster
  }
}

void AssetGate::leave() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(free_, &one, sizeof one);
}

Result<void> AssetGate::wait_gap(Deadline deadline, const Cancel& cancel) {
  if (gap_.count() <= 0) return {};
  using Steady = Deadline::Steady;
  std::chrono::milliseconds rest{};
  {
    const std::lock_guard lock(mutex_);
    const auto now = Steady::now();
    const auto mine = std::max(now, next_);
    rest = std::chrono::ceil<std::chrono::milliseconds>(mine - now);
    if (rest > deadline.left()) return fail(ErrorCode::timeout, "the gap between connections left no time");
    next_ = mine + gap_;
  }
  return wait_for(rest, cancel);
}

}  // namespace lintel::scan
