#include "base/cancel.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace lintel {

std::chrono::milliseconds Deadline::left() const {
  if (when_ == Steady::time_point::max()) return std::chrono::hours(24 * 365);
  const auto rest = std::chrono::ceil<std::chrono::milliseconds>(when_ - Steady::now());
  return std::max(rest, std::chrono::milliseconds(0));
}

int Deadline::poll_milliseconds() const {
  if (when_ == Steady::time_point::max()) return -1;
  return static_cast<int>(std::min<std::int64_t>(left().count(), INT_MAX));
}

Cancel::Cancel() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Cancel::~Cancel() {
  if (event_ >= 0) close(event_);
}

void Cancel::request() noexcept {
  const int saved = errno;
  const std::uint64_t one = 1;
  // The counter is never read, so it stays readable for every waiter. A full counter means "requested" too.
  [[maybe_unused]] const ssize_t written = write(event_, &one, sizeof one);
  errno = saved;
}

bool Cancel::requested() const noexcept {
  pollfd entry{event_, POLLIN, 0};
  return poll(&entry, 1, 0) == 1;
}

Result<void> wait_fd(int fd, WaitFor what, Deadline deadline, const Cancel& cancel) {
  while (true) {
    pollfd entries[2] = {{cancel.fd(), POLLIN, 0},
                         {fd, static_cast<short>(what == WaitFor::readable ? POLLIN : POLLOUT), 0}};
    const int ready = poll(entries, fd >= 0 ? 2 : 1, deadline.poll_milliseconds());
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return fail(ErrorCode::internal, "poll failed (errno {})", errno);
    if (entries[0].revents != 0) return fail(ErrorCode::cancelled, "cancelled");
    if (fd >= 0 && entries[1].revents != 0) return {};
    if (deadline.passed()) return fail(ErrorCode::timeout, "no answer in time");
  }
}

Result<void> wait_for(std::chrono::milliseconds time, const Cancel& cancel) {
  auto waited = wait_fd(-1, WaitFor::readable, Deadline::after(time), cancel);
  if (!waited && waited.error().code == ErrorCode::timeout) return {};
  return waited;
}

}  // namespace lintel
