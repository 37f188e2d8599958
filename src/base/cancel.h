// Ending work early: Cancel is the stop button of a whole run, Deadline the latest moment for one wait.
// Every blocking call takes both. Cancel is thread-safe and may be requested from a signal handler.
#pragma once
#include <chrono>
#include <optional>

#include "base/error.h"

namespace lintel {

class Deadline {
 public:
  using Steady = std::chrono::steady_clock;
  static Deadline after(Steady::duration time) { return Deadline(Steady::now() + time); }
  static Deadline never() { return Deadline(Steady::time_point::max()); }
  // The earlier of two deadlines.
  static Deadline earlier(Deadline a, Deadline b) { return Deadline(std::min(a.when_, b.when_)); }
  bool passed() const { return Steady::now() >= when_; }
  // Time left for poll(): -1 for never, 0 when passed, rounded up so that a wait never ends early.
  int poll_milliseconds() const;
  std::chrono::milliseconds left() const;

 private:
  explicit Deadline(Steady::time_point when) : when_(when) {}
  Steady::time_point when_;
};

class Cancel {
 public:
  Cancel();
  ~Cancel();
  Cancel(const Cancel&) = delete;
  Cancel& operator=(const Cancel&) = delete;
  void request() noexcept;  // async-signal-safe
  bool requested() const noexcept;
  int fd() const { return event_; }  // readable once requested; for poll, epoll, curl_multi_poll

 private:
  int event_ = -1;
};

enum class WaitFor { readable, writable };

// Blocks until fd is ready. Errors: timeout, cancelled. A closed peer counts as ready.
Result<void> wait_fd(int fd, WaitFor what, Deadline deadline, const Cancel& cancel);
// Blocks for the time given, or less. Errors: cancelled.
Result<void> wait_for(std::chrono::milliseconds time, const Cancel& cancel);

}  // namespace lintel
